import type { Usage } from '../../backends/contract.js';
import type { AgentId, Price, PromptMessage } from '../protocol.js';
import { conversationLength } from './conversation.js';
import { agentList, agentOf, type RunState } from './state.js';

/** Rough size of a token in characters; used only where a vendor reports nothing and for reservations. */
const CHARACTERS_PER_TOKEN = 4;
/** What a call is expected to write when its agent has no `max_tokens`. */
const EXPECTED_OUTPUT_TOKENS = 2048;

export const estimateTokens = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN);

/** Cost in whole millionths of a dollar, rounded up. Cached tokens are part of the input and priced by their own rate. */
export function costOf(usage: Usage, price: Price): number {
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  return Math.ceil((usage.inputTokens - cached) * price.input + cached * price.cachedInput + usage.outputTokens * price.output);
}

export interface Reservation {
  readonly tokens: number;
  readonly costMicros: number;
}

export const hasBudget = ({ settings: { budget } }: RunState): boolean => budget.maxTokens !== null || budget.maxCostMicros !== null;

/** What a call that adds `messages` may use; nothing is computed in a run without a budget. */
export function reservationFor(state: RunState, id: AgentId, messages: readonly PromptMessage[], fresh: boolean): Reservation {
  if (!hasBudget(state)) return { tokens: 0, costMicros: 0 };
  const { info, conversation, room } = agentOf(state, id);
  const characters = conversationLength(state, id, fresh ? messages : [...conversation, ...messages]);
  const inputTokens = estimateTokens(Math.min(characters, room ?? Infinity));
  const outputTokens = info.maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS;
  return { tokens: inputTokens + outputTokens, costMicros: info.price === null ? 0 : costOf({ inputTokens, outputTokens }, info.price) };
}

/** What each of so many that spend at once may spend. */
export function budgetLeft({ settings: { budget }, spent }: RunState, many: number): { readonly tokens: number | null; readonly costMicros: number | null } {
  const share = (most: number | null, gone: number): number | null => (most === null ? null : Math.max(0, Math.floor((most - gone) / Math.max(1, many))));
  return { tokens: share(budget.maxTokens, spent.tokens), costMicros: share(budget.maxCostMicros, spent.costMicros) };
}

/** Whether spent, reserved and this call stay within the run's budget. */
export function fitsBudget(state: RunState, wanted: Reservation): boolean {
  const { maxTokens, maxCostMicros } = state.settings.budget;
  const reserved = agentList(state).flatMap(({ turn }) => (turn?.running ? [turn.running.reserved] : []));
  const tokens = reserved.reduce((sum, each) => sum + each.tokens, state.spent.tokens + wanted.tokens);
  const costMicros = reserved.reduce((sum, each) => sum + each.costMicros, state.spent.costMicros + wanted.costMicros);
  return (maxTokens === null || tokens <= maxTokens) && (maxCostMicros === null || costMicros <= maxCostMicros);
}
