import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import type { RunPlan } from '../orchestrator/config/plan.js';
import type { Orders, RunStart, SessionLog, StreamDeps } from '../orchestrator/index.js';
import { massgenVersion } from './places.js';
import type { Team } from './team.js';
import type { TeamTools } from './team-tools.js';

/** A ULID from one draw of random bytes: the package's own generator draws one for each character. */
export function newSessionId(): string {
  const bytes = randomBytes(16);
  let index = 0;
  return ulid(undefined, () => (bytes[index++] ?? 0) / 256);
}

/** The beginning of a run. */
export function runStart({ settings }: RunPlan, agents: Team['agents'], given: Pick<RunStart, 'session' | 'turn' | 'task' | 'history' | 'request' | 'config'>): RunStart {
  return { engine: `massgen/${massgenVersion()}`, agents, settings, fence: `-----${randomBytes(9).toString('hex')}-----`, ...given };
}

/** What a run does its work with. */
export function streamDeps(team: Team, log: SessionLog, orders: Orders | undefined, check: StreamDeps['check'], equipped: ReturnType<TeamTools['begin']> | undefined): StreamDeps {
  return {
    backends: team.backends,
    append: (batch) => log.append(batch),
    release: () => {
      log.close();
    },
    cost: (agent, usage) => team.pricing[agent]?.cost(usage) ?? Promise.resolve(null),
    now: () => performance.now(),
    wallClock: () => new Date(),
    random: Math.random,
    ...(equipped === undefined ? {} : { tools: equipped.tools }),
    ...(orders === undefined ? {} : { orders }),
    ...(check === undefined ? {} : { check }),
  };
}
