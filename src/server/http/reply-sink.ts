import type { Socket } from 'node:net';
import type { Response } from 'express';
import { createStop, type StopSignal } from '../../orchestrator/index.js';

/** What a reply is written to: a response, or what keeps a copy of it. */
export interface ReplySink {
  /** The client, or the last of them, has left; aborts once. */
  readonly gone: StopSignal;
  readonly begun: () => boolean;
  readonly begin: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly write: (text: string) => void;
  readonly end: (text?: string) => void;
  /** A promise while the client has not taken what was written, undefined when it has. */
  readonly behind: () => Promise<void> | undefined;
}

function waitInLine(response: Response, socket: Socket, leave: () => void): void {
  // As many as one client sends at once; each stops listening with its end.
  socket.setMaxListeners(0);
  socket.on('close', leave);
  response.on('close', () => socket.off('close', leave));
}

/** A response as a sink. What is written in one turn of the event loop goes out as one piece. */
export function responseSink(response: Response): ReplySink {
  const gone = createStop();
  let begun = false;
  let buffer = '';
  let scheduled = false;
  let drained: Promise<void> | undefined;
  const leave = (): void => {
    if (!response.writableFinished) gone.abort('the client left');
  };
  const { socket } = response.req;
  // It may have left while its request was being read, and that is told once.
  if (response.destroyed || socket.destroyed) leave();
  else {
    response.on('close', leave);
    // Behind another request of its connection a response has no socket yet, and is told nothing until it has one.
    if (response.socket === null) waitInLine(response, socket, leave);
  }
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
    gone: gone.signal,
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
