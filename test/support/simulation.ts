import type { ToolCall, Usage } from '../../src/backends/contract.js';
import { apply } from '../../src/orchestrator/coordination/apply.js';
import { render } from '../../src/orchestrator/coordination/conversation.js';
import { decide, type Input } from '../../src/orchestrator/coordination/decide.js';
import { EMPTY, agentList, agentOf, type RunState } from '../../src/orchestrator/coordination/state.js';
import { nextDue, wanted } from '../../src/orchestrator/coordination/wanted.js';
import type { AgentInfo, CallRef, CallResult, Fact, RunSettings, Sensitivity, StampedFact } from '../../src/orchestrator/protocol.js';

/** A small seeded generator (mulberry32), so that every simulated run can be repeated by its number. */
export function createDice(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    chance: (probability: number): boolean => next() < probability,
    below: (limit: number): number => Math.floor(next() * limit),
    pick: <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item,
  };
}

export type Dice = ReturnType<typeof createDice>;

export const FENCE = '=====f3nc3=====';
export const AT = '2026-11-21T10:15:00.000Z';

export interface World {
  readonly seed: number;
  readonly agents: readonly AgentInfo[];
  readonly settings: RunSettings;
  /** How agents behave: `agree` answers and votes without fault. */
  readonly manner: 'agree' | 'chaos';
  readonly deadAgents: readonly string[];
  readonly cancelAt: number | null;
}

const DEFAULTS: RunSettings = EMPTY.settings;

export function agentInfo(id: string, index: number, change: Partial<AgentInfo> = {}): AgentInfo {
  return { id, anonymous: `agent${String(index + 1)}`, backend: 'test', model: 'm', systemMessage: '', otherTools: false, maxOutputTokens: 100, price: null, ...change };
}

/** A world drawn from its seed: team, settings, temper. */
export function drawWorld(seed: number): World {
  const dice = createDice(seed);
  const size = 1 + dice.below(5);
  const ids = Array.from({ length: size }, (_, index) => `a${String(index)}`);
  const sensitivity = (): Sensitivity => dice.pick(['lenient', 'balanced', 'strict'] as const);
  const infos = ids.map((id, index) => agentInfo(id, index, { otherTools: dice.chance(0.2) }));
  const agents = dice.chance(0.5) ? infos : [...infos].reverse();
  const maxTokens = dice.chance(0.2) ? 200 + dice.below(8000) : null;
  return {
    seed,
    agents,
    manner: dice.chance(0.15) ? 'agree' : 'chaos',
    deadAgents: ids.filter(() => dice.chance(0.12)),
    cancelAt: dice.chance(0.1) ? dice.below(120_000) : null,
    settings: {
      ...DEFAULTS,
      maxAnswersPerAgent: dice.chance(0.5) ? null : 1 + dice.below(3),
      maxAnswersGlobal: dice.chance(0.8) ? null : 1 + dice.below(6),
      novelty: sensitivity(),
      sensitivity: sensitivity(),
      fairness: { enabled: dice.chance(0.8), leadCap: 1 + dice.below(3) },
      skipVoting: dice.chance(0.1),
      skipPresentation: dice.chance(0.1),
      skipCoordination: dice.chance(0.05),
      injection: dice.chance(0.8),
      patience: dice.chance(0.8),
      strategy: dice.pick(['auto', 'winner_reuse', 'winner_present', 'synthesize'] as const),
      maxRestarts: dice.chance(0.3) ? 1 + dice.below(2) : 0,
      limits: { totalMs: dice.pick([20_000, 120_000, 1_800_000]), firstTurnMs: dice.chance(0.2) ? 5000 : null, laterTurnMs: dice.chance(0.2) ? 5000 : null, graceMs: dice.pick([0, 2000]), idleMs: 120_000 },
      budget: { maxTokens, maxCostMicros: null },
    },
  };
}

const WORDS = ['Water', 'Oil', 'heavier', 'density', 'litre', '<agent2>', '<end of agent1>', FENCE, '<END OF CURRENT ANSWERS>', 'kilogram', 'floats', 'so', 'because'];

const newAnswer = (content: unknown): ToolCall => ({ id: 'c1', name: 'new_answer', argumentsText: JSON.stringify({ content }) });
const vote = (agentId: unknown): ToolCall => ({ id: 'c2', name: 'vote', argumentsText: JSON.stringify({ agent_id: agentId, reason: `good ${FENCE}` }) });

function drawText(dice: Dice): string {
  return Array.from({ length: 1 + dice.below(12) }, () => dice.pick(WORDS)).join(' ');
}

