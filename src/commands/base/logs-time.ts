import { MassgenError } from '../../errors.js';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** Whether the day is in the calendar: what is not would be rolled forward, to the 3rd of March. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** A time in ms: a date (`2026-01-30`, local midnight), a date and time, or an age (`90m`, `12h`, `7d`, `2w`). Throws `usage-invalid`, naming the flag. */
export function parseTime(flag: string, text: string, now: number): number {
  const age = /^(\d{1,6}(?:\.\d{1,3})?)\s*([mhdw])$/u.exec(text.trim());
  const unit = age?.[2] as keyof typeof UNITS | undefined;
  if (unit !== undefined) return now - Number(age?.[1]) * UNITS[unit];
  const isDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/u.test(text.trim()) && isDay(text.trim());
  const date = isDate ? Date.parse(text.trim().length === 10 ? `${text.trim()}T00:00` : text.trim()) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  throw new MassgenError('usage-invalid', `--${flag} is a date such as 2026-01-30, or an age such as 12h, 7d or 2w, not "${text}"`);
}
