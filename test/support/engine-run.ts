import type { Backend } from '../../src/backends/contract.js';
import { EMPTY, fold, streamRun, type AgentInfo, type RunEvent, type RunStart, type RunState, type StreamDeps } from '../../src/orchestrator/index.js';
import { FENCE, settingsOf, teamOf, type SettingsChange } from './coordination.js';

export interface EngineOptions {
  readonly settings?: SettingsChange;
  /** What every agent is beside its id. */
  readonly agents?: Partial<AgentInfo>;
  readonly deps?: Partial<StreamDeps>;
  readonly signal?: AbortSignal;
  readonly task?: string;
}

export interface EngineRun {
  readonly events: AsyncGenerator<RunEvent, void, undefined>;
  /** What was stored, in order. */
  readonly log: readonly RunEvent[];
  readonly released: () => number;
}

export function runStart(ids: readonly string[], settings: SettingsChange = {}, task = 'How many?', agents: Partial<AgentInfo> = {}): RunStart {
  return { engine: 'test', session: 's', turn: 1, agents: teamOf(ids, agents), task, history: [], settings: settingsOf({ retry: { attempts: 3, baseMs: 5, maxMs: 20 }, ...settings }), fence: FENCE, config: null };
}

/** A real engine over the given backends, by agent id, whose log is an array. */
export function startRun(backends: Readonly<Record<string, Backend>>, options: EngineOptions = {}): EngineRun {
  const log: RunEvent[] = [];
  let released = 0;
  const deps: StreamDeps = {
    backends,
    append: (batch) => {
      log.push(...batch);
      return Promise.resolve(undefined);
    },
    release: () => {
      released += 1;
    },
    cost: () => Promise.resolve(null),
    now: () => performance.now(),
    wallClock: () => new Date(),
    random: () => 0.5,
    ...options.deps,
  };
  return { events: streamRun(runStart(Object.keys(backends), options.settings, options.task, options.agents), deps, options.signal), log, released: () => released };
}

export interface Played {
  readonly events: readonly RunEvent[];
  readonly log: readonly RunEvent[];
  readonly state: RunState;
  readonly ms: number;
}

export const ofType = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type): readonly Extract<RunEvent, { type: Type }>[] => events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);

export const foldAll = (events: readonly RunEvent[]): RunState => events.reduce<RunState>(fold, EMPTY);

/** Runs to the end and keeps every event. */
export async function playRun(backends: Readonly<Record<string, Backend>>, options: EngineOptions = {}): Promise<Played> {
  const { events: stream, log } = startRun(backends, options);
  const started = performance.now();
  const events: RunEvent[] = [];
  for await (const event of stream) events.push(event);
  return { events, log, state: foldAll(events), ms: performance.now() - started };
}
