import type { RoundReport, TimelineEntry, TurnReport } from '../../orchestrator/index.js';
import { escapeHtml, shorten } from './logs-escape.js';
import { durationText } from './logs-format.js';

const WIDTH = 960;
const LEFT = 150;
const RIGHT = 24;
const TOP = 12;
const LANE = 36;
const BAR = 16;
const AXIS = 28;
const TICKS = 8;
const NAME = 18;

/** Where a time lies, in pixels from the left. */
type Scale = (seconds: number) => number;

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** 1, 2 or 5 times a power of ten: the least such step that gives no more than a few ticks. */
function stepOf(seconds: number): number {
  const rough = seconds / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? rough;
}

function axis(seconds: number, scale: Scale, bottom: number): string {
  const step = stepOf(seconds);
  const ticks = Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_unused, index) => index * step);
  return ticks.map((at) => `<line class="grid" x1="${round(scale(at))}" y1="${String(TOP)}" x2="${round(scale(at))}" y2="${String(bottom)}"/><text class="tick" x="${round(scale(at))}" y="${String(bottom + 16)}" text-anchor="middle">${durationText(at)}</text>`).join('\n');
}

function bar(item: RoundReport, scale: Scale, y: number, end: number): string {
  const [from, to] = [scale(item.start_seconds), scale(item.end_seconds ?? end)];
  const what = `${item.agent}, round ${String(item.round)}: ${item.kind ?? 'unknown'}, ${item.outcome ?? 'no end'}, ${durationText((item.end_seconds ?? end) - item.start_seconds)}`;
  const classes = ['bar', item.kind ?? 'unknown', ...(item.outcome === 'failed' || item.outcome === null ? ['broken'] : [])];
  return `<rect class="${classes.map(escapeHtml).join(' ')}" x="${round(from)}" y="${round(y - BAR / 2)}" width="${round(Math.max(2, to - from))}" height="${String(BAR)}" rx="3"><title>${escapeHtml(what)}</title></rect>`;
}

/** What stands on an agent's lane at a moment: a circle for an answer, a diamond for a vote, a cross for a failure, a ring for the final answer. */
const MARKS: Readonly<Record<string, (x: number, y: number) => string>> = {
  'answer-accept': (x, y) => `<circle class="mark answer" cx="${round(x)}" cy="${round(y)}" r="5"/>`,
  'vote-cast': (x, y) => `<path class="mark vote" d="M${round(x)} ${round(y - 6)}l6 6l-6 6l-6 -6z"/>`,
  'agent-fail': (x, y) => `<path class="mark fail" d="M${round(x - 5)} ${round(y - 5)}l10 10m0 -10l-10 10"/>`,
  'answer-final': (x, y) => `<circle class="mark final" cx="${round(x)}" cy="${round(y)}" r="8"/>`,
};
// MassGen's own names for the same things.
const KNOWN_AS: Readonly<Record<string, string>> = { new_answer: 'answer-accept', vote_cast: 'vote-cast', agent_error: 'agent-fail', agent_timeout: 'agent-fail', final_answer: 'answer-final' };

function mark({ seconds, event, text, agent }: TimelineEntry, scale: Scale, y: number): string {
  const shape = MARKS[KNOWN_AS[event] ?? event];
  return shape === undefined ? '' : `<g>${shape(scale(seconds), y)}<title>${escapeHtml(`${agent ?? ''} ${text} (+${seconds.toFixed(1)} s)`)}</title></g>`;
}

/** The turn as a picture: a lane for each agent, its rounds as bars along the time, answers, votes and failures on them. */
export function timelineSvg(turn: TurnReport): string {
  const end = Math.max(turn.duration_seconds ?? 0, ...turn.rounds.map((each) => each.end_seconds ?? each.start_seconds), ...turn.timeline.slice(-1).map(({ seconds }) => seconds), 0.001);
  const scale: Scale = (seconds) => LEFT + (Math.min(Math.max(seconds, 0), end) / end) * (WIDTH - LEFT - RIGHT);
  const bottom = TOP + turn.agents.length * LANE;
  const lanes = turn.agents.map((agent, index) => {
    const y = TOP + index * LANE + LANE / 2;
    const own = turn.rounds.filter((each) => each.agent === agent).map((each) => bar(each, scale, y, end));
    const marks = turn.timeline.filter((entry) => entry.agent === agent).map((entry) => mark(entry, scale, y)).filter((text) => text !== '');
    const name = `<text class="name${agent === turn.winner ? ' winner' : ''}" x="${String(LEFT - 10)}" y="${round(y + 4)}" text-anchor="end">${escapeHtml(shorten(agent, NAME))}</text>`;
    return [name, ...own, ...marks].join('\n');
  });
  return `<svg class="timeline" viewBox="0 0 ${String(WIDTH)} ${String(bottom + AXIS)}" role="img" aria-label="Timeline">\n${[axis(end, scale, bottom), ...lanes].join('\n')}\n</svg>`;
}