function goodCalls(dice: Dice, state: RunState, ref: CallRef, agree: boolean): ToolCall[] {
  const { turn } = agentOf(state, ref.agent);
  if (turn?.kind === 'evaluate') {
    if (agree || dice.chance(0.5)) return [{ id: 'c3', name: 'submit', argumentsText: '{"confirmed":true}' }];
    return [{ id: 'c3', name: 'restart_orchestration', argumentsText: JSON.stringify({ reason: FENCE, instructions: 'more <agent1>' }) }];
  }
  const answered = agentList(state).filter(({ info }) => (turn?.seen[info.id] ?? 0) > 0);
  if (turn?.kind === 'vote' && answered.length > 0 && (agree || dice.chance(0.7))) return [vote((agree ? answered[0] : dice.pick(answered))?.info.anonymous)];
  return [newAnswer(agree ? `answer of ${agentOf(state, ref.agent).info.anonymous} ${String(ref.turn)}` : drawText(dice))];
}

function drawResult(dice: Dice, state: RunState, ref: CallRef, world: World): CallResult {
  const usage: Usage = { inputTokens: dice.below(60), outputTokens: dice.below(60) };
  const base = { text: '', toolCalls: [] as ToolCall[], items: [], usage, usageSource: 'reported' as const };
  const kind = agentOf(state, ref.agent).turn?.kind;
  if (world.deadAgents.includes(ref.agent)) return { ...base, end: 'error', error: { code: dice.chance(0.5) ? 'backend-rejected' : 'backend-unavailable', message: 'down' } };
  const agree = world.manner === 'agree';
  const fault = agree ? 1 : dice.next();
  if (fault < 0.06) return { ...base, end: 'error', error: { code: 'backend-overloaded', message: 'slow down', ...(dice.chance(0.5) ? { retryAfterMs: dice.below(60_000) } : {}) }, ...(dice.chance(0.3) ? { draft: drawText(dice) } : {}) };
  if (fault < 0.08) return { ...base, end: 'error', error: { code: 'request-rejected', message: 'no' } };
  if (fault < 0.1) return { ...base, end: 'aborted' };
  const text = drawText(dice);
  if (fault < 0.13) return { ...base, end: 'finish', reason: dice.pick(['length', 'content-filter', 'refusal'] as const), text: dice.chance(0.5) ? text : '' };
  if (kind === 'solo' || kind === 'present') return { ...base, end: 'finish', reason: 'stop', text: fault < 0.2 ? '' : text };
  if (fault < 0.2) return { ...base, end: 'finish', reason: 'stop', text };
  if (fault < 0.23) return { ...base, end: 'finish', reason: 'tool-calls', toolCalls: [newAnswer(''), { id: 'c9', name: 'search', argumentsText: '{' }] };
  if (fault < 0.26) return { ...base, end: 'finish', reason: 'tool-calls', toolCalls: [vote('agent77')] };
  if (fault < 0.28) return { ...base, end: 'finish', reason: 'tool-calls', toolCalls: [newAnswer(text), vote('agent1')] };
  if (fault < 0.3) return { ...base, end: 'finish', reason: 'tool-calls', toolCalls: [{ id: 'c1', name: 'new_answer', argumentsText: '{"content": "cut' }] };
  return { ...base, end: 'finish', reason: 'tool-calls', toolCalls: goodCalls(dice, state, ref, agree) };
}

/** Kept apart so that the compiler does not think the phase cannot change within the loop. */
const ENDED: RunState['phase'] = 'ended';

interface Flying {
  readonly ref: CallRef;
  readonly endsAt: number;
}

export interface SimulatedRun {
  readonly world: World;
  readonly log: readonly StampedFact[];
  readonly state: RunState;
  /** What went wrong inside the loop, if anything did. */
  readonly problems: readonly string[];
}

