import { fold } from '../../../coordination/fold.js';
import { EMPTY, agentList, agentOf, type RunState } from '../../../coordination/state.js';
import type { RunEvent } from '../../../protocol.js';
import { isKnown } from '../check-event.js';
import type { FinalAnswer, TimelineEntry, TurnReport } from '../report.js';
import { createAgentDigest } from './agents.js';
import { createAnswerDigest } from './answers.js';
import { createBoundedList } from './bounded-list.js';
import { createCallTimesDigest, type CallTimesDigest } from './call-times.js';
import { createErrorDigest } from './errors.js';
import { createRoundDigest } from './rounds.js';
import { slim } from './slim.js';
import { timelineEntry } from './timeline.js';
import { createToolDigest } from './tools.js';
import { createVoteDigest } from './votes.js';

/** What a turn's events say, without what they do not: where they were and whether their writer lives. */
export type EventsReport = Omit<TurnReport, 'turn' | 'directory' | 'source' | 'status' | 'duration_seconds' | 'error' | 'missing' | 'problems'> & {
  /** Null when the log stops before the end. */
  readonly ending: RunState['ending'];
  /** Ms of active run time at the newest event. */
  readonly t: number;
  /** How many entries the timeline lacks because there were too many. */
  readonly timelineLost: number;
};

export interface Digest {
  /** Events in order, as `createEventParser` gives them. */
  readonly take: (event: RunEvent) => void;
  readonly report: () => EventsReport;
}

type Written = Pick<EventsReport, 'started_at' | 'session_id' | 'written_by'>;

const isWord = ({ type }: RunEvent): boolean => type === 'text-delta' || type === 'reasoning-delta';

function finalOf({ final }: RunState): FinalAnswer | null {
  return final === null ? null : { agent: final.agent, label: final.label, source: final.source, marks: final.marks, text: final.text };
}

function timesBy(state: RunState, times: CallTimesDigest): EventsReport['call_times'] {
  const backends = [...new Set(agentList(state).map(({ info }) => info.backend))];
  const of = (backend: string): readonly string[] => state.order.filter((id) => agentOf(state, id).info.backend === backend);
  return { ...times.times(state.order), by_backend: Object.fromEntries(backends.map((backend) => [backend, times.times(of(backend))])) };
}

function totalsOf({ spent: { usage, costKnown, costMicros } }: RunState): TurnReport['totals'] {
  const [input, output] = [usage.inputTokens, usage.outputTokens];
  return { input_tokens: input, output_tokens: output, cached_input_tokens: usage.cachedInputTokens ?? 0, reasoning_tokens: usage.reasoningTokens ?? 0, total_tokens: input + output, cost: costKnown ? costMicros / 1e6 : null };
}

function outcomesOf(rounds: TurnReport['rounds']): TurnReport['outcomes'] {
  const outcomes = rounds.flatMap(({ outcome }) => outcome ?? []);
  return Object.fromEntries([...new Set(outcomes)].map((outcome) => [outcome, outcomes.filter((each) => each === outcome).length]));
}

const createParts = () => ({ answers: createAnswerDigest(), votes: createVoteDigest(), rounds: createRoundDigest(), times: createCallTimesDigest(), tools: createToolDigest(), errors: createErrorDigest(), agents: createAgentDigest() });

/** Follows a run's events and says in the end what happened. Holds answers, votes and facts in short; of prompts and replies nothing. */
export function createDigest(): Digest {
  const parts = createParts();
  const timeline = createBoundedList<TimelineEntry>();
  let state = EMPTY;
  let t = 0;
  let written: Written = { started_at: null, session_id: null, written_by: null };
  const take = (event: RunEvent): void => {
    t = event.t;
    if (isWord(event)) parts.times.take(event);
    if (isWord(event) || !isKnown(event)) return;
    if (event.type === 'run-start') written = { started_at: event.at, session_id: event.session, written_by: event.engine };
    for (const part of Object.values(parts)) part.take(event, state);
    const entry = timelineEntry(event);
    if (entry !== undefined) timeline.add(entry);
    state = fold(state, slim(event));
  };
  const report = (): EventsReport => {
    const rounds = parts.rounds.rounds();
    const totals = totalsOf(state);
    return {
      ...written,
      question: state.phase === 'idle' ? null : state.task,
      agents: state.order,
      winner: state.final?.agent ?? null,
      cost: totals.cost,
      attempts: state.attempt,
      final_answer: finalOf(state),
      vote_results: parts.votes.results(),
      answers: parts.answers.answers(state),
      votes: parts.votes.votes(state),
      per_agent: parts.agents.agents(state, rounds, parts.times),
      rounds,
      outcomes: outcomesOf(rounds),
      timeline: timeline.all(),
      tools: parts.tools.tools(),
      errors: parts.errors.errors(),
      totals,
      call_times: timesBy(state, parts.times),
      ending: state.ending,
      t,
      timelineLost: timeline.lost(),
    };
  };
  return { take, report };
}
