import { EMPTY, type AgentId, type RunState, type Seen } from '../../../orchestrator/index.js';
import type { PlainLine } from '../plain-lines.js';
import { EMPTY_SCROLL, type Scroll } from './scroll.js';

/** What the screen knows of an agent beyond the state of the run. */
export interface AgentView {
  readonly scroll: Scroll;
  /** Tokens of ended calls. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cachedInputTokens: number; readonly reasoningTokens: number };
  readonly costMicros: number;
  readonly costKnown: boolean;
  /** Some usage was not reported. */
  readonly estimated: boolean;
  readonly calls: number;
  /** The provider's tool that is at work. */
  readonly tool: string | null;
  /** When it last gave a sign of life, ms of active run time. */
  readonly heardAt: number;
  /** Characters that the running call has written. */
  readonly written: number;
  /** What went wrong in the present turn. */
  readonly trouble: string | null;
}

/** Something that happened, as it goes to the scrollback and the timeline. */
export interface Entry {
  readonly seq: number;
  readonly t: number;
  readonly about: AgentId | null;
  readonly tone: PlainLine['tone'];
  readonly text: string;
  /** What was written: of an answer, of the question. */
  readonly body: string | null;
  /** Of interest only to who looks at the timeline. */
  readonly minor: boolean;
}

export interface VoteView {
  readonly voter: AgentId;
  readonly target: AgentId;
  readonly label: string;
  readonly reason: string;
  readonly seen: Seen;
  readonly attempt: number;
}

/** Everything a live view shows: a fold of the events, plain data. */
export interface ViewState {
  readonly run: RunState;
  readonly agents: Readonly<Record<AgentId, AgentView>>;
  readonly entries: readonly Entry[];
  readonly votes: readonly VoteView[];
  /** Active run time of the newest event, ms. */
  readonly t: number;
}

export const NEW_AGENT: AgentView = {
  scroll: EMPTY_SCROLL,
  usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 },
  costMicros: 0,
  costKnown: true,
  estimated: false,
  calls: 0,
  tool: null,
  heardAt: 0,
  written: 0,
  trouble: null,
};

export const EMPTY_VIEW: ViewState = { run: EMPTY, agents: {}, entries: [], votes: [], t: 0 };

export const viewOf = (view: ViewState, agent: AgentId): AgentView => view.agents[agent] ?? NEW_AGENT;
