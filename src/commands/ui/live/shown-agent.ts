import type { AgentId } from '../../../orchestrator/index.js';
import type { UiState } from './ui-state.js';
import type { ViewState } from './view-state.js';

/** Whose words are shown where there is room for one agent only: the chosen one, else who presents, else the first at work. */
export function shownAgent({ run }: ViewState, { focus }: UiState): AgentId | null {
  const atWork = run.order.filter((id) => run.agents[id]?.turn != null);
  const presenting = atWork.find((id) => run.agents[id]?.turn?.kind === 'present');
  return focus ?? presenting ?? atWork[0] ?? run.selection?.agent ?? run.order[0] ?? null;
}
