import { agentList, liveAgents, type RunState } from '../../../orchestrator/index.js';
import { bar } from './bar.js';
import { clock, dollars, grouped } from './figures.js';
import type { Glyphs } from './glyphs.js';
import { fit, lineWidth, span, type Line, type Span } from './spans.js';
import type { UiState } from './ui-state.js';
import type { ViewState } from './view-state.js';

const PHASES = { idle: 'starting', coordinating: 'answering', presenting: 'presenting', evaluating: 'checking', closing: 'done', ended: 'done' } as const;

function phaseWord(run: RunState): string {
  if (run.stop === 'cancel') return 'stopping';
  const voting = run.phase === 'coordinating' && agentList(run).some(({ turn }) => turn?.kind === 'vote');
  return voting ? 'voting' : PHASES[run.phase];
}

function progressOf(run: RunState): readonly string[] {
  const live = liveAgents(run);
  if (run.order.length < 2) return [];
  const answered = agentList(run).filter(({ revisions }) => revisions.length > 0).length;
  const voted = live.filter(({ ballot }) => ballot?.target != null && run.order.every((id) => ballot.seen[id] === run.heads[id])).length;
  return [`answers ${String(answered)}/${String(run.order.length)}`, `votes ${String(voted)}/${String(live.length)}`];
}

/** The share of the budget that is used up, of tokens or money, whichever is more. */
function budgetUse({ settings: { budget }, spent }: RunState): number | null {
  const shares = [budget.maxTokens === null ? null : spent.tokens / budget.maxTokens, budget.maxCostMicros === null ? null : spent.costMicros / budget.maxCostMicros].filter((share) => share !== null);
  return shares.length === 0 ? null : Math.max(...shares);
}

/** One line about the whole run; what does not fit is left out from the right. */
export function headerLine({ run }: ViewState, ui: UiState, width: number, now: number, glyphs: Glyphs): Line {
  const used = budgetUse(run);
  const about = run.spent.estimated ? 'about ' : '';
  const parts: readonly Span[] = [
    span(`massgen ${phaseWord(run)}`, 'good'),
    ...(ui.paused ? [span('PAUSED', 'warning')] : []),
    span(clock(now)),
    ...progressOf(run).map((text) => span(text)),
    ...(used === null ? [] : [span(`budget ${bar(used, 8, glyphs)} ${String(Math.round(used * 100))}%`, used >= 0.9 ? 'warning' : 'normal')]),
    span(`${about}${grouped(run.spent.tokens)} tokens`),
    ...(run.spent.costKnown && run.spent.tokens > 0 ? [span(`${about}${dollars(run.spent.costMicros)}`)] : []),
    ...(run.attempt > 1 ? [span(`attempt ${String(run.attempt)}`)] : []),
  ];
  const shown: Span[] = [];
  for (const part of parts) {
    const next = shown.length === 0 ? [part] : [...shown, span('  '), part];
    if (lineWidth(next) > width) break;
    shown.splice(0, shown.length, ...next);
  }
  return fit(shown, width, glyphs.more);
}
