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
  private closed = false;
  /** Several may ask for the next event before there is one. */
  private waiting: Promise<unknown> | null = null;
  private readonly channel = createChannel<RunEvent>(lengthOf);
  /** Null until the first event is asked for. */
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
    this.closed = true;
    this.batch = NOTHING;
    if (this.run !== null) this.over ??= this.leave(this.run);
    await this.over;
    return { done: true, value: undefined };
  }

  async throw(thrown: unknown): Promise<IteratorResult<RunEvent, void>> {
    await this.return();
    throw thrown;
  }

  private async more(): Promise<IteratorResult<RunEvent, void>> {
    try {
      if (!this.closed) this.run ??= this.begin();
      const batch = this.closed ? undefined : await this.channel.next();
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

  private begin(): EngineRun {
    const { channel, deps, signal } = this;
    const run = runEngine(this.start, { publish: channel.push, ready: channel.ready, ...deps }, signal);
    run.ended.then(
      () => {
        channel.close();
      },
      (thrown: unknown) => {
        channel.close(thrown);
      },
    );
    return run;
  }

  private async leave({ cancel, ended }: EngineRun): Promise<void> {
    cancel('reader left');
    this.channel.drop();
    await ended.catch(() => undefined);
    this.deps.release();
  }
}

/** The events of one run, each stored before it is yielded, `run-end` last. Leaving the loop cancels the run and waits until its log is complete. A run that is not read does not begin. */
export const streamRun = (start: RunStart, deps: StreamDeps, signal?: StopSignal): AsyncGenerator<RunEvent, void, undefined> => new RunStream(start, deps, signal);
