import type { Response } from 'express';

/** What a reply is written to: a response, or what keeps a copy of it. */
export interface ReplySink {
  /** The client, or the last of them, has left. */
  readonly isGone: () => boolean;
  /** Calls once when that happens; at once when it has. */
  readonly onGone: (leave: () => void) => void;
  readonly begun: () => boolean;
  readonly begin: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly write: (text: string) => void;
  readonly end: (text?: string) => void;
  /** A promise while the client has not taken what was written, undefined when it has. */
  readonly behind: () => Promise<void> | undefined;
}

/** Why what a client asked for is stopped when it leaves. */
export const CLIENT_LEFT = 'the client left';

/** Those who want to know that somebody has left. A signal would do, and costs as much as ten of these. */
export class Departure {
  private waiting: (() => void)[] = [];
  private over = false;

  readonly isGone = (): boolean => this.over;

  readonly onGone = (leave: () => void): void => {
    if (this.over) leave();
    else this.waiting.push(leave);
  };

  readonly tell = (): void => {
    if (this.over) return;
    this.over = true;
    for (const leave of this.waiting) leave();
    this.waiting = [];
  };
}

/** Aborts when the client has left. */
export function goneSignal({ onGone }: Pick<ReplySink, 'onGone'>): AbortSignal {
  const controller = new AbortController();
  onGone(() => {
    controller.abort(CLIENT_LEFT);
  });
  return controller.signal;
}

/** A response as a sink. What is written in one turn of the event loop goes out as one piece. */
export function responseSink(response: Response): ReplySink {
  const departure = new Departure();
  let begun = false;
  let buffer = '';
  let scheduled = false;
  let drained: Promise<void> | undefined;
  const leave = (): void => {
    if (!response.writableFinished) departure.tell();
  };
  // It may have left while its request was being read, and that is told once.
  if (response.destroyed || response.socket?.destroyed === true) leave();
  else response.on('close', leave);
  const flush = (): void => {
    scheduled = false;
    if (buffer === '' || response.destroyed || response.writableEnded) return;
    const text = buffer;
    buffer = '';
    if (response.write(text)) return;
    drained ??= new Promise((resolve) => {
      const over = (): void => {
        drained = undefined;
        response.off('drain', over);
        response.off('close', over);
        resolve();
      };
      response.on('drain', over);
      response.on('close', over);
    });
  };
  return {
    isGone: departure.isGone,
    onGone: departure.onGone,
    begun: () => begun,
    begin: (status, headers) => {
      begun = true;
      response.status(status);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    },
    write: (text) => {
      buffer += text;
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    end: (text = '') => {
      buffer += text;
      const rest = buffer;
      buffer = '';
      if (!response.destroyed && !response.writableEnded) response.end(rest);
    },
    behind: () => drained,
  };
}
