import { FINAL_SOURCES, type AgentReport, type ErrorReport, type SessionReport, type TurnReport, type VoteReport } from '../../orchestrator/index.js';
import { countText, durationText, moneyText, offsetText, oneLine, plural, whenText } from './logs-format.js';
import { tableLines } from './logs-table.js';
import { safeText } from './safe-text.js';

/** Between how a turn stands and how long it took. */
const BETWEEN: Readonly<Partial<Record<TurnReport['status'], string>>> = { running: 'for', completed: 'in' };

const LABEL_WIDTH = 10;
/** A column of free text is at least this wide. */
const NARROWEST = 30;

const field = (name: string, value: string): string => `${name.padEnd(LABEL_WIDTH)} ${value}`;
const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', title, ...lines.map((line) => (line === '' ? '' : `  ${line}`))]);

/** How the winner came to be, in a few words. */
export function voteText({ vote_results: results }: Pick<TurnReport, 'vote_results'>): string {
  if (results === null) return '';
  const counts = Object.entries(results.counts).map(([agent, votes]) => `${agent} ${plural(votes, 'vote')}`).join(', ') || 'no votes';
  const how = results.unanimous ? ', unanimous' : results.tie ? ', a tie broken by configuration order' : results.basis === 'standing' ? ', earlier votes counted' : '';
  return `${counts}${how}`;
}

function headLines({ id, turn_count: count }: Pick<SessionReport, 'id' | 'turn_count'>, turn: TurnReport): readonly string[] {
  const { totals } = turn;
  const winner = turn.winner ?? turn.vote_results?.winner;
  return [
    `${oneLine(id)}, turn ${String(turn.turn)} of ${String(count)}`,
    field('question', oneLine(turn.question ?? '(missing)')),
    field('status', `${turn.status}${turn.duration_seconds === null ? '' : ` ${BETWEEN[turn.status] ?? 'after'} ${durationText(turn.duration_seconds)}`}${turn.error === null ? '' : `: ${oneLine(turn.error)}`}`),
    field('winner', winner == null ? '-' : `${oneLine(winner)}${turn.vote_results === null ? '' : ` (${oneLine(voteText(turn))})`}`),
    field('cost', `${moneyText(turn.cost)}; ${plural(totals.total_tokens, 'token')} (${countText(totals.input_tokens)} in, ${countText(totals.output_tokens)} out)`),
    field('started', whenText(turn.started_at)),
    ...(turn.attempts > 1 ? [field('attempts', String(turn.attempts))] : []),
    ...(turn.written_by === null ? [] : [field('written by', oneLine(turn.written_by))]),
    field('log', oneLine(turn.directory)),
  ];
}

function answerLines(turn: TurnReport): readonly string[] {
  const { final_answer: final } = turn;
  if (final === null) return section('Final answer', [turn.status === 'running' ? '(not there yet)' : '(none)']);
  const source = final.source === null ? '' : `, ${(FINAL_SOURCES as Readonly<Record<string, string>>)[final.source] ?? oneLine(final.source)}`;
  const marks = final.marks.length === 0 ? '' : `; ${final.marks.map(oneLine).join(', ')}`;
  return ['', `Final answer (${oneLine(final.agent)}${source}${marks})`, '', ...safeText(final.text).trimEnd().split('\n')];
}

const voteRow = ({ seconds, voter, target, label, standing, reason }: VoteReport): readonly string[] => [offsetText(seconds), oneLine(voter), target === null ? '(abstains)' : oneLine(`${target}${label === null ? '' : ` (${label})`}`), standing, oneLine(reason)];

function votesTable(votes: readonly VoteReport[], width: number): readonly string[] {
  if (votes.length === 0) return [];
  const rows = votes.map(voteRow);
  const used = [0, 1, 2, 3].reduce((sum, index) => sum + Math.max(...rows.map((row) => row[index]?.length ?? 0), 8) + 2, 0);
  const reason = Math.max(NARROWEST, width - used - 2);
  // A table cuts off what is longer than its column and has no place to break.
  const breakable = rows.map((row) => row.map((cell, index) => (index === 4 ? cell.replace(new RegExp(`\\S{${String(reason)}}`, 'gu'), '$& ') : cell)));
  return tableLines([{ head: 'At', align: 'right' }, { head: 'Voter' }, { head: 'For' }, { head: 'Standing' }, { head: 'Reason', width: reason }], breakable);
}

/** The calls and tokens of an agent; `-` where the files that would tell are missing. */
function callCells({ calls, retries, call_seconds: seconds, input_tokens: input, output_tokens: output }: AgentReport, told: boolean): readonly string[] {
  const counted = told || calls > 0 ? [String(calls), String(retries), durationText(seconds)] : ['-', '-', '-'];
  return [...counted, ...(told || input + output > 0 ? [countText(input), countText(output)] : ['-', '-'])];
}

const agentRow = (agent: AgentReport, told: boolean): readonly string[] => [
  `${oneLine(agent.agent)}${agent.winner ? ' *' : ''}`,
  oneLine([agent.backend, agent.model].filter((name) => name !== null).join(' ')) || '-',
  agent.state,
  ...[agent.answers, agent.votes].map(String),
  ...callCells(agent, told),
  moneyText(agent.cost),
];

export function agentsTable({ per_agent: agents, source }: Pick<TurnReport, 'per_agent' | 'source'>): readonly string[] {
  if (agents.length === 0) return [];
  const numbers = ['Answers', 'Votes', 'Calls', 'Retries', 'In calls', 'Tokens in', 'Out', 'Cost'].map((head) => ({ head, align: 'right' as const }));
  return tableLines([{ head: 'Agent' }, { head: 'Backend, model' }, { head: 'State' }, ...numbers], agents.map((agent) => agentRow(agent, source === 'events')));
}

const errorLine = ({ seconds, agent, kind, code, message }: ErrorReport): string => `${offsetText(seconds).padStart(9)}  ${agent === null ? '' : `${oneLine(agent)}: `}${oneLine(message)} (${kind}${code === null || code === kind ? '' : `, ${oneLine(code)}`})`;

/** A turn for people: what was asked and answered, who voted how, what each agent did, what happened when. `width` is the terminal's. */
export function showLines(session: Pick<SessionReport, 'id' | 'turn_count'>, turn: TurnReport, width: number): readonly string[] {
  return [
    ...headLines(session, turn),
    ...answerLines(turn),
    ...section('Votes', votesTable(turn.votes, width)),
    ...section('Agents', agentsTable(turn)),
    ...section('Timeline', turn.timeline.map(({ seconds, agent, text }) => `${offsetText(seconds).padStart(9)}  ${agent === null ? '' : `${oneLine(agent)} `}${oneLine(text)}`)),
    ...section('Errors', turn.errors.map(errorLine)),
    ...section('Missing', turn.missing),
    ...section('Problems', turn.problems.map(({ message }) => oneLine(message))),
  ];
}
