/** How often a server failed in a row, and when it may be tried again. Times in milliseconds of one clock. */
export interface Circuit {
  readonly failures: number;
  readonly nextAt: number;
}

export const CLOSED: Circuit = { failures: 0, nextAt: 0 };

const OPEN_AT = 3;
const FIRST_PAUSE_MS = 500;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 120_000;

/** One failure more: a pause that doubles; from the third on the circuit is open, for half a minute and then up to two. `dice` in [0, 1) spreads the pauses. */
export function failed({ failures }: Circuit, now: number, dice: number): Circuit {
  const count = failures + 1;
  const pause = count < OPEN_AT ? FIRST_PAUSE_MS * 2 ** (count - 1) * (1 + 0.3 * dice) : Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** (count - OPEN_AT));
  return { failures: count, nextAt: now + pause };
}

/** Nothing is sent to a server while its circuit is open. */
export const isOpen = ({ failures, nextAt }: Circuit, now: number): boolean => failures >= OPEN_AT && now < nextAt;

/** The server may not be what is offered until it has proved itself again. */
export const isBroken = ({ failures }: Circuit): boolean => failures >= OPEN_AT;
