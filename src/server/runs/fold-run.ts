import type { ErrorData } from '../../errors.js';
import { EMPTY, argumentsOfTool, fold, toResult, type AgentId, type RunEvent, type RunPlace, type RunState, type TurnKind } from '../../orchestrator/index.js';
import { withoutPaths } from '../http/envelope.js';
import { progressLine } from './progress-lines.js';
import type { ReasoningLevel } from './serve-request.js';
import { createSources } from './sources.js';
import type { CallUsage, Finish, ServeEvent } from './serve-event.js';

export interface RunFoldOptions {
  readonly place: RunPlace;
  readonly level: ReasoningLevel;
  /** Tool calls of agents are told as such. */
  readonly agentTools: boolean;
  /** What of the request was left out. */
  readonly notes: readonly string[];
  /** Content is told while it is written, unless a check of the whole may still withdraw it. Without, it is told once it stands. */
  readonly live: boolean;
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

const PIECE = /[^\S\n]*\S[\s\S]{0,60}?(?=\s|$)\s*|[\s\S]{1,80}/gu;

/** A stored text, in pieces of some words: joined they are the text. */
export const piecesOf = (text: string): readonly string[] => text.match(PIECE) ?? [];

const UNTOLD: ReadonlySet<RunEvent['type']> = new Set(['notice', 'citation', 'tool-progress']);

/** A line of an agent's own words that has no end of its own. */
const LINE = 160;

const isDelivery = (kind: TurnKind | undefined): boolean => kind === 'solo' || kind === 'present';

/** An answer that stood before it was known to be the one that is sent, and that is short enough, counts as no more than the caller's limit. */
const withinLimit = (usage: CallUsage, most = Number.POSITIVE_INFINITY): CallUsage => {
  const outputTokens = Math.min(usage.outputTokens, most);
  return Object.assign({}, usage, { outputTokens }, usage.reasoningTokens === undefined ? undefined : { reasoningTokens: Math.min(usage.reasoningTokens, outputTokens) });
};

/** What came of a delivery that a provider's filter ended. */
interface Filtered {
  readonly agent: AgentId;
  readonly text: string;
}

const finishOf = ({ toolCalls = [], marks }: NonNullable<RunState['final']>): Finish => (toolCalls.length > 0 ? 'tool_calls' : marks.includes('truncated') ? 'length' : 'stop');

/** What a run's events say to a client. Feed it every event in order; after `done` or `failed` nothing follows. */
class RunFold {
  private state: RunState = EMPTY;
  private readonly kinds = new Map<AgentId, TurnKind>();
  private sent = '';
  private over = false;
  private live = false;
  private toolCalls = 0;
  /** What agents have said since their last line; several speak at once. */
  private readonly unsaid = new Map<AgentId, string>();
  private atLineStart = true;
  private trouble: ErrorData | null = null;
  /** The newest delivery, if it was. */
  private filtered: Filtered | null = null;
  /** What was sent of a filtered delivery is all that is: the client is not told of what the run falls back to. */
  private cut = false;
  /** Of each agent's last call, and of the one that wrote its newest answer. */
  private readonly lastUsage = new Map<AgentId, CallUsage>();
  private readonly answerUsage = new Map<AgentId, CallUsage>();
  private delivered: CallUsage = { inputTokens: 0, outputTokens: 0 };
  private readonly options: RunFoldOptions;

  constructor(options: RunFoldOptions) {
    this.options = options;
  }

