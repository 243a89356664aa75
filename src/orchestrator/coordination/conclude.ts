import type { ErrorData } from '../../errors.js';
import type { Fact, FinalMark } from '../protocol.js';
import { countVotes } from './ballots.js';
import { put, type Ledger } from './ledger.js';
import { agentList, agentOf, answerLabel, candidates, coordinationDeadline, liveAgents, type RunState, type StopCause } from './state.js';

type RunEnd = Extract<Fact, { type: 'run-end' }>;

/** The one way a run ends. */
export function endRun(ledger: Ledger, status: RunEnd['status'], error?: ErrorData): void {
  const { spent } = ledger.state;
  put(ledger, { type: 'run-end', status, ...(error === undefined ? {} : { error }), usage: spent.usage, costMicros: spent.costKnown ? spent.costMicros : null, durationMs: ledger.t });
}

const seconds = (ms: number): string => `${String(Math.round(ms / 100) / 10)} s`;

function failWithout(ledger: Ledger, stop: StopCause | null): void {
  const reasons = agentList(ledger.state)
    .map(({ info, trouble }) => `${info.id}: ${trouble ?? 'gave no answer'}`)
    .join('; ');
  switch (stop) {
    case 'deadline':
      endRun(ledger, 'timeout', { code: 'run-timeout', message: `no agent answered within ${seconds(coordinationDeadline(ledger.state.settings))} (${reasons}); raise the time limit with --timeout` });
      return;
    case 'cancel':
      endRun(ledger, 'cancelled', { code: 'run-cancelled', message: 'interrupted before any agent had answered' });
      return;
    case 'budget':
      endRun(ledger, 'failed', { code: 'budget-exhausted', message: `the budget does not pay for a first answer (${reasons}); raise --max-cost or --max-tokens-total` });
      return;
    case null:
      endRun(ledger, 'failed', { code: 'agents-failed', message: `no agent answered (${reasons})` });
  }
}

/** With time, money or patience gone and no accepted answer, the longest draft is taken as one. */
function takeDraft(ledger: Ledger): void {
  const longest = agentList(ledger.state).reduce<{ id: string; draft: string } | null>((best, { info, draft }) => (draft.trim().length > (best?.draft.length ?? 0) ? { id: info.id, draft: draft.trim() } : best), null);
  if (longest === null) return;
  const author = agentOf(ledger.state, longest.id);
  put(ledger, { type: 'answer-accept', agent: longest.id, turn: author.turns, rev: 1, label: answerLabel(author, 1), text: longest.draft, via: 'draft' });
}

function finishFor(state: RunState, t: number, winner: string, unanimous: boolean): 'reuse' | 'present' | 'synthesize' {
  const { strategy, skipPresentation, limits } = state.settings;
  const author = agentOf(state, winner);
  const impossible = state.order.length === 1 || author.failed !== null || author.revisions.at(-1)?.via === 'draft' || t >= limits.totalMs;
  const hurried = state.stop === 'cancel' || state.broke || state.runTimeUp;
  if (impossible || hurried || skipPresentation) return 'reuse';
  switch (strategy) {
    case 'winner_reuse':
      return 'reuse';
    case 'winner_present':
      return 'present';
    case 'synthesize':
      return candidates(state).length > 1 ? 'synthesize' : 'present';
    case 'auto':
      return unanimous ? 'reuse' : 'present';
  }
}

/** Ends coordination: chooses the winner, or ends the run when there is nothing to choose from. */
export function conclude(ledger: Ledger): void {
  const { stop } = ledger.state;
  const outOfTime = stop !== null || agentList(ledger.state).some(({ timedOut }) => timedOut);
  if (candidates(ledger.state).length === 0 && outOfTime) takeDraft(ledger);
  const { state, t } = ledger;
  const count = countVotes(state, stop !== null);
  if (count === undefined) {
    failWithout(ledger, stop);
    return;
  }
  const { winner, tally, basis, unanimous, tie } = count;
  const author = agentOf(state, winner);
  const rev = state.heads[winner] ?? 0;
  put(ledger, { type: 'winner-select', agent: winner, rev, label: answerLabel(author, rev), tally, basis, unanimous, tie, finish: finishFor(state, t, winner, unanimous) });
}

/** `skip_coordination_rounds`: the first agent presents at once, without answers. */
export function selectWithoutCoordination(ledger: Ledger): void {
  const [first] = liveAgents(ledger.state);
  if (first !== undefined) put(ledger, { type: 'winner-select', agent: first.info.id, rev: 0, label: '', tally: [], basis: 'none', unanimous: false, tie: false, finish: 'present' });
}

/** Delivers what was presented, or the winner's stored answer. */
export function deliver(ledger: Ledger): void {
  const { selection, presented, marks, stop, runTimeUp } = ledger.state;
  if (selection === null) return;
  const author = agentOf(ledger.state, selection.agent);
  const label = `${author.info.anonymous.replace('agent', 'answer')}.final`;
  if (presented !== null) {
    put(ledger, { type: 'answer-final', agent: selection.agent, label, text: presented.text, source: selection.finish === 'synthesize' ? 'synthesis' : 'presentation', marks });
    return;
  }
  const stored = author.revisions.find(({ rev }) => rev === selection.rev);
  if (stored === undefined) {
    failWithout(ledger, stop ?? (runTimeUp ? 'deadline' : null));
    return;
  }
  const extra: FinalMark[] = [];
  if (stored.via === 'draft') extra.push('draft');
  if (stored.truncated) extra.push('truncated');
  if (selection.finish !== 'reuse' && stop === null) extra.push('presentation-failed');
  const source = stored.via === 'solo' ? 'solo' : stored.via === 'draft' ? 'draft' : 'winner';
  put(ledger, { type: 'answer-final', agent: selection.agent, label, text: stored.text, source, marks: [...marks, ...extra] });
}
