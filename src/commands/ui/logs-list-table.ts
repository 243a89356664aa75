import type { SessionSummary } from '../../orchestrator/index.js';
import { fitText } from './logs-fit.js';
import { durationText, moneyText, oneLine, whenText } from './logs-format.js';

const COLUMNS = [
  { head: 'When', width: 16 },
  { head: 'Status', width: 10 },
  { head: 'Winner', width: 12 },
  { head: 'Agents', width: 6, align: 'right' },
  { head: 'Turns', width: 5, align: 'right' },
  { head: 'Duration', width: 8, align: 'right' },
  { head: 'Cost', width: 8, align: 'right' },
] as const;
const ID_WIDTH = 13;
const GAP = 2;
const SHORTEST_QUESTION = 20;
/** What a narrow screen does without, one after the other: a session is known by its question. */
const LEFT_OUT = ['Agents', 'Turns', 'Duration', 'Winner', 'Cost', 'Status'];

const fixedWidth = (columns: readonly { readonly width: number }[]): number => columns.reduce((sum, { width }) => sum + width + GAP, 0) + ID_WIDTH + GAP;

function columnsFor(width: number): readonly (typeof COLUMNS)[number][] {
  let shown: readonly (typeof COLUMNS)[number][] = COLUMNS;
  for (const name of LEFT_OUT) if (fixedWidth(shown) + SHORTEST_QUESTION > width) shown = shown.filter(({ head }) => head !== name);
  return shown;
}

/** The end of a name, from the time on: enough to find it by. */
const shortId = (id: string): string => /^log_\d{8}_(\d{6}(?:_\d+)?)$/u.exec(id)?.[1] ?? id;

const toRow = (session: SessionSummary): readonly string[] => [
  whenText(session.started_at),
  session.status,
  oneLine(session.winner ?? '-'),
  session.agents.length === 0 ? '-' : String(session.agents.length),
  String(session.turns.length),
  durationText(session.duration_seconds),
  moneyText(session.cost),
  oneLine((session.question ?? session.turns.at(-1)?.error ?? '').slice(0, LONGEST_QUESTION)),
  shortId(session.id),
];

/** Longer than any screen is wide, and short to clean. */
const LONGEST_QUESTION = 1000;

export interface ListTable {
  readonly head: string;
  readonly row: (session: SessionSummary) => string;
}

/** Sessions as lines of a table `width` columns wide. */
export function createListTable(width: number): ListTable {
  const shown = columnsFor(width);
  const question = { head: 'Question', width: Math.max(SHORTEST_QUESTION, width - fixedWidth(shown)) };
  const columns = [...shown, question, { head: 'ID', width: ID_WIDTH }];
  const places = COLUMNS.flatMap((column, place) => (shown.includes(column) ? [place] : [])).concat(COLUMNS.length, COLUMNS.length + 1);
  const toLine = (cells: readonly string[]): string => columns.map((column, index) => fitText(cells[index] ?? '', column.width, 'align' in column ? column.align : 'left')).join(' '.repeat(GAP)).trimEnd();
  return {
    head: toLine(columns.map(({ head }) => head)),
    row: (session) => {
      const cells = toRow(session);
      return toLine(places.map((place) => cells[place] ?? ''));
    },
  };
}
