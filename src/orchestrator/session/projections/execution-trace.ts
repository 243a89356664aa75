import { agentOf } from '../../coordination/state.js';
import type { AgentId } from '../../protocol.js';
import { maskedText } from './agent-status.js';
import { roundsOf, type CallRecord, type RoundRecord, type TurnRecord } from './turn-record.js';

/** A block of code; its fence is longer than any in the text. */
function fenced(text: string, language = ''): string {
  const longest = (text.match(/`{3,}/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

const KINDS = { answer: 'First Answer', solo: 'Answer', vote: 'Vote', present: 'Presentation', evaluate: 'Evaluation' } as const;

/** `1.2` of `answer1.2`. */
const numberOf = (label: string): string => label.replace(/^answer/u, '');

function heading({ round, kind, outcome, label }: RoundRecord): string {
  const what = outcome === 'answer' && label !== null ? `Answer ${numberOf(label)}` : outcome === 'vote' ? KINDS.vote : KINDS[kind];
  return `## Round ${round + 1} (${what})`;
}

function callBlocks(round: RoundRecord, call: CallRecord): readonly string[] {
  const { reasoning, text, used, toolCalls, how } = call;
  const rejected = round.rejections.some((each) => each.call === call.call);
  // What the workflow's own calls said is told below, by what became of it.
  const open = toolCalls.filter(({ id }) => !used.some((use) => use.id === id && use.kind !== 'provider'));
  const told = rejected || round.kind === 'evaluate' ? open : open.filter(({ name }) => name !== 'new_answer' && name !== 'vote');
  const unfinished = how !== 'finish' && call.answer !== '' ? [`### Unfinished Answer\n${call.answer}`] : [];
  return [
    ...(reasoning === '' ? [] : [`### Reasoning\n${reasoning}`]),
    ...(text === '' ? [] : [`### Content\n${text}`]),
    ...unfinished,
    ...used.flatMap(({ name, input, output, end, status }) => [`### Tool Call: ${name}\n**Args**:\n${fenced(input, 'json')}`, `### Tool ${end === null || (status !== null && status !== 'ok') ? 'Error' : 'Result'}: ${name}\n${fenced(end === null ? 'the tool had not ended when the log stops' : output)}`]),
    ...told.map(({ name, argumentsText }) => `### Tool Call: ${name}\n**Args**:\n${fenced(argumentsText, 'json')}`),
  ];
}

function outcomeBlock(record: TurnRecord, round: RoundRecord): readonly string[] {
  const { outcome, label, seen, reason, answer } = round;
  if (outcome === 'answer' && label !== null) return [`### Answer Submitted (${label})\n${answer}`];
  if (outcome === 'vote' && label !== null) {
    const options = record.state.order.flatMap((id) => ((seen[id] ?? 0) > 0 ? [`${agentOf(record.state, id).info.anonymous.replace('agent', 'answer')}.${seen[id] ?? 0}`] : []));
    return [`### Vote Cast: ${label}\n**Available options**: ${options.join(', ')}\n**Voted for**: ${label}\n**Reason**: ${reason}`];
  }
  return outcome === 'abstain' ? [`### Abstained\n${reason}`] : [];
}

function errorLines(record: TurnRecord, rounds: readonly RoundRecord[]): readonly string[] {
  return rounds.flatMap((round) => [
    ...round.rejections.map(({ at, reason, message }) => `- [${record.clock.time(at)}] **Reply Rejected: ${reason}** - ${message}`),
    ...round.calls.flatMap(({ error, end }) => (error === null || end === null ? [] : [`- [${record.clock.time(end.at)}] **Call Error: ${error.code}** - ${maskedText(error.message)}`])),
  ]);
}

/** execution_trace.md: everything that an agent did in the run so far. Nothing is cut. */
export function executionTrace(record: TurnRecord, agent: AgentId): string {
  const { info } = agentOf(record.state, agent);
  const rounds = roundsOf(record, agent);
  const started = rounds[0]?.start.at ?? record.first.at;
  const blocks = rounds.flatMap((round) => [heading(round), ...round.calls.flatMap((call) => callBlocks(round, call)), ...outcomeBlock(record, round)]);
  const errors = errorLines(record, rounds);
  const tail = errors.length === 0 ? [] : ['---', '## Errors', errors.join('\n')];
  return `${[`# Execution Trace: ${agent}\n**Model**: ${info.model} | **Started**: ${record.clock.dateTime(started)}`, ...blocks, ...tail].join('\n\n')}\n`;
}
