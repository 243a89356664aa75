import type { CallTimes, SessionReport, ToolReport, TurnReport } from '../../orchestrator/index.js';
import { countText, durationText, moneyText, oneLine, plural } from './logs-format.js';
import { agentsTable, voteText } from './logs-show-text.js';
import { tableLines } from './logs-table.js';

const TOP_TOOLS = 5;

export type ToolOrder = 'time' | 'calls';

/** Tools by the time they took or by how often they were called, most first. */
export function sortTools(tools: readonly ToolReport[], order: ToolOrder): readonly ToolReport[] {
  const [first, second] = order === 'time' ? (['total_seconds', 'calls'] as const) : (['calls', 'total_seconds'] as const);
  return [...tools].sort((one, other) => (other[first] ?? -1) - (one[first] ?? -1) || (other[second] ?? -1) - (one[second] ?? -1) || one.tool.localeCompare(other.tool, 'en'));
}

const averageOf = ({ total_seconds: total, calls }: ToolReport): number | null => (total === null || calls === 0 ? null : total / calls);

/** Tools as a table; with more than one, their sum at the end. */
export function toolsTable(tools: readonly ToolReport[]): readonly string[] {
  if (tools.length === 0) return [];
  const sum = (value: (tool: ToolReport) => number): number => tools.reduce((total, tool) => total + value(tool), 0);
  const rows = tools.map((tool) => [oneLine(tool.tool), tool.kind, countText(tool.calls), durationText(tool.total_seconds), durationText(averageOf(tool)), tool.failures === 0 ? '' : String(tool.failures), oneLine(tool.agents.join(', '))]);
  const total = ['total', '', countText(sum(({ calls }) => calls)), durationText(sum(({ total_seconds: seconds }) => seconds ?? 0)), '', String(sum(({ failures }) => failures) || ''), ''];
  const number = (head: string) => ({ head, align: 'right' as const });
  return tableLines([{ head: 'Tool' }, { head: 'Kind' }, number('Calls'), number('Time'), number('Average'), number('Failed'), { head: 'Agents' }], tools.length > 1 ? [...rows, total] : rows);
}

const timesText = ({ calls, total_seconds: total, average_seconds: average, average_first_word_seconds: first }: CallTimes): string => `${plural(calls, 'call')}, ${durationText(total)} in all, ${durationText(average)} on average, first word after ${durationText(first)}`;

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** A turn in numbers. */
export function summaryLines({ id, turn_count: count }: Pick<SessionReport, 'id' | 'turn_count'>, turn: TurnReport): readonly string[] {
  const { totals, call_times: times } = turn;
  const tools = sortTools(turn.tools, 'time');
  const outcomes = Object.entries(turn.outcomes).map(([outcome, times_]) => `${oneLine(outcome)} ${String(times_)}`);
  const untold = turn.source !== 'events' && turn.rounds.length === 0 && times.calls === 0;
  const failed = turn.errors.filter(({ kind }) => kind !== 'warning');
  return [
    `${oneLine(id)}, turn ${String(turn.turn)} of ${String(count)}`,
    `question   ${oneLine(turn.question ?? '(missing)')}`,
    `status     ${turn.status}${turn.error === null ? '' : `: ${oneLine(turn.error)}`}`,
    `winner     ${oneLine(turn.winner ?? '-')}${turn.vote_results === null ? '' : ` (${oneLine(voteText(turn))})`}`,
    `duration   ${durationText(turn.duration_seconds)}`,
    `cost       ${moneyText(totals.cost)}`,
    `tokens     ${countText(totals.total_tokens)}: ${countText(totals.input_tokens)} in (${countText(totals.cached_input_tokens)} cached), ${countText(totals.output_tokens)} out (${countText(totals.reasoning_tokens)} reasoning)`,
    `rounds     ${untold ? '-' : String(turn.rounds.length)}${outcomes.length === 0 ? '' : `: ${outcomes.join(', ')}`}`,
    `calls      ${untold ? '-' : timesText(times)}`,
    ...(Object.keys(times.by_backend).length < 2 ? [] : Object.entries(times.by_backend).map(([backend, each]) => `           ${oneLine(backend)}: ${timesText(each)}`)),
    `errors     ${String(failed.length)}`,
    ...(turn.per_agent.length === 0 ? [] : ['', 'Agents', ...indent(agentsTable(turn))]),
    ...(tools.length === 0 ? [] : ['', tools.length > TOP_TOOLS ? `Tools (the first ${String(TOP_TOOLS)} of ${String(tools.length)})` : 'Tools', ...indent(toolsTable(tools.slice(0, TOP_TOOLS)))]),
    ...(turn.missing.length === 0 ? [] : ['', `missing    ${turn.missing.join(', ')}`]),
  ];
}
