import type { AgentId } from '../../protocol.js';
import { preview, type CoordinationEvent, type TurnRecord } from './turn-record.js';

/** One row: an agent's own cell beside what the others are at, or one text across all columns. */
export type TableRow =
  | { readonly type: 'cells'; readonly number: number; readonly height: number; readonly cells: readonly (readonly string[])[] }
  | { readonly type: 'across'; readonly text: string };

const REASON = 50;
const ANSWER = 60;

/** More than any cell shows of a text. */
const LOOKED_AT = 2000;

const oneLine = (text: string): string => text.slice(0, LOOKED_AT).replace(/\s+/gu, ' ').trim();

/** The beginning of a text as one line; of a long one only what can be shown is looked at. */
function short(text: string, length: number): string {
  const near = oneLine(text.slice(0, 4 * length));
  const line = near.length > length ? near : oneLine(text);
  return line.length > length ? `${preview(line, length)}...` : line;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** What an event says in its agent's cell, and the state it leaves the agent in. */
function cellOf({ event_type, context, details }: CoordinationEvent, answers: ReadonlyMap<string, string>, restarts: number): { readonly lines: readonly string[]; readonly state: string } | undefined {
  switch (event_type) {
    case 'context_received':
      return { lines: [`📋 Context: [${listOf(context['available_answer_labels']).join(', ')}]`, '💭 Started streaming'], state: '🔄 (streaming)' };
    case 'new_answer': {
      const label = textOf(context['label']);
      return { lines: [`✨ NEW ANSWER: ${label}`, `👁️  Preview: ${short(answers.get(label) ?? '', ANSWER)}`], state: `✅ Answered: ${label}` };
    }
    case 'vote_cast':
      return { lines: [`🗳️  VOTE: ${textOf(context['voted_for_label'])}`, `💭 Reason: ${short(textOf(context['reason']), REASON)}`], state: '✅ (voted)' };
    case 'restart_completed':
      return { lines: [`✅ RESTART COMPLETED (Restart ${restarts})`], state: '⏳ (waiting)' };
    case 'update_injected':
      return { lines: ['📨 UPDATE RECEIVED', `📥 From: ${listOf(context['from']).join(', ')}`], state: '🔄 (streaming)' };
    case 'final_answer':
      return { lines: [`🎯 FINAL ANSWER: ${textOf(context['label'])}`], state: '🎯 (final answer given)' };
    case 'agent_error':
      return { lines: ['❌ ERROR', oneLine(details.replace(/^AGENT_ERROR: /u, ''))], state: '❌ (failed)' };
    case 'agent_timeout':
      return { lines: ['⏰ TIMEOUT'], state: '⏰ (timeout)' };
    case 'agent_cancelled':
      return { lines: ['🛑 CANCELLED'], state: '🛑 (cancelled)' };
    case 'vote_ignored':
      return { lines: ['🚫 VOTE IGNORED'], state: '🚫 (vote ignored)' };
    default:
      return undefined;
  }
}

/** Texts of all answers by their labels. */
const answersByLabel = ({ rounds }: TurnRecord): ReadonlyMap<string, string> => new Map(rounds.flatMap(({ outcome, label, answer }) => (outcome === 'answer' && label !== null ? [[label, answer]] : [])));

/** The rows of coordination_table.txt. `columns` are agents from left to right, `title` their names. */
export function tableRows(record: TurnRecord, columns: readonly AgentId[], title: (agent: AgentId) => string): readonly TableRow[] {
  const answers = answersByLabel(record);
  const states = new Map(columns.map((agent) => [agent, '⏳ (waiting)']));
  const restarts = new Map<AgentId, number>();
  const rows: TableRow[] = [];
  let number = 0;
  for (const event of record.timeline) {
    const { event_type: type, agent_id: agent } = event;
    if (type === 'restart_triggered') {
      number += 1;
      rows.push({ type: 'across', text: agent === null ? `🔁 COORDINATION RESTART TRIGGERED (${oneLine(textOf(event.context['reason']))})` : `🔁 ${title(agent)} RESTART TRIGGERED` });
    } else if (type === 'final_agent_selected' && agent !== null) rows.push({ type: 'across', text: `🏆 ${title(agent)} selected as winner` });
    if (agent === null) continue;
    if (type === 'restart_completed') restarts.set(agent, (restarts.get(agent) ?? 0) + 1);
    const cell = cellOf(event, answers, restarts.get(agent) ?? 0);
    if (cell === undefined) continue;
    states.set(agent, cell.state);
    number += 1;
    rows.push({ type: 'cells', number, height: cell.lines.length, cells: columns.map((column) => (column === agent ? cell.lines : [states.get(column) ?? ''])) });
  }
  return rows;
}
