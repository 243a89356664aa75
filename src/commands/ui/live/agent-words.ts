import type { AgentId } from '../../../orchestrator/index.js';
import { clock, dollars, short } from './figures.js';
import type { Glyphs } from './glyphs.js';
import { seenLabels } from './entries.js';
import { span, type Span, type Tone } from './spans.js';
import { viewOf, type ViewState } from './view-state.js';

const DOING = { answer: 'writing', solo: 'writing', vote: 'voting', present: 'presenting', evaluate: 'checking' } as const;
/** Silence worth a word. */
const SILENT_MS = 5000;

interface Status {
  readonly sign: keyof Glyphs;
  readonly word: string;
  readonly tone: Tone;
}

function atRest(view: ViewState, id: AgentId): Status {
  const { run } = view;
  const agent = run.agents[id];
  if (run.final?.agent === id) return { sign: 'winner', word: 'winner', tone: 'good' };
  if (agent?.ballot != null) return { sign: 'done', word: agent.ballot.target === null ? 'abstained' : 'voted', tone: 'good' };
  if (agent !== undefined && agent.revisions.length > 0) return { sign: 'done', word: 'answered', tone: 'good' };
  return { sign: 'waiting', word: run.phase === 'coordinating' ? 'waiting' : 'no answer', tone: 'text' };
}

function statusOf(view: ViewState, id: AgentId, now: number): Status {
  const agent = view.run.agents[id];
  if (agent === undefined) return { sign: 'waiting', word: 'waiting', tone: 'text' };
  if (agent.failed !== null) return { sign: 'failed', word: agent.failed.code === 'agent-stopped' ? 'stopped' : 'failed', tone: 'warning' };
  const { turn } = agent;
  if (turn === null) return atRest(view, id);
  if (turn.retryAt !== null && turn.running === null) return { sign: 'retry', word: `retry in ${String(Math.max(0, Math.ceil((turn.retryAt - now) / 1000)))} s`, tone: 'warning' };
  const { heardAt, written } = viewOf(view, id);
  const silent = now - heardAt;
  const wait = silent >= SILENT_MS ? `, silent ${clock(silent)}` : '';
  return { sign: 'working', word: `${written === 0 && turn.kind !== 'vote' ? 'thinking' : DOING[turn.kind]}${wait}`, tone: 'name' };
}

/** The sign and the word for what an agent is doing. */
export function statusSpans(view: ViewState, id: AgentId, now: number, glyphs: Glyphs): readonly [Span, Span] {
  const { sign, word, tone } = statusOf(view, id, now);
  const place = view.run.order.indexOf(id);
  return [span(glyphs[sign], tone, place), span(word, tone === 'name' ? 'normal' : tone)];
}

export function moneyOf(view: ViewState, id: AgentId): string | null {
  const { costKnown, costMicros, calls, estimated } = viewOf(view, id);
  return costKnown && calls > 0 ? `${estimated ? 'about ' : ''}${dollars(costMicros)}` : null;
}

/** `turn 2`, how long, how many tokens, how much money; what is unknown is left out. */
export function figuresOf(view: ViewState, id: AgentId, now: number): readonly string[] {
  const agent = view.run.agents[id];
  const { usage } = viewOf(view, id);
  const money = moneyOf(view, id);
  const turn = agent?.turn ?? null;
  return [
    ...(agent === undefined || agent.turns === 0 ? [] : [`turn ${String(agent.turns)}`]),
    ...(turn === null ? [] : [clock(now - turn.startedAt)]),
    `${short(usage.inputTokens + usage.outputTokens)} tok`,
    ...(money === null ? [] : [money]),
  ];
}

/** What the agent works from, and what it is using or suffering from just now. */
export function circumstances(view: ViewState, id: AgentId, glyphs: Glyphs): readonly Span[] {
  const agent = view.run.agents[id];
  const { tool, trouble } = viewOf(view, id);
  if (tool !== null) return [span(`${glyphs.note} ${tool}`, 'normal')];
  if (agent?.failed != null) return [span(agent.failed.message, 'warning')];
  if (trouble !== null) return [span(trouble, 'warning')];
  const seen = agent === undefined ? '' : seenLabels(agent.turn?.seen ?? agent.ballot?.seen ?? {}, view.run);
  return seen === '' ? [] : [span(`saw ${seen}`, 'text')];
}
