import type { ToolCall } from '../../backends/contract.js';
import type { ErrorData } from '../../errors.js';
import type { Fact, FinalMark } from '../protocol.js';
import { countVotes } from './ballots.js';
import { needsPresentation } from './caller.js';
import { put, type Ledger } from './ledger.js';
import { agentList, agentOf, answerLabel, candidates, coordinationDeadline, liveAgents, type Revision, type RunState, type StopCause } from './state.js';

type RunEnd = Extract<Fact, { type: 'run-end' }>;

/** The one way a run ends. */
export function endRun(ledger: Ledger, status: RunEnd['status'], error?: ErrorData): void {
  const { spent } = ledger.state;
  put(ledger, { type: 'run-end', status, ...(error === undefined ? {} : { error }), usage: spent.usage, costMicros: spent.costKnown ? spent.costMicros : null, ...(spent.estimated ? { estimated: true as const } : {}), durationMs: ledger.t });
}

/** The end of a run that somebody stopped: because it could not go on, or because nobody wants it. */
export function endStopped(ledger: Ledger, message: string): void {
  const { stopError } = ledger.state;
  if (stopError === null) endRun(ledger, 'cancelled', { code: 'run-cancelled', message });
  else endRun(ledger, 'failed', stopError);
}

const seconds = (ms: number): string => `${String(Math.round(ms / 100) / 10)} s`;

function failWithout(ledger: Ledger, stop: StopCause | null): void {
  const { runTimeUp, settings } = ledger.state;
  const reasons = agentList(ledger.state)
    .map(({ info, trouble }) => `${info.id}: ${trouble ?? 'gave no answer'}`)
    .join('; ');
  switch (stop) {
    case 'deadline':
      endRun(ledger, 'timeout', { code: 'run-timeout', message: `no agent answered within ${seconds(runTimeUp ? settings.limits.totalMs : coordinationDeadline(settings))} (${reasons}); raise the time limit with --timeout` });
      return;
    case 'cancel':
      endStopped(ledger, 'interrupted before any agent had answered');
      return;
    case 'budget':
      endRun(ledger, 'failed', { code: 'budget-exhausted', message: `the budget does not pay for a first answer (${reasons}); raise --max-cost or --max-tokens-total` });
      return;
    case null: {
      const unmet = agentList(ledger.state).find(({ failed }) => failed?.code === 'format-unmet')?.failed;
      if (unmet != null) endRun(ledger, 'failed', unmet);
      else endRun(ledger, 'failed', { code: 'agents-failed', message: `no agent answered (${reasons})` });
    }
  }
}

/** With time, money or patience gone and no accepted answer, the longest draft is taken as one. */
function takeDraft(ledger: Ledger): void {
  const longest = agentList(ledger.state).reduce<{ id: string; draft: string } | null>((best, { info, draft }) => (draft.trim().length > (best?.draft.length ?? 0) ? { id: info.id, draft: draft.trim() } : best), null);
  if (longest === null) return;
  const author = agentOf(ledger.state, longest.id);
  put(ledger, { type: 'answer-accept', agent: longest.id, turn: author.turns, rev: 1, label: answerLabel(author, 1), text: longest.draft, via: 'draft' });
}

type Finish = 'reuse' | 'present' | 'synthesize';

function byStrategy(state: RunState, unanimous: boolean): Finish {
  switch (state.settings.strategy) {
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

function finishFor(state: RunState, t: number, winner: string, unanimous: boolean): Finish {
  const { skipPresentation, limits } = state.settings;
  const author = agentOf(state, winner);
  const impossible = state.order.length === 1 || author.failed !== null || author.revisions.at(-1)?.via === 'draft' || t >= limits.totalMs;
  const hurried = state.stop === 'cancel' || state.broke || state.runTimeUp;
  if (impossible || hurried) return 'reuse';
  const chosen = skipPresentation ? 'reuse' : byStrategy(state, unanimous);
  return chosen === 'reuse' && needsPresentation(state, author.revisions.at(-1)?.text ?? '') ? 'present' : chosen;
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

const called = (toolCalls: readonly ToolCall[]): { readonly toolCalls?: readonly ToolCall[] } => (toolCalls.length === 0 ? {} : { toolCalls });

function deliverPresented(ledger: Ledger, selection: NonNullable<RunState['selection']>, presented: NonNullable<RunState['presented']>, label: string): void {
  const { marks } = ledger.state;
  const { text, truncated, toolCalls } = presented;
  put(ledger, { type: 'answer-final', agent: selection.agent, label, text, source: selection.finish === 'synthesize' ? 'synthesis' : 'presentation', marks: truncated ? [...marks, 'truncated'] : marks, ...called(toolCalls) });
}

function extraMarks({ selection, stop }: RunState, stored: Revision): readonly FinalMark[] {
  return [
    ...(stored.via === 'draft' ? (['draft'] as const) : []),
    ...(stored.truncated ? (['truncated'] as const) : []),
    ...(selection?.finish !== 'reuse' && stop === null ? (['presentation-failed'] as const) : []),
  ];
}

/** Delivers what was presented, or the winner's stored answer. */
export function deliver(ledger: Ledger): void {
  const { selection, presented, marks, stop, runTimeUp, request } = ledger.state;
  if (selection === null) return;
  const author = agentOf(ledger.state, selection.agent);
  const label = `${author.info.anonymous.replace('agent', 'answer')}.final`;
  if (presented !== null) {
    deliverPresented(ledger, selection, presented, label);
    return;
  }
  const stored = author.revisions.find(({ rev }) => rev === selection.rev);
  if (stored === undefined) {
    failWithout(ledger, stop ?? (runTimeUp ? 'deadline' : null));
    return;
  }
  // Nobody has looked whether a stored answer has the form: only a single agent's was checked when it came.
  if (request.format !== undefined && stored.via !== 'solo' && stop !== 'cancel') {
    endRun(ledger, 'failed', { code: 'format-unmet', message: `no answer came in the form that was asked for (${author.trouble ?? 'there was no time to write one'})` });
    return;
  }
  const source = stored.via === 'solo' ? 'solo' : stored.via === 'draft' ? 'draft' : 'winner';
  put(ledger, { type: 'answer-final', agent: selection.agent, label, text: stored.text, source, marks: [...marks, ...extraMarks(ledger.state, stored)], ...called(stored.toolCalls) });
}
