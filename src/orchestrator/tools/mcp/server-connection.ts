import { setTimeout as sleep } from 'node:timers/promises';
import { CLOSED, failed, isBroken, isOpen, type Circuit } from './circuit.js';
import type { McpDeps } from './deps.js';
import { isLasting, reasonOf } from './fault.js';
import { listAll } from './list.js';
import { needsTask, readTool, type ListedTool } from './read-tool.js';
import { createSampler, type Sampler } from './sampler.js';
import { openSession, type McpSession } from './session.js';
import type { McpServerSettings } from './settings.js';

interface Listing {
  readonly tools: readonly ListedTool[];
  readonly remarks: readonly string[];
}

const PROVEN_MS = 60_000;
const REFRESH_PAUSE_MS = 500;
const now = (): number => performance.now();

async function readTools(session: McpSession, connectMs: number, signal: AbortSignal): Promise<Listing> {
  if (!session.abilities.tools) return { tools: [], remarks: [] };
  const { items, cut } = await listAll(session, 'tools/list', 'tools', { signal: AbortSignal.any([signal, AbortSignal.timeout(connectMs)]), timeoutMs: connectMs });
  const found = items.filter((item) => !needsTask(item)).map(readTool);
  const byName = new Map(found.flatMap((tool) => (tool === undefined ? [] : [[tool.name, tool] as const])));
  const lost = items.length - byName.size;
  return { tools: [...byName.values()], remarks: [...(cut === undefined ? [] : [cut]), ...(lost === 0 ? [] : [`${lost} of its tools cannot be used`])] };
}

/** The way to one server: its session while there is one, and when the next is tried. */
export class ServerConnection {
  session: McpSession | undefined;
  tools: Listing['tools'] = [];
  remarks: Listing['remarks'] = [];
  circuit: Circuit = CLOSED;
  /** Why there is no session. */
  trouble: string | undefined;
  /** Trying again would change nothing. */
  isLasting = false;
  readonly settings: McpServerSettings;
  readonly #deps: McpDeps;
  readonly #onChange: () => void;
  readonly #closing = new AbortController();
  #since = 0;
  #connecting: Promise<McpSession> | undefined;
  #refreshing: Promise<void> | undefined;

  /** What it asks the model; undefined where it may not. */
  readonly sampler: Sampler | undefined;

  constructor(settings: McpServerSettings, deps: McpDeps, onChange: () => void) {
    [this.settings, this.#deps, this.#onChange] = [settings, deps, onChange];
    this.sampler = settings.sampling === undefined || deps.askModel === undefined ? undefined : createSampler(settings.sampling, deps.askModel);
  }

  /** The session, or that of the next attempt. Rejects at once while the circuit is open. */
  async obtain(signal: AbortSignal): Promise<McpSession> {
    if (this.session !== undefined) return this.session;
    if (this.#closing.signal.aborted || this.isLasting || isOpen(this.circuit, now())) throw this.#unavailable();
    const connecting = this.connect().catch(() => Promise.reject(this.#unavailable()));
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    return Promise.race([connecting, aborted]);
  }

  connect(): Promise<McpSession> {
    this.#connecting ??= this.#attempt()
      .then(
        (session) => {
          this.#onChange();
          return session;
        },
        (error: unknown) => {
          this.#fail(reasonOf(error, this.settings.connectMs), isLasting(error));
          throw error;
        },
      )
      .finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /** It answered. */
  prove(): void {
    this.circuit = CLOSED;
  }

  /** It did not answer in time; when that has happened often enough in a row, it is started anew. */
  slow(session: McpSession): void {
    this.circuit = { failures: this.circuit.failures + 1, nextAt: 0 };
    if (isBroken(this.circuit)) this.drop(session, `it did not answer ${this.circuit.failures} calls in a row`);
  }

  drop(session: McpSession, why: string): void {
    if (this.session !== session) return;
    this.session = undefined;
    void session.close();
    if (now() - this.#since > PROVEN_MS) this.circuit = CLOSED;
    this.#fail(why, false);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the run is over'));
    await this.#connecting?.catch(() => undefined);
    const { session } = this;
    this.session = undefined;
    await session?.close();
  }

  async #attempt(): Promise<McpSession> {
    const pause = this.circuit.nextAt - now();
    if (pause > 0) await sleep(pause, undefined, { ref: false, signal: this.#closing.signal });
    let opened: McpSession | undefined;
    const events = {
      sampler: this.sampler,
      changed: (kind: string) => {
        if (kind === 'tools' && opened !== undefined) this.#refreshSoon(opened);
      },
      ended: (why: string) => {
        if (opened !== undefined) this.drop(opened, why);
      },
    };
    const session = await openSession(this.settings, this.#deps, events, this.#closing.signal);
    try {
      const listing = await readTools(session, this.settings.connectMs, this.#closing.signal);
      if (!session.isOpen()) throw new Error('it ended right after it was started');
      this.#closing.signal.throwIfAborted();
      opened = session;
      Object.assign(this, listing);
      [this.session, this.trouble, this.#since] = [session, undefined, now()];
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  #fail(why: string, lasting: boolean): void {
    if (this.#closing.signal.aborted) return;
    this.circuit = failed(this.circuit, now(), Math.random());
    [this.trouble, this.isLasting] = [why, lasting];
    if (!lasting) this.#retryLater();
    this.#onChange();
  }

  #retryLater(): void {
    const retry = (): void => {
      if (this.session === undefined) this.connect().catch(() => undefined);
    };
    sleep(this.circuit.nextAt - now(), undefined, { ref: false, signal: this.#closing.signal }).then(retry, () => undefined);
  }

  /** Many changes in a row are read once. */
  #refreshSoon(session: McpSession): void {
    if (this.session !== session) return;
    this.#refreshing ??= this.#refresh(session).catch(() => undefined);
  }

  async #refresh(session: McpSession): Promise<void> {
    await sleep(REFRESH_PAUSE_MS, undefined, { ref: false });
    this.#refreshing = undefined;
    const listing = await readTools(session, this.settings.connectMs, this.#closing.signal);
    if (this.session !== session) return;
    Object.assign(this, listing);
    this.#onChange();
  }

  #unavailable(): Error {
    const seconds = Math.max(1, Math.ceil((this.circuit.nextAt - now()) / 1000));
    return new Error(`the MCP server ${this.settings.name} is not available: ${this.trouble ?? 'it was closed'}${this.isLasting ? '' : `; it is tried again in ${seconds} s`}. Go on without it.`);
  }
}
