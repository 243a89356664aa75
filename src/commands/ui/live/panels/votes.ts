import { seenLabels } from '../entries.js';
import { plural } from '../figures.js';
import type { Glyphs } from '../glyphs.js';
import { bar } from '../bar.js';
import { fill, line, span, widthOf, type Line } from '../spans.js';
import type { ViewState, VoteView } from '../view-state.js';
import { wrapText } from '../wrap.js';

/** The newest vote of each agent holds, as long as the answers are those it was cast on. */
function standing(view: ViewState, vote: VoteView): 'counts' | 'overtaken' {
  const ballot = view.run.agents[vote.voter]?.ballot;
  const newest = view.votes.findLast(({ voter }) => voter === vote.voter) === vote && ballot?.target === vote.target;
  const current = view.run.order.every((id) => (vote.seen[id] ?? 0) === (view.run.heads[id] ?? 0));
  return newest && current ? 'counts' : 'overtaken';
}

function tally(view: ViewState, glyphs: Glyphs): readonly Line[] {
  const { order, selection } = view.run;
  const votes = (id: string): number => selection?.tally.find(({ agent }) => agent === id)?.votes ?? (selection === null ? view.votes.filter((vote) => vote.target === id && standing(view, vote) === 'counts').length : 0);
  const longest = Math.max(0, ...order.map(widthOf));
  return order.map((id, place) => [
    ...fill([span(id, 'name', place)], longest),
    span(`  ${bar(votes(id) / Math.max(1, order.length), 10, glyphs)} `),
    span(plural(votes(id), 'vote')),
    ...(selection?.agent === id ? [span(`  ${glyphs.winner} winner${selection.tie ? ' (tie broken by configuration order)' : selection.unanimous ? ' (unanimous)' : ''}`, 'good')] : []),
  ]);
}

/** Who stands where, and every vote, or only those that count, with its reason and what its voter had seen. */
export function votesLines(view: ViewState, width: number, glyphs: Glyphs, onlyCounting = false): readonly Line[] {
  if (view.votes.length === 0) return [line(view.run.order.length === 1 ? 'one agent: nobody votes' : 'no votes yet')];
  const { order } = view.run;
  const each = view.votes.filter((vote) => !onlyCounting || standing(view, vote) === 'counts').map((vote): readonly Line[] => {
    const valid = standing(view, vote) === 'counts';
    const head: Line = [
      ...[span(vote.voter, 'name', order.indexOf(vote.voter)), span(' for '), span(vote.target, 'name', order.indexOf(vote.target))],
      span(` (${vote.label})`),
    ];
    const circumstances = wrapText(`saw ${seenLabels(vote.seen, view.run)}${valid ? '' : '; overtaken by newer answers or votes'}`, width - 2).map((row) => line(`  ${row}`, 'text'));
    return [head, ...circumstances, ...(vote.reason === '' ? [] : wrapText(vote.reason, width - 2).map((row) => line(`  ${row}`, valid ? 'normal' : 'text')))];
  });
  return [...tally(view, glyphs), [], ...each.flat()];
}
