import type { Listener, ServerApp } from '../../server/index.js';
import { openServer, type OpenServer, type ServeOptions } from './open-server.js';

export type { ServeOptions } from './open-server.js';

/** A server for programs: what `massgen serve` is for people. */
export interface MassgenServer {
  /** Reads and checks the configuration, and listens. Rejects with a MassgenError when something cannot work. */
  start(): Promise<void>;
  /** Takes no new work, lets running sessions end within the drain timeout, cancels the rest, and closes. */
  stop(): Promise<void>;
  /** The same as an Express app, to be mounted in another; it does not listen. */
  app(): Promise<ServerApp>;
  /** Where it listens, the first port first; empty while it does not. */
  readonly urls: readonly string[];
  /** The first of them. */
  readonly url: string | undefined;
  readonly isRunning: boolean;
  /** `stop`, at the end of an `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A server over a team and its agents. Nothing is read before `start` or `app`. Unlike the command it listens on this machine
 * only, unless `host` says otherwise.
 */
export function createServer(options: ServeOptions = {}): MassgenServer {
  let opened: Promise<OpenServer> | undefined;
  let listeners: readonly Listener[] = [];
  const open = (): Promise<OpenServer> => (opened ??= openServer({ host: '127.0.0.1', ...options }));
  const stop = async (): Promise<void> => {
    listeners = [];
    const server = await opened?.catch(() => undefined);
    await server?.stop();
    opened = undefined;
  };
  return {
    start: async () => {
      const server = await open().catch((thrown: unknown) => {
        // What is wrong may be put right.
        opened = undefined;
        throw thrown;
      });
      listeners = await server.start();
    },
    stop,
    app: async () => (await open()).app(),
    get urls() {
      return listeners.map(({ url }) => url);
    },
    get url() {
      return listeners[0]?.url;
    },
    get isRunning() {
      return listeners.length > 0;
    },
    [Symbol.asyncDispose]: stop,
  };
}
