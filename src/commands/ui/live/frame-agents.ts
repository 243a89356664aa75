import type { AgentId } from '../../../orchestrator/index.js';
import { circumstances, figuresOf, statusSpans } from './agent-words.js';
import type { Glyphs } from './glyphs.js';
import { fill, fit, span, widthOf, type Line } from './spans.js';
import { viewOf, type ViewState } from './view-state.js';
import { lastRows } from './wrap.js';

/** Columns narrower than this are not worth reading. */
const COLUMN = 40;

/** Screens narrower than this leave a tab no room to say which turn it is. */
const NARROW = 60;

export interface Area {
  readonly width: number;
  readonly height: number;
  /** Active run time, ms. */
  readonly now: number;
  readonly glyphs: Glyphs;
}

/** Whether all agents can stand side by side. */
export const fitsColumns = (agents: number, width: number): boolean => agents > 0 && Math.floor((width - 3 * (agents - 1)) / agents) >= Math.min(COLUMN, width) - 3;

const keyOf = (place: number): string => (place < 9 ? String(place + 1) : ' ');

function heading(view: ViewState, id: AgentId, { now, glyphs }: Area): readonly Line[] {
  const place = view.run.order.indexOf(id);
  const info = view.run.agents[id]?.info;
  const [sign, word] = statusSpans(view, id, now, glyphs);
  return [
    [span(`${keyOf(place)} `, 'text'), span(id, 'name', place), span(' '), sign, span(' '), word],
    [span(info === undefined ? '' : `${info.backend} ${info.model}`, 'text')],
    [span(figuresOf(view, id, now).join(` ${glyphs.dot} `), 'text')],
    circumstances(view, id, glyphs),
  ];
}

/** One agent on its own: how it stands, and the end of what it has said, or what stands `scroll` rows before. */
export function agentRows(view: ViewState, id: AgentId, area: Area, scroll = 0): { readonly rows: readonly Line[]; readonly maxScroll: number } {
  const { width, height, glyphs } = area;
  const head = heading(view, id, area).map((each) => fit(each, width, glyphs.more));
  const room = Math.max(1, height - head.length);
  const { scroll: said } = viewOf(view, id);
  const all = lastRows(said, width, room + scroll + 1, glyphs.note);
  const maxScroll = all.length <= room + scroll ? Math.max(0, all.length - room) : Infinity;
  const end = all.length - Math.min(scroll, maxScroll);
  return { rows: [...head, ...all.slice(Math.max(0, end - room), end)].slice(0, height), maxScroll };
}

/** All agents side by side. */
export function agentColumns(view: ViewState, area: Area): readonly Line[] {
  const { order } = view.run;
  const between = ` ${area.glyphs.column} `;
  const width = Math.floor((area.width - between.length * (order.length - 1)) / order.length);
  const columns = order.map((id) => agentRows(view, id, { ...area, width }).rows);
  const height = Math.min(area.height, Math.max(...columns.map(({ length }) => length)));
  return Array.from({ length: height }, (_unused, row) => columns.flatMap((rows, place) => [...(place === 0 ? [] : [span(between, 'text')]), ...fill(rows[row] ?? [], width)]));
}

/** A line for each agent, and below them the words of the one that is shown. */
export function agentTabs(view: ViewState, shown: AgentId | null, area: Area): readonly Line[] {
  const { order } = view.run;
  const { width, now, glyphs } = area;
  const longest = Math.min(16, Math.max(0, ...order.map(widthOf)));
  const tabs = order.map((id, place): Line => {
    const [sign, word] = statusSpans(view, id, now, glyphs);
    const name = fill([span(id, 'name', place)], longest);
    const figures = figuresOf(view, id, now).slice(width < NARROW ? 1 : 0).join(` ${glyphs.dot} `);
    const agent = view.run.agents[id];
    const trouble = agent?.turn == null && agent?.failed == null ? [] : circumstances(view, id, glyphs);
    return fit([span(id === shown ? glyphs.note : ' '), span(`${keyOf(place)} `, 'text'), ...name, span(' '), sign, span(' '), ...fill([word], 12), span(` ${figures}`, 'text'), span('  '), ...trouble], width, glyphs.more);
  });
  const room = area.height - tabs.length - 1;
  if (shown === null || room < 1) return tabs.slice(0, area.height);
  const rule: Line = [span(`${glyphs.rule.repeat(2)} `, 'text'), span(shown, 'name', order.indexOf(shown)), span(` ${glyphs.rule.repeat(Math.max(0, width - shown.length - 4))}`, 'text')];
  return [...tabs, fit(rule, width, ''), ...lastRows(viewOf(view, shown).scroll, width, room, glyphs.note)];
}