  take(event: RunEvent): readonly ServeEvent[] {
    if (this.over) return [];
    if (event.type === 'text-delta') return this.text(event);
    if (event.type === 'reasoning-delta') return this.thought(event);
    if (UNTOLD.has(event.type)) return [];
    this.state = fold(this.state, event);
    const told = this.line(event);
    switch (event.type) {
      case 'run-start':
        this.live = this.options.live && event.settings.maxRestarts === 0;
        return [...this.notes(), ...told];
      case 'turn-start':
        this.kinds.set(event.agent, event.kind);
        return told;
      case 'call-end':
        if (event.error !== undefined) this.trouble = event.error;
        this.lastUsage.set(event.agent, event.usage);
        this.heedFilter(event);
        return [...this.rest(event.agent), ...told];
      case 'answer-accept':
        this.answerUsage.set(event.agent, this.lastUsage.get(event.agent) ?? this.delivered);
        return told;
      case 'provider-tool':
        return [...told, ...(event.status === 'start' ? this.agentTool(event, JSON.stringify(event.detail === undefined ? {} : { detail: event.detail })) : [])];
      case 'tool-start':
        return [...told, ...this.agentTool(event, argumentsOfTool(this.state, event))];
      case 'draft-discard':
        return this.sent !== '' && isDelivery(this.kinds.get(event.agent)) ? this.breakOff() : told;
      case 'answer-final':
        return [...told, ...this.deliver(event)];
      case 'run-end':
        return [...told, ...this.end(event)];
      default:
        return told;
    }
  }

  private text({ agent, of, text }: EventOf<'text-delta'>): readonly ServeEvent[] {
    const { level } = this.options;
    const delivers = isDelivery(this.kinds.get(agent));
    if (delivers && of === 'reply' && this.live) return this.content(agent, text);
    return level === 'full' && !delivers ? this.spoken(agent, text) : [];
  }

  /** What a delivery says before and after its tools is one text. */
  private content(agent: AgentId, text: string): readonly ServeEvent[] {
    if (text === '') return [];
    const apart = this.sent !== '' && this.state.agents[agent]?.turn?.said === this.sent ? `\n\n${text}` : text;
    this.sent += apart;
    return [{ type: 'content', text: apart }];
  }

  private thought({ agent, text }: EventOf<'reasoning-delta'>): readonly ServeEvent[] {
    const { level } = this.options;
    if (level === 'off' || (level === 'summary' && this.kinds.get(agent) !== 'solo')) return [];
    return this.state.order.length === 1 ? this.reasoning(text) : this.spoken(agent, text);
  }

  /** Words of one of several agents, by the line: as they come nobody could read them. */
  private spoken(agent: AgentId, text: string): readonly ServeEvent[] {
    const said = `${this.unsaid.get(agent) ?? ''}${text}`;
    const end = said.lastIndexOf('\n') + 1 || (said.length > LINE ? said.lastIndexOf(' ') + 1 || said.length : 0);
    this.unsaid.set(agent, said.slice(end));
    return end === 0 ? [] : this.lines(agent, said.slice(0, end));
  }

  private lines(agent: AgentId, text: string): readonly ServeEvent[] {
    const lines = text.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');
    return lines.length === 0 ? [] : this.reasoning(lines.map((line) => `[${agent}] ${line}\n`).join(''));
  }

  /** What an agent had left to say when its call ended. */
  private rest(agent: AgentId): readonly ServeEvent[] {
    const text = this.unsaid.get(agent) ?? '';
    this.unsaid.delete(agent);
    return this.lines(agent, text);
  }

  private line(event: RunEvent): readonly ServeEvent[] {
    if (this.options.level === 'off') return [];
    const line = progressLine(event, this.state);
    if (line === '') return [];
    return this.reasoning(`${this.atLineStart ? '' : '\n'}${withoutPaths(line)}\n`);
  }

  /** Only before content: clients close what they show of it when content begins. */
  private reasoning(text: string): readonly ServeEvent[] {
    if (this.sent !== '') return [];
    this.atLineStart = text.endsWith('\n');
    return [{ type: 'reasoning', text }];
  }

  private notes(): readonly ServeEvent[] {
    return this.options.notes.flatMap((note) => this.reasoning(`[system] ${note}\n`));
  }

