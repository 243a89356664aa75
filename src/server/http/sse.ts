import type { Response } from 'express';
import type { ReplySink } from './reply-sink.js';

const SSE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies must neither keep nor change nor collect it.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  connection: 'keep-alive',
};

/** The headers of a stream and nothing more: for HEAD, which otherwise waits for an end that is far away. */
export function sendStreamHead(response: Response): void {
  response.status(200).set(SSE_HEADERS).end();
}

/** Server-sent events on a sink, with comments while there is nothing to say. */
export interface SseWriter {
  readonly begun: () => boolean;
  /** Whole frames. Begins if nothing has. */
  readonly write: (frames: string) => void;
  readonly comment: (text: string) => void;
  readonly end: (frames?: string) => void;
}

export interface SseOptions {
  readonly heartbeatMs: number;
  /** Frames to send while there is nothing to say, instead of a comment. */
  readonly ping?: string;
  /** The frames that stand first, whenever that is. */
  readonly onBegin?: () => string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function createSse(sink: ReplySink, { heartbeatMs, ping, onBegin = () => '', headers = {} }: SseOptions): SseWriter {
  let begun = false;
  let ended = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    sink.begin(200, { ...SSE_HEADERS, ...headers });
  };
  let opened = false;
  const opening = (): string => {
    if (opened) return '';
    opened = true;
    return onBegin();
  };
  const heart = setInterval(() => {
    begin();
    sink.write(ping === undefined ? ': keep-alive\n\n' : `${opening()}${ping}`);
  }, heartbeatMs);
  const stop = (): void => {
    clearInterval(heart);
  };
  sink.gone.addEventListener('abort', stop, { once: true });
  return {
    begun: () => begun,
    write: (frames) => {
      if (ended || frames === '') return;
      begin();
      sink.write(`${opening()}${frames}`);
      heart.refresh();
    },
    comment: (text) => {
      begin();
      sink.write(`: ${text}\n\n`);
    },
    end: (frames = '') => {
      if (ended) return;
      ended = true;
      stop();
      if (begun) sink.end(`${frames === '' ? '' : opening()}${frames}`);
    },
  };
}
