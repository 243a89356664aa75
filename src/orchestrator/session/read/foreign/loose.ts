/** Values from files that other programs wrote: nothing about them is sure. */
export type Loose = Readonly<Record<string, unknown>>;

const NOTHING: Loose = {};

/** The object that a value is, or an empty one. */
export const asObject = (value: unknown): Loose => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : NOTHING);
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
export const asText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const asNumber = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);
export const asCount = (value: unknown): number => asNumber(value) ?? 0;

/** Unix seconds as ISO 8601. */
export function asTime(value: unknown): string | null {
  const seconds = asNumber(value);
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
