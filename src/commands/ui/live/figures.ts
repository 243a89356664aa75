/** 1234 as 1,234. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/gu, ',');

/** 1234 as 1.2k. */
export const short = (value: number): string => (value < 1000 ? String(value) : value < 1e6 ? `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)}k` : `${(value / 1e6).toFixed(1)}M`);

/** Ms as minutes and seconds: 1:05. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const rest = String(seconds % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}

/** Millionths of a dollar. */
export const dollars = (micros: number): string => `$${(micros / 1e6).toFixed(micros < 10_000 ? 4 : micros < 1e6 ? 3 : 2)}`;

export const plural = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
