import { clock, dollars, grouped } from '../figures.js';
import { line, span, type Line } from '../spans.js';
import type { ViewState } from '../view-state.js';
import { wrapText } from '../wrap.js';
import { safeText } from '../../safe-text.js';

/** Where a run comes from and is kept; what its events do not say. */
export interface ViewPlace {
  readonly source: string | null;
  readonly log: string | null;
}

const limit = (ms: number | null): string => (ms === null ? 'none' : clock(ms));

/** The session, its team and its limits. */
export function systemLines({ run }: ViewState, place: ViewPlace, width: number): readonly Line[] {
  const { limits, budget, sensitivity, strategy, maxRestarts } = run.settings;
  const facts: readonly (readonly [string, string])[] = [
    ['session', run.session],
    ['question', safeText(run.task)],
    ['configuration', place.source ?? 'as logged'],
    ['log', place.log ?? 'not kept'],
    ...run.order.map((id): readonly [string, string] => [id, `${run.agents[id]?.info.backend ?? ''} ${run.agents[id]?.info.model ?? ''}, ${run.agents[id]?.info.anonymous ?? ''} to the others`]),
    ['voting', `${sensitivity}; final answer: ${strategy}; restarts: ${String(maxRestarts)}`],
    ['time limit', `${limit(limits.totalMs)}; first turn ${limit(limits.firstTurnMs)}; later turns ${limit(limits.laterTurnMs)}; silence ${limit(limits.idleMs)}`],
    ['budget', `${budget.maxTokens === null ? 'tokens unlimited' : `${grouped(budget.maxTokens)} tokens`}; ${budget.maxCostMicros === null ? 'cost unlimited' : dollars(budget.maxCostMicros)}`],
  ];
  const label = Math.min(16, Math.max(...facts.map(([name]) => name.length)));
  return facts.flatMap(([name, value]) => wrapText(value, Math.max(12, width - label - 2)).map((row, index): Line => (index === 0 ? [span(name.slice(0, label).padEnd(label + 2), 'text'), span(row)] : line(`${' '.repeat(label + 2)}${row}`))));
}
