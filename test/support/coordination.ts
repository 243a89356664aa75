import type { Message, ToolCall, Usage } from '../../src/backends/contract.js';
import type { ErrorCode, ErrorData } from '../../src/errors.js';
import { render } from '../../src/orchestrator/coordination/render.js';
import { decide, type Input } from '../../src/orchestrator/coordination/decide.js';
import { EMPTY, agentList, agentOf, type RunState } from '../../src/orchestrator/coordination/state.js';
import { nextDue, wanted, wantedTools } from '../../src/orchestrator/coordination/wanted.js';
import type { AgentInfo, CallResult, Fact, HistoryMessage, RunRequest, RunSettings } from '../../src/orchestrator/protocol.js';
import { watchSettings } from './watch-settings.js';

export const FENCE = '-----5fence5-----';
const AT = '2026-11-21T10:15:30.000Z';

export type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>;
export type Reply = Partial<CallResult>;
/** A change of the settings; the nested groups may be given in part. */
export type SettingsChange = Partial<Omit<RunSettings, 'limits' | 'budget' | 'retry' | 'fairness'>> & {
  readonly [Group in 'limits' | 'budget' | 'retry' | 'fairness']?: Partial<RunSettings[Group]>;
};

export function settingsOf(change: SettingsChange = {}): RunSettings {
  const usual = EMPTY.settings;
  return {
    ...usual,
    ...change,
    limits: { ...usual.limits, ...change.limits },
    budget: { ...usual.budget, ...change.budget },
    retry: { ...usual.retry, ...change.retry },
    fairness: { ...usual.fairness, ...change.fairness },
  };
}

/** Agents in configuration order, numbered by their sorted ids. */
export function teamOf(ids: readonly string[], change: Partial<AgentInfo> = {}): readonly AgentInfo[] {
  const sorted = [...ids].sort();
  return ids.map((id) => ({ id, anonymous: `agent${sorted.indexOf(id) + 1}`, backend: 'test', model: 'm', systemMessage: '', otherTools: false, maxOutputTokens: 100, price: null, ...change }));
}

const toolReply = (...toolCalls: readonly ToolCall[]): Reply => ({ reason: 'tool-calls', toolCalls });
let lastId = 0;
export const toolCall = (name: string, given: unknown): ToolCall => ({ id: `call_${++lastId}`, name, argumentsText: typeof given === 'string' ? given : JSON.stringify(given) });

export const answers = (content: string): Reply => toolReply(toolCall('new_answer', { content }));
export const votes = (agentId: unknown, reason = 'it is right'): Reply => toolReply(toolCall('vote', { agent_id: agentId, reason }));
export const calls = (...given: readonly (readonly [name: string, given: unknown])[]): Reply => toolReply(...given.map(([name, value]) => toolCall(name, value)));
export const says = (text: string): Reply => ({ reason: 'stop', text });
export const breaks = (code: ErrorCode = 'backend-rejected', more: Partial<ErrorData> & Pick<Reply, 'draft' | 'text'> = {}): Reply => {
  const { draft, text, ...error } = more;
  return { end: 'error', error: { code, message: `${code}!`, ...error }, ...(draft === undefined ? {} : { draft }), ...(text === undefined ? {} : { text }) };
};
export const submits = (): Reply => calls(['submit', { confirmed: true }]);
export const restarts = (reason = 'wrong sum', instructions = 'add again'): Reply => calls(['restart_orchestration', { reason, instructions }]);

export interface TableOptions {
  readonly agents?: readonly string[] | readonly AgentInfo[];
  readonly settings?: SettingsChange;
  readonly task?: string;
  readonly history?: readonly HistoryMessage[];
  readonly request?: RunRequest;
  /** What an aborted call of the agent had written. */
  readonly drafts?: Readonly<Record<string, string>>;
}

/** The pure rules with the world in the test's hands: calls begin when they are wanted and end when the test says so. */
export interface Table {
  readonly state: () => RunState;
  readonly facts: readonly Fact[];
  readonly of: <Type extends Fact['type']>(type: Type) => readonly FactOf<Type>[];
  /** Who is being asked what: `a answer`, `b vote`. */
  readonly asked: () => readonly string[];
  /** Ends the agent's running call; what is wanted then begins. */
  readonly reply: (agent: string, reply: Reply, usage?: Partial<Usage>) => void;
  /** The tools of its own that the agent has running, by id. */
  readonly tools: (agent: string) => readonly string[];
  /** Ends one of them. */
  readonly result: (agent: string, id: string, text: string, more?: Partial<Extract<Input, { type: 'tool-end' }>>) => void;
  /** Moves time on, to the next timer when no ms are given. */
  readonly advance: (ms?: number) => void;
  /** Moves time on without a tick: what happens next happens then. */
  readonly pass: (ms: number) => void;
  /** Puts in inputs that came together, before anything is done about them. */
  readonly input: (...inputs: readonly Input[]) => void;
  /** What the agent's conversation now reads, as its backend gets it. */
  readonly messages: (agent: string) => readonly Message[];
  /** The texts of those that are not its own. */
  readonly prompt: (agent: string) => string;
  readonly lastCall: (agent: string) => FactOf<'call-start'>;
}

