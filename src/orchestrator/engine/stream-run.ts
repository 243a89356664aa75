import type { RunEvent } from '../protocol.js';
import type { StopSignal } from '../stop-signal.js';
import { createChannel } from './channel.js';
import type { EngineDeps, RunStart } from './engine-deps.js';
import { runEngine, type EngineRun } from './run-engine.js';

export type StreamDeps = Omit<EngineDeps, 'publish' | 'ready'> & {
  /** Called once when the run has ended and nothing will be appended any more. */
  readonly release: () => void;
};

/** What may be long of an event that comes often. */
const lengthOf = (event: RunEvent): number => (event.type === 'text-delta' || event.type === 'reasoning-delta' ? event.text.length : 0);

const NOTHING: readonly RunEvent[] = [];

/** By hand rather than a generator: it is at work for every event there is, and a generator costs V8 three times as much to run and to compile. */
class RunStream implements AsyncGenerator<RunEvent, void, undefined> {
  private batch = NOTHING;
  private place = 0;
  private state: 'new' | 'open' | 'closed' = 'new';
  /** Several may ask for the next event before there is one. */
  private waiting: Promise<unknown> | null = null;
  private readonly channel = createChannel<RunEvent>(lengthOf);
  private run: EngineRun | null = null;
  private over: Promise<void> | null = null;
  private readonly start: RunStart;
  private readonly deps: StreamDeps;
  private readonly signal: StopSignal | undefined;

  constructor(start: RunStart, deps: StreamDeps, signal: StopSignal | undefined) {
    this.start = start;
    this.deps = deps;
    this.signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  next(): Promise<IteratorResult<RunEvent, void>> {
    if (this.waiting !== null) return this.waiting.then(() => this.next());
    const event = this.batch[this.place];
    if (event !== undefined) {
      this.place += 1;
      return Promise.resolve({ done: false, value: event });
    }
    const more = this.more();
    this.waiting = more.catch(() => undefined);
    return more;
  }

  async return(): Promise<IteratorResult<RunEvent, void>> {
    const begun = this.state === 'open';
    this.state = 'closed';
    this.batch = NOTHING;
    if (begun) this.over = this.leave();
    await this.over;
    return { done: true, value: undefined };
  }

  async throw(thrown: unknown): Promise<IteratorResult<RunEvent, void>> {
    await this.return();
    throw thrown;
  }

  private async more(): Promise<IteratorResult<RunEvent, void>> {
    try {
      if (this.state === 'new') this.begin();
      const batch = this.state === 'closed' ? undefined : await this.channel.next();
      const [event] = batch ?? NOTHING;
      if (batch === undefined || event === undefined) return await this.return();
      this.batch = batch;
      this.place = 1;
      return { done: false, value: event };
    } catch (thrown) {
      await this.return();
      throw thrown;
    } finally {
      this.waiting = null;
    }
  }

  private begin(): void {
    const { channel, deps, signal } = this;
    this.state = 'open';
    this.run = runEngine(this.start, { publish: channel.push, ready: channel.ready, ...deps }, signal);
    this.run.ended.then(
      () => {
        channel.close();
      },
      (thrown: unknown) => {
        channel.close(thrown);
      },
    );
  }

  private async leave(): Promise<void> {
    this.run?.cancel('reader left');
    this.channel.drop();
    await this.run?.ended.catch(() => undefined);
    this.deps.release();
  }
}

/** The events of one run, each stored before it is yielded, `run-end` last. Leaving the loop cancels the run and waits until its log is complete. A run that is not read does not begin. */
export const streamRun = (start: RunStart, deps: StreamDeps, signal?: StopSignal): AsyncGenerator<RunEvent, void, undefined> => new RunStream(start, deps, signal);
