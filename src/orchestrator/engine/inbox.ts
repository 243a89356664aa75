import type { DisplayEvent } from '../protocol.js';

export type InboxItem<Input, Show> = { readonly input: Input; readonly show?: undefined } | { readonly input?: undefined; readonly show: Show };

/** What has happened since the engine last looked, in order. */
export interface Inbox<Input, Show> {
  readonly push: (input: Input) => void;
  readonly show: (event: Show) => void;
  readonly take: () => readonly InboxItem<Input, Show>[];
  /** Resolves on the next tick after something came in, or after `ms`. */
  readonly wait: (ms: number | null) => Promise<void>;
}

/** Timers of Node hold at most this many ms; longer waits look again in between. */
const LONGEST_TIMER = 2 ** 31 - 1;

function joined(last: DisplayEvent, next: DisplayEvent): DisplayEvent | null {
  if (last.type === 'text-delta' && next.type === 'text-delta' && last.of === next.of && sameCall(last, next)) return { ...last, text: last.text + next.text };
  if (last.type === 'reasoning-delta' && next.type === 'reasoning-delta' && sameCall(last, next)) return { ...last, text: last.text + next.text };
  return null;
}

const sameCall = (one: { agent: string; turn: number; call: number }, other: { agent: string; turn: number; call: number }): boolean =>
  one.agent === other.agent && one.turn === other.turn && one.call === other.call;

/** An inbox that joins neighbouring deltas of one call and wakes its reader once a tick: one log write for all that came in it. */
export function createInbox<Input>(): Inbox<Input, DisplayEvent> {
  let items: InboxItem<Input, DisplayEvent>[] = [];
  let wake: (() => void) | null = null;

  const arrived = (): void => {
    const resolve = wake;
    wake = null;
    if (resolve !== null) setImmediate(resolve);
  };

  return {
    push: (input) => {
      items.push({ input });
      arrived();
    },
    show: (event) => {
      const last = items.at(-1)?.show;
      const merged = last === undefined ? null : joined(last, event);
      if (merged === null) items.push({ show: event });
      else items[items.length - 1] = { show: merged };
      arrived();
    },
    take: () => {
      const taken = items;
      items = [];
      return taken;
    },
    wait: (ms) =>
      new Promise((resolve) => {
        if (items.length > 0) {
          setImmediate(resolve);
          return;
        }
        const timer = ms === null ? undefined : setTimeout(resolve, Math.min(ms, LONGEST_TIMER));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