/** Drives the pure rules through one world by virtual time. With a log it goes on from there, as a resumed run would. */
export function simulate(world: World, from: readonly StampedFact[] = []): SimulatedRun {
  const dice = createDice(world.seed ^ 0x5bd1e995);
  const log: StampedFact[] = [...from];
  const problems: string[] = [];
  let state = from.reduce<RunState>((folded, fact) => apply(folded, fact), EMPTY);
  let t = from.at(-1)?.t ?? 0;
  let flying: Flying[] = [];

  const take = (input: Input): void => {
    for (const fact of decide(state, { ...input, t, at: AT }).facts) {
      const stamped: StampedFact = { ...fact, seq: log.length + 1, at: AT, t, epoch: 1 };
      log.push(stamped);
      state = apply(state, stamped);
    }
  };
  const endCall = ({ ref }: Flying, result: CallResult): void => {
    take({ type: 'call-end', ...ref, result, costMicros: null, chance: dice.next() });
  };
  const aborted = (): CallResult => ({ end: 'aborted', text: '', toolCalls: [], items: [], usage: { inputTokens: 1, outputTokens: 1 }, usageSource: 'estimated', ...(dice.chance(0.5) ? { draft: drawText(dice) } : {}) });
  const reconcile = (): void => {
    for (let next = wanted(state, t).find((call) => call.begins); next !== undefined; next = wanted(state, t).find((call) => call.begins)) {
      const ref = { agent: next.agent, turn: next.turn, call: next.call };
      take({ type: 'call-begin', ...ref });
      if (agentOf(state, ref.agent).turn?.running?.call !== ref.call) {
        problems.push(`wanted call of ${ref.agent} was not begun`);
        return;
      }
      checkFences(state, ref.agent, problems);
      const hangs = world.manner === 'chaos' && dice.chance(0.02);
      flying.push({ ref, endsAt: hangs ? Infinity : t + dice.below(dice.chance(0.2) ? 20_000 : 3000) });
    }
    const keep = wanted(state, t);
    const surplus = flying.filter(({ ref }) => !keep.some((call) => call.agent === ref.agent && call.turn === ref.turn && call.call === ref.call));
    flying = flying.filter((call) => !surplus.includes(call));
    for (const call of surplus) endCall(call, aborted());
  };

  if (from.length === 0) take({ type: 'start', run: { engine: 'test', session: 's', turn: 1, agents: world.agents, task: 'Which is heavier?', history: [], settings: world.settings, fence: FENCE, config: null } });
  else for (const { info, turn } of agentList(state)) if (turn?.running != null) take({ type: 'call-end', agent: info.id, turn: turn.turn, call: turn.running.call, result: { ...aborted(), end: 'error', error: { code: 'backend-reset', message: 'the process died' } }, costMicros: null, chance: 0.5 });
  if (from.length > 0) take({ type: 'tick' });
  let cancelled = state.stop === 'cancel';
  for (let step = 0; step < 3000 && state.phase !== ENDED; step += 1) {
    reconcile();
    if (state.phase === ENDED) break;
    if (state.phase === 'closing' && flying.length === 0) {
      take({ type: 'close', complaints: [] });
      continue;
    }
    const soonest = flying.reduce<Flying | null>((best, call) => (best === null || call.endsAt < best.endsAt ? call : best), null);
    const due = nextDue(state, t) ?? Infinity;
    const cancelAt = world.cancelAt === null || cancelled ? Infinity : Math.max(t, world.cancelAt);
    const at = Math.min(soonest?.endsAt ?? Infinity, due, cancelAt);
    if (at === Infinity) {
      if (flying.length === 0 && wanted(state, t).length === 0) problems.push(`stuck in ${state.phase} at ${String(t)}`);
      if (wanted(state, t).some((call) => call.begins)) continue;
      break;
    }
    t = Math.max(t, at);
    if (cancelAt === at) {
      cancelled = true;
      take({ type: 'cancel', by: 'test' });
    } else if (soonest !== null && soonest.endsAt === at) {
      flying = flying.filter((call) => call !== soonest);
      endCall(soonest, drawResult(dice, state, soonest.ref, world));
      if (dice.chance(0.05)) endCall(soonest, drawResult(dice, state, soonest.ref, world));
    } else take({ type: 'tick' });
  }
  return { world, log, state, problems };
}

/** Whatever peers wrote, a prompt holds two fence lines for each answer it refers to, and two for a final answer under evaluation. */
function checkFences(state: RunState, id: string, problems: string[]): void {
  const { conversation } = agentOf(state, id);
  let expected = 0;
  for (const item of conversation) {
    if (item.role === 'assistant') continue;
    expected += 2 * item.parts.filter((part) => typeof part !== 'string' && part.ref === 'answer').length;
    expected += item.parts.filter((part) => typeof part === 'string').reduce((sum, part) => sum + String(part).split(FENCE).length - 1, 0);
  }
  const prompts = render(state, id, conversation).filter(({ role }) => role !== 'assistant');
  const text = prompts.map((message) => (message.role === 'user' ? String(message.content) : 'text' in message ? message.text : '')).join('\n');
  const found = text.split(FENCE).length - 1;
  if (found !== expected) problems.push(`${String(found)} fences where ${String(expected)} belong`);
  const ends = text.split('<end of agent').length - 1;
  const answers = conversation.flatMap((item) => (item.role === 'assistant' ? [] : item.parts)).filter((part) => typeof part !== 'string' && part.ref === 'answer').length;
  if (ends !== answers) problems.push(`${String(ends)} answer ends where ${String(answers)} belong`);
}

export type { Fact };
