import type { Glyphs } from './glyphs.js';
import { agentColumns, agentRows, agentTabs, fitsColumns } from './frame-agents.js';
import { headerLine } from './frame-header.js';
import { keysFor } from './keys.js';
import { answersLines } from './panels/answers.js';
import { costLines } from './panels/cost.js';
import { helpLines } from './panels/help.js';
import { systemLines, type ViewPlace } from './panels/system.js';
import { timelineLines } from './panels/timeline.js';
import { votesLines } from './panels/votes.js';
import { shownAgent } from './shown-agent.js';
import { fit, line, span, widthOf, type Line } from './spans.js';
import type { Panel, UiState } from './ui-state.js';
import type { ViewState } from './view-state.js';
import { wrapText } from './wrap.js';

export interface FrameOptions {
  readonly columns: number;
  readonly rows: number;
  /** Active run time now, ms. */
  readonly now: number;
  readonly glyphs: Glyphs;
  readonly place: ViewPlace;
  /** Whether keys are heard at all. */
  readonly keys: boolean;
  readonly steers: boolean;
}

/** What stands on the screen below the scrollback, top to bottom; never as many rows as the screen has, and no row wider than it. */
export interface Frame {
  readonly header: readonly Line[];
  readonly body: readonly Line[];
  readonly footer: readonly Line[];
  readonly maxScroll: number;
}

interface Body {
  readonly rows: readonly Line[];
  readonly maxScroll: number;
}

function panelLines(panel: Panel, view: ViewState, { glyphs, place, steers }: FrameOptions, width: number): readonly Line[] {
  switch (panel) {
    case 'votes':
      return votesLines(view, width, glyphs);
    case 'answers':
      return answersLines(view, width, glyphs);
    case 'timeline':
      return timelineLines(view, width);
    case 'cost':
      return costLines(view, width);
    case 'system':
      return systemLines(view, place, width);
    case 'help':
      return helpLines(width, steers);
  }
}

/** The part of a panel that is in sight. The timeline stands on its newest row. */
function panelBody(panel: Panel, view: ViewState, ui: UiState, options: FrameOptions, height: number): Body {
  const all = panelLines(panel, view, options, options.columns);
  const maxScroll = Math.max(0, all.length - height);
  const scroll = Math.min(ui.scroll, maxScroll);
  const from = panel === 'timeline' ? maxScroll - scroll : scroll;
  return { rows: all.slice(from, from + height), maxScroll };
}

/** With everything in sight some rows are left to what has just gone to the scrollback. */
const overviewHeight = (room: number): number => Math.min(room, Math.max(8, Math.floor(room * 0.7)));

function bodyOf(view: ViewState, ui: UiState, options: FrameOptions, room: number): Body {
  const { columns: width, now, glyphs } = options;
  if (ui.panel !== null) return panelBody(ui.panel, view, ui, options, room);
  if (ui.focus !== null) return agentRows(view, ui.focus, { width, height: room, now, glyphs }, ui.scroll);
  const { order } = view.run;
  const area = { width, height: overviewHeight(room), now, glyphs };
  if (order.length === 0) return { rows: [], maxScroll: 0 };
  return { rows: fitsColumns(order.length, width) ? agentColumns(view, area) : agentTabs(view, shownAgent(view, ui), area), maxScroll: 0 };
}

/** The message that is being written, with its cursor, the last rows of it. */
function draftLines({ draft }: UiState, width: number, cursor: string): readonly Line[] {
  if (draft === null) return [];
  return wrapText(`${draft.before}${cursor}${draft.after}`, width - 2)
    .slice(-4)
    .map((row, place) => [span(place === 0 ? '> ' : '  ', 'good'), span(row)]);
}

/** Rows that a question of the program takes; all of it is in the scrollback. */
const QUESTION_ROWS = 3;

function questionLines({ question }: UiState, width: number, more: string): readonly Line[] {
  if (question === null) return [];
  const rows = wrapText(question.trim(), width);
  return rows.slice(0, QUESTION_ROWS).map((row, place) => line(place === QUESTION_ROWS - 1 && rows.length > QUESTION_ROWS ? `${row} ${more}` : row, 'warning'));
}

function hints({ keys, steers }: FrameOptions, width: number): string {
  if (!keys) return '';
  const briefs = keysFor(steers).flatMap(({ brief }) => brief ?? []);
  // How to get out and how to learn more is said on any screen.
  const always = briefs.filter((brief) => brief.startsWith('q ') || brief.startsWith('? '));
  const chosen = new Set(always);
  for (const brief of briefs) if (widthOf(briefs.filter((each) => each === brief || chosen.has(each)).join('  ')) <= width) chosen.add(brief);
  return briefs.filter((brief) => chosen.has(brief)).join('  ');
}

function footerLines(ui: UiState, options: FrameOptions): readonly Line[] {
  const { columns: width, glyphs } = options;
  const draft = draftLines(ui, width, glyphs.full === '█' ? '▏' : '|');
  const below = draft.length > 0 ? 'Enter sends to all agents  Esc drops  Ctrl-J new line' : hints(options, width);
  return [...questionLines(ui, width, glyphs.more), ...draft, ...(ui.hint === null ? [] : [line(ui.hint, 'warning')]), ...(below === '' ? [] : [line(below, 'text')])].map((each) => fit(each, width, glyphs.more));
}

/** The frame for a state and a screen. Pure. */
export function frameOf(view: ViewState, ui: UiState, options: FrameOptions): Frame {
  const { columns: width, rows, now, glyphs } = options;
  const footer = footerLines(ui, options).slice(-Math.max(1, rows - 4));
  const rule: Line = [span(glyphs.rule.repeat(width), 'text')];
  const header = [rule, headerLine(view, ui, width, now, glyphs)];
  const room = Math.max(1, rows - 1 - header.length - footer.length);
  const { rows: body, maxScroll } = bodyOf(view, ui, options, room);
  return { header, body: body.map((each) => fit(each, width, glyphs.more)), footer, maxScroll };
}
