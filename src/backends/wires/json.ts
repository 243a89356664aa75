/** Loose reading of vendors' JSON: only what we use, and nothing is taken on trust. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectOf = (value: unknown): Json | undefined => (isObject(value) ? value : undefined);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const countOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0);

/** The parsed value, or undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Arguments fit for a vendor that insists on JSON: a model's broken ones become an empty object. */
export const sendableArguments = (text: string): string => (isObject(parseJson(text)) ? text : '{}');

/** Arguments as an object, for vendors that want one: a model's broken ones become an empty one. */
export function argumentsObject(text: string): Json {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : {};
}
