import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { ulid } from 'ulid';
import type { FetchLike } from '../backends/spec.js';
import { MassgenError } from '../errors.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import { maskConfig, secretValues } from '../orchestrator/config/mask.js';
import type { Places } from '../orchestrator/config/places.js';
import { planRun, type PlanOverrides, type RunPlan } from '../orchestrator/config/plan.js';
import { gitHead, openSessionLog, streamRun, type HistoryMessage, type LogContext, type RunEvent, type RunPlace, type RunStart, type SessionLog, type StreamDeps } from '../orchestrator/index.js';
import { chooseConfig, type ConfigChoice } from './choose-config.js';
import { massgenVersion } from './places.js';
import { assembleTeam, type Team } from './team.js';

/** What to run and where. Everything has a default but the prompt, which a configuration may also hold. */
export interface RunOptions extends ConfigChoice, PlanOverrides {
  readonly history?: readonly HistoryMessage[];
  /** Directory that holds the session directories, default `.massgen/massgen_logs` (or `MASSGEN_LOG_DIR`). */
  readonly logDirectory?: string;
  /** Aborting it stops the run, which keeps its best answer so far. */
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly home?: string;
  readonly fetch?: FetchLike;
  /** Flags and arguments of the command line, for the log's own record of the run. */
  readonly cliArguments?: Readonly<Record<string, unknown>>;
}

/** One run of a team. */
export interface StartedRun {
  /** Leaving the loop stops the run. To be read once. */
  readonly events: AsyncGenerator<RunEvent, void, undefined>;
  /** Where the run is logged. */
  readonly place: RunPlace;
  /** What went wrong with the log at its very end, when no event could say it any more. */
  readonly logWarning: () => string | undefined;
}

export interface StartOptions {
  readonly history?: readonly HistoryMessage[];
  readonly signal?: AbortSignal;
}

/** A team whose configuration has been read and checked; nothing has been called yet. It may run any number of prompts, also at once. */
export interface OpenRun {
  readonly plan: RunPlan;
  readonly team: Team;
  readonly source: string;
  readonly prompt: string | undefined;
  readonly logRoot: string;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** Starts a run. Throws `usage-invalid` for an empty prompt. */
  start(prompt: string, options?: StartOptions): StartedRun;
}

/** For `logging_enabled: false`. */
const UNLOGGED: SessionLog = { directory: null, turn: 1, finalPath: null, append: () => Promise.resolve(undefined), warning: () => undefined, close: () => undefined };

/** A ULID from one draw of random bytes: the package's own generator draws one for each character. */
function newSessionId(): string {
  const bytes = randomBytes(16);
  let index = 0;
  return ulid(undefined, () => (bytes[index++] ?? 0) / 256);
}

function runStart(plan: RunPlan, team: Team, prompt: string, history: readonly HistoryMessage[], config: unknown): RunStart {
  return {
    engine: `massgen/${massgenVersion()}`,
    session: newSessionId(),
    turn: 1,
    agents: team.agents,
    task: prompt,
    history,
    settings: plan.settings,
    fence: `-----${randomBytes(9).toString('hex')}-----`,
    config,
  };
}

function streamDeps(team: Team, log: SessionLog): StreamDeps {
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
  };
}

/** What the log says of the run's surroundings. */
function logContext(options: RunOptions, source: string, cwd: string, secrets: readonly string[]): LogContext {
  return {
    config_path: /^(?:agents:|backend:|object$|environment$)/u.test(source) ? null : source,
    cli_args: options.cliArguments === undefined ? null : (maskConfig(options.cliArguments, secrets) as Readonly<Record<string, unknown>>),
    git: gitHead(cwd),
    massgen_version: massgenVersion(),
    working_directory: cwd,
  };
}

/** Reads and checks everything a run needs. Throws a MassgenError for what cannot be run; calls nobody but local servers, and those only when nothing is configured. */
export async function openRun(options: RunOptions): Promise<OpenRun> {
  const cwd = options.cwd ?? process.cwd();
  const places: Partial<Places> = { cwd, ...(options.home === undefined ? {} : { home: options.home }) };
  const { env, warnings: envWarnings } = await loadEnvironment(options.env ?? process.env, places);
  const chosen = await chooseConfig(options, env, places);
  const plan = planRun(chosen.config, options);
  const team = await assembleTeam(plan.agents, plan.settings.budget.maxCostMicros !== null, { env, ...(options.fetch === undefined ? {} : { fetch: options.fetch }) });
  const logRoot = path.resolve(cwd, [options.logDirectory, env['MASSGEN_LOG_DIR']].find(Boolean) ?? '.massgen/massgen_logs');
  const secrets = secretValues(env);
  const shownConfig = maskConfig(chosen.given, secrets);
  let context: LogContext | undefined;
  const start = (prompt: string, how: StartOptions = {}): StartedRun => {
    if (prompt.trim() === '') throw new MassgenError('usage-invalid', 'the prompt is empty; say what the agents should answer');
    const begin = runStart(plan, team, prompt, how.history ?? options.history ?? [], shownConfig);
    const log = plan.logging ? openSessionLog({ root: logRoot, turn: begin.turn, context: (context ??= logContext(options, chosen.source, cwd, secrets)), now: () => new Date(), random: Math.random }) : UNLOGGED;
    const place = { sessionId: begin.session, configUsed: chosen.source, logDirectory: log.directory, finalAnswerPath: log.finalPath };
    return { events: streamRun(begin, streamDeps(team, log), how.signal ?? options.signal), place, logWarning: () => log.warning() };
  };
  return { plan, team, source: chosen.source, prompt: plan.prompt, logRoot, warnings: [...envWarnings, ...chosen.warnings, ...plan.warnings], notes: chosen.notes, start };
}
