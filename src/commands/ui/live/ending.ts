import { plural } from './figures.js';
import type { Glyphs } from './glyphs.js';
import { costLines } from './panels/cost.js';
import { votesLines } from './panels/votes.js';
import { fit, line, span, type Line } from './spans.js';
import type { ViewState } from './view-state.js';

/** What stands above the answer when a run has ended: the votes, the winner, the cost, the log. */
export function endingLines(view: ViewState, log: string | null, width: number, glyphs: Glyphs): readonly Line[] {
  const { run } = view;
  const { final, order, selection } = run;
  const won = final === null || order.length === 1 ? [] : [[span('winner: '), span(final.agent, 'name', order.indexOf(final.agent)), span(selection === null || selection.label === '' ? '' : ` with ${selection.label}`), span(`; ${run.spent.estimated ? 'about ' : ''}${plural(run.spent.tokens, 'token')}`, 'text')]];
  const votes = order.length > 1 && view.votes.length > 0 ? [line('votes', 'good'), ...votesLines(view, width, glyphs, true), []] : [];
  const lines = [[], ...votes, ...won, ...(won.length === 0 ? [] : [[]]), ...costLines(view, width)].map((each) => fit(each, width, glyphs.more));
  return [...lines, ...(log === null ? [] : [[], line(`log: ${log}`)])];
}
