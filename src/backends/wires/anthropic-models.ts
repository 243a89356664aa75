// Facts of Anthropic's models (https://platform.claude.com/docs/en/about-claude/models/overview), by the family in their names.

/** Most tokens a reply may have, where the configuration does not say: the API wants a figure with every request. */
const MOST_TOKENS: readonly (readonly [RegExp, number])[] = [
  [/claude-3-(?:opus|sonnet|haiku)/, 4096],
  [/claude-3-5-|claude-3\.5-/, 8192],
];
const USUAL_TOKENS = 32_000;

/** Generations that think by a budget of tokens; later ones by effort. */
const BY_BUDGET = /claude-(?:3-7|sonnet-4(?!-[6-9])|opus-4(?!-[6-9])|haiku-4)/;

export const thinksByBudget = (model: string): boolean => BY_BUDGET.test(model);

/** Cannot be kept from thinking, and refuse to be told a budget (https://platform.claude.com/docs/en/models/opus-5-5/migration-guide). */
const ALWAYS = /claude-(?:fable|mythos|opus-(?:5-[5-9]|[6-9]))/;

/** Think unless told otherwise, and are told so in a word of their own. */
const BETWEEN_TOOLS = /claude-sonnet-(?:5-[5-9]|[6-9])/;

/** Think only when told to, and refuse to be told not to. */
const ON_DEMAND = /claude-opus-4-[7-9]/;

/** From here on `temperature`, `top_p` and `top_k` are refused, and thoughts are told only to those who ask. */
const LATER = /claude-(?:opus-4-[7-9]|(?:opus|sonnet|haiku)-[5-9]|fable|mythos)/;

export const refusesSampling = (model: string): boolean => LATER.test(model);

const BUDGETS: Readonly<Record<string, number>> = { minimal: 1024, low: 4096, medium: 10_000, high: 20_000, xhigh: 24_000, max: 28_000 };

/** `max_tokens` for a model that the configuration leaves open. A thinking budget is part of it and must be less. */
export function mostTokens(model: string, budget: number): number {
  const most = MOST_TOKENS.find(([family]) => family.test(model))?.[1] ?? USUAL_TOKENS;
  return budget < most ? most : budget + 8192;
}

export interface Thinking {
  readonly thinking?: Readonly<Record<string, unknown>>;
  readonly effort?: string;
}

/** Less than this the API refuses (https://platform.claude.com/docs/en/build-with-claude/extended-thinking). */
const LEAST_BUDGET = 1024;

/** What the caller asked for; of a reply that has less room half, where that is enough to think at all. */
const fitted = (asked: number, most: number): number => (asked < most ? asked : Math.floor(most / 2));

const adaptive = (model: string): Readonly<Record<string, unknown>> => (LATER.test(model) ? { type: 'adaptive', display: 'summarized' } : { type: 'adaptive' });

/** What a request says where nobody has asked for anything: a model that always thinks is to tell its thoughts. */
export const usualThinking = (model: string): Thinking => (ALWAYS.test(model) ? { thinking: adaptive(model) } : {});

/** As little thought as the model can do with. */
function leastThinking(model: string): Thinking {
  if (ALWAYS.test(model)) return { thinking: adaptive(model), effort: 'low' };
  if (BETWEEN_TOOLS.test(model)) return { thinking: { type: 'between_tools' } };
  return ON_DEMAND.test(model) ? {} : { thinking: { type: 'disabled' } };
}

/** The word for an effort that the model has. */
function wordFor(model: string, effort: string): string {
  if (effort === 'minimal') return 'low';
  return effort === 'xhigh' && !LATER.test(model) ? 'high' : effort;
}

/** How `reasoning.effort` is said to a model: a budget to the older ones, the caller's own (`asked`) if there is one, and a word to the newer. A budget that a reply of `most` tokens has no room for is none. */
export function thinkingFor(model: string, effort: string, most = Number.POSITIVE_INFINITY, asked?: number): Thinking {
  if (effort === 'none') return leastThinking(model);
  if (!thinksByBudget(model)) return { thinking: adaptive(model), effort: wordFor(model, effort) };
  const budget = asked === undefined ? (BUDGETS[effort] ?? 10_000) : fitted(asked, most);
  return budget >= LEAST_BUDGET && budget < most ? { thinking: { type: 'enabled', budget_tokens: budget } } : {};
}
