import type { ToolCall, Usage } from '../../../backends/contract.js';
import type { ErrorData } from '../../../errors.js';
import { EMPTY, agentOf, type RunState } from '../../coordination/state.js';
import type { AgentId, CallResult, RejectReason, RunEvent, Seen, Stamp, ToolSet, ToolStatus, TurnKind, TurnOutcome } from '../../protocol.js';
import { safeName } from '../folder-names.js';
import type { LogHeader } from '../log-header.js';
import type { Quote } from '../quoted.js';
import { createLogClock, type LogClock } from './log-clock.js';

export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
/** When something happened: wall time, and ms of active run time. */
export type Moment = Pick<Stamp, 'at' | 't'>;

/** A tool that ran: a provider's own, or one of the agent's. */
export interface ToolUse {
  readonly id: string;
  readonly name: string;
  readonly kind: 'provider' | 'mcp' | 'own';
  readonly start: Moment;
  readonly input: string;
  end: Moment | null;
  output: string;
  /** Of the agent's own. */
  status: ToolStatus | null;
}

/** One request and what came of it. */
export interface CallRecord {
  readonly call: number;
  readonly attempt: number;
  readonly start: Moment;
  readonly tools: ToolSet;
  firstWord: Moment | null;
  end: Moment | null;
  how: CallResult['end'] | null;
  reasoning: string;
  text: string;
  /** What had been written of an answer inside a tool call. */
  answer: string;
  toolCalls: readonly ToolCall[];
  error: ErrorData | null;
  usage: Usage | null;
  estimated: boolean;
  costMicros: number | null;
  readonly used: ToolUse[];
}

export interface Rejection {
  readonly call: number;
  readonly reason: RejectReason;
  readonly message: string;
  readonly at: string;
}

/** One question to one agent; MassGen's word is round. */
export interface RoundRecord {
  readonly agent: AgentId;
  /** From 0: the agent's turn number less one, as MassGen counts. */
  readonly round: number;
  readonly kind: TurnKind;
  readonly attempt: number;
  readonly start: Moment;
  /** The answers it was shown. */
  seen: Seen;
  readonly calls: CallRecord[];
  readonly rejections: Rejection[];
  end: Moment | null;
  outcome: TurnOutcome | null;
  timedOut: boolean;
  /** The answer it submitted, the answer it voted for. */
  label: string | null;
  /** The text of the answer it submitted. */
  answer: string;
  reason: string;
}

/** An answer, vote or final answer that has a directory of its own. */
export interface StepRecord {
  readonly type: 'answer' | 'vote' | 'final_answer';
  readonly label: string;
  readonly agent: AgentId;
  readonly at: string;
  readonly stamp: string;
  readonly iteration: number;
  readonly round: number;
  readonly votedFor: AgentId | null;
  readonly votedForLabel: string | null;
  /** Relative to the turn's directory. */
  readonly path: string;
}

export interface CoordinationEvent {
  readonly timestamp: number;
  readonly event_type: string;
  readonly agent_id: AgentId | null;
  readonly details: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** What the derived files of a turn are made of: a running fold of its events. One projection owns and changes it. */
export interface TurnRecord {
  readonly header: LogHeader;
  readonly clock: LogClock;
  /** For texts that stand in several files. */
  readonly quote: Quote;
  state: RunState;
  start: EventOf<'run-start'> | null;
  folders: ReadonlyMap<AgentId, string>;
  first: Moment;
  last: Moment;
  /** The highest number of a turn that any agent has begun. */
  iteration: number;
  active: AgentId | null;
  readonly rounds: RoundRecord[];
  readonly byAgent: Map<AgentId, RoundRecord[]>;
  /** The newest round of each agent. */
  readonly newest: Map<AgentId, RoundRecord>;
  readonly lastSeen: Map<AgentId, Moment>;
  readonly steps: StepRecord[];
  readonly timeline: CoordinationEvent[];
  /** The answers that each choice of the timeline was made from, by label: long texts, which its events hold the place of. */
  readonly chosenFrom: (readonly (readonly [label: string, text: string])[])[];
  readonly attempts: EventOf<'attempt-start'>[];
  /** Sets of tools as the files of the steps write them. */
  readonly toolTexts: Map<ToolSet, string>;
}

const NEVER: Moment = { at: '1970-01-01T00:00:00.000Z', t: 0 };

export const newTurnRecord = (header: LogHeader, quote: Quote): TurnRecord => ({
  header,
  quote,
  clock: createLogClock(header.utc_offset_minutes),
  state: EMPTY,
  start: null,
  folders: new Map(),
  first: NEVER,
  last: NEVER,
  iteration: 0,
  active: null,
  rounds: [],
  byAgent: new Map(),
  newest: new Map(),
  lastSeen: new Map(),
  steps: [],
  timeline: [],
  chosenFrom: [],
  attempts: [],
  toolTexts: new Map(),
});

export const folderOf = (record: TurnRecord, agent: AgentId): string => record.folders.get(agent) ?? safeName(agent);

export const isInRun = (state: RunState, agent: AgentId): boolean => Object.hasOwn(state.agents, agent);

/** `agent1`, or the id of somebody who is not in the run. */
export const anonymousOf = (state: RunState, agent: AgentId): string => (isInRun(state, agent) ? agentOf(state, agent).info.anonymous : agent);

export const roundsOf = (record: TurnRecord, agent: AgentId): readonly RoundRecord[] => record.byAgent.get(agent) ?? [];

/** The call of a round that an event belongs to. */
export const callOf = (round: RoundRecord | undefined, call: number): CallRecord | undefined => round?.calls.findLast((each) => each.call === call);

/** A derived file; its path is relative to the turn's directory, with `/`. */
export interface DerivedFile {
  readonly path: string;
  readonly text: string;
}

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** `pretty` of a value that stands `indent` deep in another. A line feed in its texts is written as an escape. */
export const prettyAt = (indent: string, value: unknown): string => pretty(value).replaceAll('\n', `\n${indent}`);

/** `pretty` of an object whose members are JSON already, `indent` deep. */
export const prettyMembers = (indent: string, members: readonly (readonly [name: string, json: string])[]): string =>
  members.length === 0 ? '{}' : `{\n${members.map(([name, json]) => `${indent}  ${JSON.stringify(name)}: ${json}`).join(',\n')}\n${indent}}`;

/** The first characters of a text, for fields that are named previews; no character is cut in half. */
export function preview(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
