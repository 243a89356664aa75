import type { AgentId, ToolSet } from '../../protocol.js';
import { finalContext, stepContext } from './context-file.js';
import { executionTrace } from './execution-trace.js';
import { finalPresentation } from './output-files.js';
import { anonymousOf, folderOf, isInRun, pretty, type DerivedFile, type EventOf, type StepRecord, type TurnRecord } from './turn-record.js';
import { voteJson } from './vote-json.js';

/** Steps of the first attempt lie in the turn's directory, those of an attempt that a restart made in its own. */
const attemptPrefix = ({ state }: TurnRecord): string => (state.attempt === 1 ? '' : `attempt_${state.attempt}/`);

interface NewStep {
  readonly type: 'answer' | 'vote';
  readonly agent: AgentId;
  readonly label: string;
  readonly at: string;
  readonly seq: number;
  readonly votedFor?: AgentId;
  readonly votedForLabel?: string;
}

function addStep(record: TurnRecord, { type, agent, label, at, seq, votedFor, votedForLabel }: NewStep): { readonly step: StepRecord; readonly folder: string } {
  const stamp = record.clock.stamp(at, seq);
  const folder = `${attemptPrefix(record)}${folderOf(record, agent)}/${stamp}`;
  const path = `${folder}/${type === 'vote' ? 'vote.json' : 'answer.txt'}`;
  const step: StepRecord = { type, label, agent, at, stamp, path, iteration: record.iteration, round: record.newest.get(agent)?.round ?? 0, votedFor: votedFor ?? null, votedForLabel: votedForLabel ?? null };
  record.steps.push(step);
  return { step, folder };
}

const toolsAsked = (record: TurnRecord, agent: AgentId): ToolSet => record.newest.get(agent)?.calls.at(-1)?.tools ?? 'none';

function around(record: TurnRecord, agent: AgentId, folder: string): readonly DerivedFile[] {
  return [
    { path: `${folder}/context.txt`, text: stepContext(record, agent, toolsAsked(record, agent)) },
    { path: `${folder}/execution_trace.md`, text: executionTrace(record, agent) },
  ];
}

/** The directory of an answer: its text, what was asked, what the agent did up to it. */
export function answerFiles(record: TurnRecord, event: EventOf<'answer-accept'>): readonly DerivedFile[] {
  const { step, folder } = addStep(record, { ...event, type: 'answer' });
  return [{ path: step.path, text: event.text }, ...around(record, event.agent, folder)];
}

/** The directory of a vote. */
export function voteFiles(record: TurnRecord, event: EventOf<'vote-cast'>): readonly DerivedFile[] {
  const { agent, at, seq, target, label } = event;
  const count = record.steps.filter((step) => step.type === 'vote' && step.agent === agent).length + 1;
  const { step, folder } = addStep(record, { type: 'vote', agent, label: `${anonymousOf(record.state, agent)}.vote${count}`, at, seq, votedFor: target, votedForLabel: label });
  return [{ path: step.path, text: voteJson(record.state, event, step) }, ...around(record, agent, folder)];
}

/** final/<winner>: the answer that was delivered, first, and how it came to be. */
export function finalFiles(record: TurnRecord, event: EventOf<'answer-final'>): readonly DerivedFile[] {
  const { agent, at, label } = event;
  const folder = `final/${folderOf(record, agent)}`;
  const path = `${folder}/answer.txt`;
  record.steps.push({ type: 'final_answer', label, agent, at, stamp: 'final', path, iteration: record.iteration, round: record.newest.get(agent)?.round ?? 0, votedFor: null, votedForLabel: null });
  if (!isInRun(record.state, agent)) return [{ path, text: event.text }];
  return [
    { path, text: event.text },
    finalPresentation(record, event),
    { path: `${folder}/context.txt`, text: finalContext(record) },
    { path: `${folder}/execution_trace.md`, text: executionTrace(record, agent) },
  ];
}

/** snapshot_mappings.json: where each answer and vote lies, by label. */
export function snapshotMappings(record: TurnRecord): string {
  const entries = record.steps.map(({ type, label, agent, stamp, iteration, round, path, votedFor, votedForLabel }) => [
    label,
    { type, label, agent_id: agent, timestamp: stamp, iteration, round, ...(type === 'vote' ? { voted_for: votedFor, voted_for_label: votedForLabel } : {}), path },
  ]);
  return pretty(Object.fromEntries(entries));
}