  private agentTool({ id, name }: EventOf<'provider-tool' | 'tool-start'>, argumentsText: string): readonly ServeEvent[] {
    if (!this.options.agentTools) return [];
    return [{ type: 'tool-call', index: this.toolCalls++, call: { id, name, argumentsText }, whose: 'agent' }];
  }

  private heedFilter({ agent, reason, error, text }: EventOf<'call-end'>): void {
    const turn = this.state.agents[agent]?.turn;
    if (turn == null || !isDelivery(turn.kind)) return;
    const isFiltered = reason === 'content-filter' || reason === 'refusal' || error?.code === 'reply-filtered';
    const { said, reply } = turn;
    this.filtered = isFiltered && reply === null ? { agent, text: `${said}${said === '' || text === '' ? '' : '\n\n'}${text}` } : null;
  }

  private breakOff(): readonly ServeEvent[] {
    if (this.filtered === null || this.state.stop === 'cancel') return this.withdraw();
    this.cut = true;
    this.live = false;
    this.delivered = this.lastUsage.get(this.filtered.agent) ?? this.delivered;
    return [];
  }

  private withdraw(): readonly ServeEvent[] {
    this.over = true;
    if (this.state.stop === 'cancel') return [{ type: 'failed', error: { code: 'run-cancelled', message: 'the run was cancelled' } }];
    const why = this.trouble === null ? '' : ` (${this.trouble.message})`;
    return [{ type: 'failed', error: { code: 'backend-reset', message: `the answer broke off after a part of it had been sent${why}` } }];
  }

  private deliver({ agent, source, text, toolCalls = [] }: EventOf<'answer-final'>): readonly ServeEvent[] {
    if (this.cut) return [];
    const isWritten = source === 'presentation' || source === 'synthesis';
    const usage = (isWritten ? this.lastUsage : this.answerUsage).get(agent) ?? this.delivered;
    this.delivered = isWritten || source === 'solo' ? usage : withinLimit(usage, this.state.request.sampling?.max_tokens);
    // As `startsWith`, which takes many times as long.
    const begin = text.slice(0, this.sent.length);
    if (begin !== this.sent) return this.withdraw();
    const rest = text.slice(this.sent.length);
    this.sent = text;
    return [
      ...piecesOf(rest).map((piece): ServeEvent => ({ type: 'content', text: piece })),
      ...toolCalls.map((call): ServeEvent => ({ type: 'tool-call', index: this.toolCalls++, call, whose: 'caller' })),
    ];
  }

  private end({ status, error }: EventOf<'run-end'>): readonly ServeEvent[] {
    this.over = true;
    const { order, agents, final } = this.state;
    if (this.cut) return [this.done('content_filter')];
    if (status === 'completed' && final !== null) return [this.done(finishOf(final))];
    const [only] = order;
    const own = order.length === 1 && only !== undefined && status === 'failed' ? agents[only]?.failed : null;
    if (own?.code === 'reply-filtered' && this.filtered !== null && this.filtered.text !== '') return this.filteredReply(this.filtered);
    return [{ type: 'failed', error: own ?? error ?? { code: 'agents-failed', message: 'there is no answer' } }];
  }

  /** The text of a single agent as far as it came. */
  private filteredReply({ agent, text }: Filtered): readonly ServeEvent[] {
    const rest = text.startsWith(this.sent) ? text.slice(this.sent.length) : '';
    this.delivered = this.lastUsage.get(agent) ?? this.delivered;
    return [...piecesOf(rest).map((piece): ServeEvent => ({ type: 'content', text: piece })), this.done('content_filter')];
  }

  private done(finish: Finish): ServeEvent {
    return { type: 'done', finish, result: toResult(this.state, this.options.place), delivered: this.delivered };
  }
}

/** A fold of one run's events into what a client is told. */
export function createRunFold(options: RunFoldOptions): (event: RunEvent) => readonly ServeEvent[] {
  const run = new RunFold(options);
  const withSources = createSources();
  return (event) => withSources(event, run.take(event));
}
