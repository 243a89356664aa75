import { agentList } from '../../coordination/state.js';
import type { AgentId } from '../../protocol.js';
import { wordAtEnd, type StatusWord } from './agent-status.js';
import { tableRows } from './table-rows.js';
import { centred } from './text-width.js';
import { anonymousOf, roundsOf, type TurnRecord } from './turn-record.js';

const FIRST = 10;
const WIDTHS = [60, 60, 60, 40, 30];
const NARROWEST = 25;

const LEGEND = `
Multi-Agent Coordination Events Log
==================================================

📋 EVENT SYMBOLS:
  📋 Context received   💭 Streaming or reason   ✨ New answer   🗳️ Vote
  🔁 Restart triggered   ✅ Restart completed   📨 Update received
  🎯 Final answer   🏆 Winner   ❌ Error   ⏰ Timeout   🛑 Cancelled

📊 STATUS SYMBOLS:
  🔄 streaming   ✅ answered, voted or completed   ⏳ waiting   🎯 final answer given

📖 TERMS:
  Context: the answers that an agent was shown
  Restart: an agent is asked again, because an answer is new
  answerK.M: the M-th answer of agent K
`;

const ENDINGS: Readonly<Partial<Record<StatusWord, string>>> = { timeout: '⏰ Timeout', cancelled: '🛑 Cancelled', error: '❌ No answer', waiting: '⏳ Waiting' };

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

interface Layout {
  readonly columns: readonly AgentId[];
  readonly width: number;
  readonly line: (first: string, cells: readonly string[]) => string;
  readonly across: (first: string, text: string) => string;
  readonly border: string;
  readonly separator: string;
  readonly rule: string;
}

/** Most cells say what the one above says, and one run's what another's did: cells by width and text. */
const KEPT = 500;
const known = new Map<number, Map<string, string>>();

function cellsOf(width: number): (text: string) => string {
  const cells = known.get(width) ?? new Map<string, string>();
  known.set(width, cells);
  return (text) => {
    let cell = cells.get(text);
    if (cell === undefined) {
      if (cells.size >= KEPT) cells.clear();
      cell = centred(text, width);
      cells.set(text, cell);
    }
    return cell;
  };
}

function layoutFor(columns: readonly AgentId[]): Layout {
  const width = WIDTHS[columns.length] ?? NARROWEST;
  const inner = Math.max(NARROWEST, columns.length * (width + 1) - 1);
  const [cell, firstCell] = [cellsOf(width), cellsOf(FIRST)];
  return {
    columns,
    width,
    line: (first, cells) => {
      let text = `|${firstCell(first)}|`;
      for (const each of cells) text += `${cell(each)}|`;
      return text;
    },
    across: (first, text) => `|${centred(first, FIRST)}|${centred(text, inner)}|`,
    border: `+${'-'.repeat(FIRST + 1 + inner)}+`,
    separator: `|${'-'.repeat(FIRST)}+${columns.map(() => '-'.repeat(width)).join('+')}|`,
    rule: `|${'='.repeat(FIRST + 1 + inner)}|`,
  };
}

interface Counts {
  readonly answers: number;
  readonly votes: number;
  readonly restarts: number;
}

function countsOf(record: TurnRecord, agent: AgentId): Counts {
  const rounds = roundsOf(record, agent);
  const restarts = record.timeline.filter(({ event_type, agent_id }) => event_type === 'restart_completed' && agent_id === agent).length;
  return { answers: rounds.filter(({ outcome }) => outcome === 'answer').length, votes: rounds.filter(({ outcome }) => outcome === 'vote').length, restarts };
}

function endState(record: TurnRecord, agent: AgentId): string {
  const state = record.state.agents[agent];
  if (record.state.final?.agent === agent) return '🏆 Winner';
  if (state?.failed != null) return '❌ Failed';
  if (record.state.ending === null || state === undefined) return '⏳ in progress';
  return ENDINGS[wordAtEnd(record, state)] ?? '✅ Completed';
}

function summary(record: TurnRecord, layout: Layout): readonly string[] {
  const { columns, line, across, separator } = layout;
  const counts = columns.map((agent) => countsOf(record, agent));
  const sum = (key: keyof Counts): number => counts.reduce((total, each) => total + each[key], 0);
  const winner = record.state.final === null ? 'nobody selected' : `${record.state.final.agent} selected`;
  return [
    line('SUMMARY', columns.map(() => '')),
    separator,
    line('Answers', counts.map(({ answers }) => plural(answers, 'answer'))),
    line('Votes', counts.map(({ votes }) => plural(votes, 'vote'))),
    line('Restarts', counts.map(({ restarts }) => plural(restarts, 'restart'))),
    line('Status', columns.map((agent) => endState(record, agent))),
    separator,
    across('TOTALS', `${plural(sum('answers'), 'answer')}, ${plural(sum('votes'), 'vote')}, ${plural(sum('restarts'), 'restart')} → ${winner}`),
  ];
}

/** coordination_table.txt: the run as a table, a column for each agent in the order of their numbers. */
export function coordinationTable(record: TurnRecord): string {
  const number = (agent: AgentId): number => Number(anonymousOf(record.state, agent).replace(/\D/gu, ''));
  const columns = agentList(record.state).map(({ info }) => info.id).sort((one, other) => number(one) - number(other));
  const title = (agent: AgentId): string => `Agent ${number(agent)}`;
  const layout = layoutFor(columns);
  const { line, across, border, separator, rule } = layout;
  const body: string[] = [];
  for (const row of tableRows(record, columns, title)) {
    if (row.type === 'across') body.push(across('', row.text));
    else for (let index = 0; index < row.height; index += 1) body.push(line(index === 0 ? `E${row.number}` : '', row.cells.map((cell) => cell[index] ?? '')));
    body.push(separator);
  }
  const head = [border, line('Event', columns.map((agent) => `${title(agent)} (${agent})`)), separator, across('USER', record.state.task.replace(/\s+/gu, ' ').trim()), rule];
  return `${[LEGEND, ...head, ...body, ...summary(record, layout), border].join('\n')}\n`;
}
