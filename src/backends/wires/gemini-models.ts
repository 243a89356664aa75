/** The generation in a model's name; an alias such as `gemini-flash-latest` is of the newest. */
function generationOf(model: string): number {
  const found = /gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1];
  return found === undefined ? (model.includes('gemini') ? Infinity : 0) : Number(found);
}

/** From Gemini 3 on: built-in tools may stand beside functions, calls are signed, thinking is a level (https://ai.google.dev/gemini-api/docs/tool-combination). */
export const isGemini3 = (model: string): boolean => generationOf(model) >= 3;

/** Tells its thoughts when asked to. A light model does not think unless it is given a budget. */
export const tellsThoughts = (model: string): boolean => generationOf(model) >= 2.5 && !/lite|image|tts|live|embedding/.test(model);

const BUDGETS: Readonly<Record<string, number>> = { none: 0, minimal: 512, low: 1024, medium: 8192, high: 24_576 };

/** The level that a model has: none of Pro's is `minimal` nor of the newer Flash, and the first Pro has two only (https://ai.google.dev/gemini-api/docs/thinking). */
function levelFor(model: string, effort: string): string {
  const isPro = model.includes('-pro');
  const isNewFlash = generationOf(model) >= 3.7 && model.includes('flash') && !model.includes('lite');
  if (effort === 'none' || effort === 'minimal') return isPro || isNewFlash ? 'LOW' : 'MINIMAL';
  if (effort === 'medium') return model.includes('gemini-3-pro') ? 'HIGH' : 'MEDIUM';
  return effort === 'low' ? 'LOW' : 'HIGH';
}

/** How `reasoning.effort` is said to a model. */
export function thinkingByEffort(model: string, effort: string): Readonly<Record<string, unknown>> {
  if (isGemini3(model)) return { thinkingLevel: levelFor(model, effort.toLowerCase()) };
  const budget = BUDGETS[effort] ?? -1;
  // Gemini 2.5 Pro cannot be kept from thinking; this is its least.
  return { thinkingBudget: model.includes('-pro') ? (budget === 0 ? 128 : budget) : budget };
}