const NOTHING: CallResult = { end: 'finish', text: '', toolCalls: [], items: [], usage: { inputTokens: 10, outputTokens: 10 }, usageSource: 'reported' };

const textOf = (message: Message): string => {
  if (message.role !== 'user') return message.text;
  return typeof message.content === 'string' ? message.content : '';
};

export function openTable(options: TableOptions = {}): Table {
  const { agents: team = ['a', 'b'], task = 'How many?', history = [], request, drafts = {} } = options;
  const agents = team.map((each) => (typeof each === 'string' ? teamOf(team as readonly string[]).find(({ id }) => id === each)! : each));
  const facts: Fact[] = [];
  const watched = watchSettings(settingsOf(options.settings));
  let state = EMPTY;
  let t = 0;

  const take = (input: Input): void => {
    const decision = watched.guard(() => decide(state, { ...input, t, at: AT }));
    facts.push(...decision.facts);
    state = decision.state;
  };
  const end = (agent: string, result: CallResult): void => {
    const turn = agentOf(state, agent).turn;
    if (turn?.running == null) throw new Error(`${agent} is not being asked`);
    take({ type: 'call-end', agent, turn: turn.turn, call: turn.running.call, result, costMicros: null, chance: 0.5 });
  };
  const endTool = (agent: string, id: string, text: string, more: Partial<Extract<Input, { type: 'tool-end' }>> = {}): void => {
    const { turn } = agentOf(state, agent);
    take({ type: 'tool-end', agent, turn: turn?.turn ?? 0, call: turn?.reply?.call ?? 0, id, status: 'ok', text, durationMs: 5, ...more });
  };
  const reconcile = (): void => {
    for (let next = wanted(state, t).find(({ begins }) => begins); next !== undefined; next = wanted(state, t).find(({ begins }) => begins)) take({ type: 'call-begin', agent: next.agent, turn: next.turn, call: next.call });
    for (let next = wantedTools(state).find(({ begins }) => begins); next !== undefined; next = wantedTools(state).find(({ begins }) => begins)) take({ type: 'tool-begin', agent: next.agent, turn: next.turn, call: next.call, id: next.id });
    const kept = wantedTools(state);
    const loose = agentList(state).flatMap(({ info, turn }) => (turn?.reply?.open ?? []).filter(({ id, started }) => started && !kept.some((each) => each.agent === info.id && each.id === id)).map(({ id }) => ({ agent: info.id, id })));
    for (const { agent, id } of loose) endTool(agent, id, 'aborted', { status: 'aborted' });
    const keep = wanted(state, t);
    const surplus = agentList(state).filter(({ info, turn }) => turn?.running != null && !keep.some(({ agent }) => agent === info.id));
    for (const { info } of surplus) end(info.id, { ...NOTHING, end: 'aborted', ...(drafts[info.id] === undefined ? {} : { draft: drafts[info.id]! }) });
    if (surplus.length > 0 || loose.length > 0) reconcile();
    else if (state.phase === 'closing') take({ type: 'close', complaints: [] });
  };
  const step = (...inputs: readonly Input[]): void => {
    inputs.forEach(take);
    reconcile();
  };

  const of = <Type extends Fact['type']>(type: Type): readonly FactOf<Type>[] => facts.filter((fact): fact is FactOf<Type> => fact.type === type);
  const messages = (agent: string): readonly Message[] => render(state, agent, agentOf(state, agent).conversation);
  step({ type: 'start', run: { engine: 'test', session: 's', turn: 1, agents, task, history, settings: watched.settings, fence: FENCE, config: null, ...(request === undefined ? {} : { request }) } });
  return {
    state: () => state,
    facts,
    of,
    asked: () => agentList(state).flatMap(({ info, turn }) => (turn?.running == null ? [] : [`${info.id} ${turn.kind}`])),
    reply: (agent, reply, usage = {}) => {
      end(agent, { ...NOTHING, ...reply, usage: { ...NOTHING.usage, ...usage } });
      reconcile();
    },
    tools: (agent) => (agentOf(state, agent).turn?.reply?.open ?? []).filter(({ started }) => started).map(({ id }) => id),
    result: (agent, id, text, more) => {
      endTool(agent, id, text, more);
      reconcile();
    },
    advance: (ms) => {
      t = ms === undefined ? nextDue(state, t)! : t + ms;
      step({ type: 'tick' });
    },
    pass: (ms) => {
      t += ms;
    },
    input: step,
    messages,
    prompt: (agent) => messages(agent).filter(({ role }) => role !== 'assistant').map(textOf).join('\n'),
    lastCall: (agent) => of('call-start').findLast((fact) => fact.agent === agent)!,
  };
}
