import { safeText } from './safe-text.js';

/** `94 ms`, `4.4 s`, `7.2 min`, `1.5 h`; `-` where unknown. */
export function durationText(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 1) return `${String(Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** US dollars: four places below a cent, else two; `-` where unknown. */
export const moneyText = (cost: number | null): string => (cost === null ? '-' : `$${cost.toFixed(cost !== 0 && cost < 0.01 ? 4 : 2)}`);

/** With thousands apart, the same everywhere. */
export const countText = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/gu, ',');

export const plural = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Local `YYYY-MM-DD HH:MM`. */
export function whenText(iso: string | null): string {
  const date = new Date(iso ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return '-';
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 ? String(value) : value.toFixed(1)} ${units[step] ?? 'B'}`;
}

/** Foreign text in one line, without what a terminal would obey. */
export const oneLine = (text: string): string => safeText(text).replace(/\s+/gu, ' ').trim();

/** A place in time: `+1.23 s`, from ten seconds on `+12.3 s`; nothing where it is not known. */
export const offsetText = (seconds: number | null): string => (seconds === null ? '' : `+${seconds.toFixed(seconds < 10 ? 2 : 1)} s`);
