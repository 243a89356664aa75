import type { TurnReport, VoteReport } from '../../orchestrator/index.js';
import { escapeHtml, shorten } from './logs-escape.js';
import { plural } from './logs-format.js';

const WIDTH = 960;
const BOX = { width: 220, height: 36 };
const ROW = 56;
const TOP = 34;
const FROM = 40 + BOX.width;
const TO = WIDTH - 40 - BOX.width;
const NAME = 22;

const middle = (index: number): number => TOP + index * ROW + BOX.height / 2;

function box(x: number, index: number, name: string, note: string, isWinner: boolean): string {
  const [left, y] = [String(x), TOP + index * ROW];
  const text = (dy: number, content: string, kind: string): string => `<text class="${kind}" x="${String(x + BOX.width / 2)}" y="${String(y + dy)}" text-anchor="middle">${escapeHtml(content)}</text>`;
  return `<rect class="box${isWinner ? ' winner' : ''}" x="${left}" y="${String(y)}" width="${String(BOX.width)}" height="${String(BOX.height)}" rx="6"/>${text(note === '' ? 23 : 16, shorten(name, NAME), 'name')}${note === '' ? '' : text(30, note, 'tick')}`;
}

/** Later votes of one agent run below its earlier ones, so that a vote that was taken back stays visible. */
function arrow(vote: VoteReport, from: number, to: number, place: number): string {
  const [start, end] = [middle(from) + place * 6, middle(to) + place * 6];
  const what = `${vote.voter} votes for ${vote.target ?? 'nobody'}${vote.label === null ? '' : ` (${vote.label})`}, ${vote.standing}${vote.reason === '' ? '' : `: ${shorten(vote.reason, 300)}`}`;
  const curve = `M${String(FROM)} ${String(start)}C${String(FROM + 140)} ${String(start)} ${String(TO - 140)} ${String(end)} ${String(TO - 6)} ${String(end)}`;
  return `<g class="${vote.standing}"><path class="arrow" d="${curve}"/><path class="tip" d="M${String(TO)} ${String(end)}l-9 -4v8z"/><title>${escapeHtml(what)}</title></g>`;
}

/** Who voted for whom: voters on the left, their choices on the right; votes that no longer count are dashed. Empty without votes. */
export function votesSvg({ agents, votes, vote_results: results }: TurnReport): string {
  const cast = votes.filter(({ voter, target }) => target !== null && agents.includes(voter) && agents.includes(target));
  if (cast.length === 0) return '';
  const places = new Map<string, number>();
  const arrows = cast.map((vote) => {
    const place = places.get(vote.voter) ?? 0;
    places.set(vote.voter, place + 1);
    return { isOld: vote.standing === 'superseded', drawn: arrow(vote, agents.indexOf(vote.voter), agents.indexOf(vote.target ?? ''), Math.min(place, 2) - 1) };
  });
  const height = TOP + agents.length * ROW;
  const heads = `<text class="tick" x="${String(FROM - BOX.width / 2)}" y="20" text-anchor="middle">votes</text><text class="tick" x="${String(TO + BOX.width / 2)}" y="20" text-anchor="middle">for the answer of</text>`;
  const boxes = agents.flatMap((agent, index) => [
    box(FROM - BOX.width, index, agent, '', false),
    box(TO, index, agent, results === null ? '' : `${plural(results.counts[agent] ?? 0, 'vote')}${results.winner === agent ? ', winner' : ''}`, results?.winner === agent),
  ]);
  const drawn = [...arrows].sort((one, other) => Number(other.isOld) - Number(one.isOld)).map((each) => each.drawn);
  return `<svg class="votes" viewBox="0 0 ${String(WIDTH)} ${String(height)}" role="img" aria-label="Votes">\n${[heads, ...drawn, ...boxes].join('\n')}\n</svg>`;
}
