import { setMaxListeners } from 'node:events';
import path from 'node:path';
import type { Environment } from '../backends/resolve.js';
import type { FetchLike } from '../backends/spec.js';
import { MassgenError } from '../errors.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import { knownSecrets, maskConfig } from '../orchestrator/config/mask.js';
import { placesWith, userFolder, type Places } from '../orchestrator/config/places.js';
import { planRun, type PlanOverrides, type RunPlan } from '../orchestrator/config/plan.js';
import { createOrders, gitHead, openSessionLog, streamRun, type HistoryMessage, type LogContext, type LogFiles, type RunControl, type RunEvent, type RunPlace, type RunRequest, type SessionLog, type StopSignal } from '../orchestrator/index.js';
import { refuseWrongKinds } from './check-options.js';
import { chooseConfig, type ConfigChoice } from './choose-config.js';
import type { ChosenConfig } from './chosen-config.js';
import { withConsent, type Ask, type AskText } from './consent.js';
import { openEquipment } from './equipment.js';
import { massgenVersion } from './places.js';
import { newSessionId, runStart, streamDeps } from './run-parts.js';
import { LoggedPlace } from './run-place.js';
import { continueSession, type ContinuedSession, type SessionPlace } from './sessions.js';
import { assembleTeam, type Team } from './team.js';
import { signInsOf } from './tool-guards.js';

/** What to run and where. Everything has a default but the prompt, which a configuration may also hold. */
export interface RunOptions extends ConfigChoice, PlanOverrides {
  /** How a configuration that is given as an object is named in the log. */
  readonly source?: string;
  readonly history?: readonly HistoryMessage[];
  /** Goes on with this session as its next turn: whatever `continueSession` takes. Its team answers unless a configuration is given. */
  readonly session?: string;
  /** Directory that holds the session directories, default `.massgen/massgen_logs` (or `MASSGEN_LOG_DIR`). */
  readonly logDirectory?: string;
  /** What a run writes there: `all` files (the default), or `events`, which is events.jsonl and the final answer; `massgen logs rebuild` makes the rest of it. */
  readonly logFiles?: LogFiles;
  /** Aborting it stops the run, which keeps its best answer so far. */
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly home?: string;
  readonly fetch?: FetchLike;
  /** Puts a yes-or-no question to the user, before anything is installed or downloaded that the configuration does not allow, and before a tool runs that it says to ask for (`tool_approval`). Without it the answer is no. */
  readonly ask?: Ask;
  /** Asks the user for a line of text, for what MCP servers want to know; null is no answer. Without it servers are told that nobody can be asked. */
  readonly askText?: AskText;
  /** Flags and arguments of the command line, for the log's own record of the run. */
  readonly cliArguments?: Readonly<Record<string, unknown>>;
  /** Runs are asked for over a network: the agents' workspaces are removed when a run has delivered. */
  readonly isServer?: boolean;
}

/** One run of a team. */
export interface StartedRun {
  /** Leaving the loop stops the run. To be read once. */
  readonly events: AsyncGenerator<RunEvent, void, undefined>;
  /** Steers the run while it lasts. */
  readonly control: RunControl;
  /** Where the run is logged. Its `finalAnswerPath` is null until the final answer is in its file. */
  readonly place: RunPlace;
  /** Its number in the session, from 1. */
  readonly turn: number;
  /** What went wrong with the log at its very end, when no event could say it any more. */
  readonly logWarning: () => string | undefined;
}

export interface StartOptions {
  /** Messages before the prompt; after those of a continued session. */
  readonly history?: readonly HistoryMessage[];
  /** The session to go on with, read by `continueSession`; or just `{ id }` for the name of a new one. Default: `session` of the options, as it stood when the run was opened; else a new one. */
  readonly session?: SessionPlace;
  /** What is wanted beside an answer: of the reply that is delivered. */
  readonly request?: RunRequest;
  /** Says why a text has not the form that `request` asks for, null when it has; needed for a form. One that throws says so, too. */
  readonly check?: (text: string) => string | null;
  /** An `AbortSignal`, or as much of one. */
  readonly signal?: StopSignal;
}

/** A team whose configuration has been read and checked; nothing has been called yet. It may run any number of prompts, also at once. */
export interface OpenRun {
  readonly plan: RunPlan;
  readonly team: Team;
  readonly source: string;
  /** The configuration as written, before variables. */
  readonly given: unknown;
  readonly prompt: string | undefined;
  readonly logRoot: string;
  /** The session that the options or the configuration say to go on with. */
  readonly session: ContinuedSession | undefined;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /**
   * Lets the agents use the files and folders that a prompt names: `@path` to read, `@path:w` to write when the answer is presented, in this
   * run and those after it. Resolves to the prompt with the paths written out. Rejects with `usage-invalid` for one that is not there.
   * For prompts of who may read those files: not for what comes over a network.
   */
  takePaths(prompt: string): Promise<string>;
  /** Starts a run. Throws `usage-invalid` for an empty prompt. */
  start(prompt: string, options?: StartOptions): StartedRun;
}

/** For `logging_enabled: false`. */
const unlogged = (turn: number): SessionLog => ({ directory: null, turn, finalPath: () => null, append: () => Promise.resolve(undefined), warning: () => undefined, close: () => undefined });

const turnFolder = (cwd: string, { directory, turn }: SessionLog): string | null => (directory === null ? null : path.resolve(cwd, directory, `turn_${String(turn)}`));

/** One signal may be for any number of runs, each of which lets go of it: Node is not to warn of a leak. */
function forManyRuns(signal: StopSignal | undefined): StopSignal | undefined {
  try {
    if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  } catch {
    // Not one of Node's own: it does not count.
  }
  return signal;
}

/** What the log says of the run's surroundings. */
function logContext(options: RunOptions, source: string, cwd: string, secrets: readonly string[]): LogContext {
  return {
    config_path: /^(?:agents:|backend:|session:|object$|environment$)/u.test(source) ? null : source,
    cli_args: options.cliArguments === undefined ? null : (maskConfig(options.cliArguments, secrets) as Readonly<Record<string, unknown>>),
    git: gitHead(cwd),
    massgen_version: massgenVersion(),
    working_directory: cwd,
  };
}

/** The session to go on with, when options name one, and the configuration: the one given, else the session's, else one that is found. */
async function chooseTeam(options: RunOptions, logRoot: string, env: Environment, places: Partial<Places>): Promise<{ readonly chosen: ChosenConfig; readonly session: ContinuedSession | undefined }> {
  const { config, agent, backend, model, baseUrl, agents } = options;
  const isGiven = (env['MASSGEN_CONFIG'] ?? '') !== '' || [config, agent, backend, model, baseUrl, agents].some((each) => each !== undefined);
  const session = options.session === undefined ? undefined : await continueSession(logRoot, options.session, { ...places, withoutConfig: isGiven });
  const stored = session?.config;
  if (stored === undefined) return { chosen: await chooseConfig(options, env, places), session };
  return { chosen: { ...(await chooseConfig({ ...options, config: stored.config }, env, places)), source: stored.source }, session };
}

/** The directory of the session directories. */
export const logRootOf = (cwd: string, env: Environment, given?: string): string => path.resolve(cwd, [given, env['MASSGEN_LOG_DIR']].find(Boolean) ?? '.massgen/massgen_logs');

/** Reads and checks everything a run needs. Throws a MassgenError for what cannot be run; calls nobody but local servers, and those only when nothing is configured. */
export async function openRun(options: RunOptions): Promise<OpenRun> {
  refuseWrongKinds(options);
  const cwd = options.cwd ?? process.cwd();
  const places: Partial<Places> = { cwd, ...(options.home === undefined ? {} : { home: options.home }) };
  const { env, warnings: envWarnings } = await loadEnvironment(options.env ?? process.env, places);
  const logRoot = logRootOf(cwd, env, options.logDirectory);
  const { chosen, session: named } = await chooseTeam(options, logRoot, env, places);
  const planned = planRun(chosen.config, options);
  const plan = options.ask === undefined ? planned : { ...planned, agents: await withConsent(planned.agents, env, options.ask) };
  const source = options.source ?? chosen.source;
  const session = named ?? (plan.session === undefined ? undefined : await continueSession(logRoot, plan.session, { ...places, withoutConfig: true }));
  const assemble = (agents: RunPlan['agents']): Promise<Team> => assembleTeam(agents, plan.settings.budget.maxCostMicros !== null, { env, ...(options.fetch === undefined ? {} : { fetch: options.fetch }) });
  const team = await assemble(plan.agents);
  const secrets = knownSecrets(chosen.given, env);
  const hidden = knownSecrets(chosen.given, env, { written: true });
  const asking = { env, cwd, ...(options.ask === undefined ? {} : { ask: options.ask }), ...(options.askText === undefined ? {} : { askText: options.askText }) };
  const signIns = signInsOf(path.join(userFolder(placesWith(places)), 'sign-ins'), asking);
  const equipment = await openEquipment(plan, team, session, { assemble: (agent) => assemble([agent]), ...asking, signIns, logsAnswers: options.logFiles !== 'events', isServer: options.isServer === true, secrets: hidden });
  const shownConfig = maskConfig(chosen.given, secrets);
  let context: LogContext | undefined;
  const openLog = ({ directory, turn = 1 }: SessionPlace): SessionLog => {
    if (!plan.logging) return unlogged(turn);
    context ??= logContext(options, source, cwd, secrets);
    return openSessionLog({ root: logRoot, ...(directory === undefined ? {} : { directory }), turn, context, ...(options.logFiles === undefined ? {} : { files: options.logFiles }), secrets: hidden, now: () => new Date(), random: Math.random });
  };
  const start = (prompt: string, how: StartOptions = {}): StartedRun => {
    refuseWrongKinds({ prompt, signal: how.signal, history: how.history }, 'prompt');
    if (prompt.trim() === '' && how.request?.images === undefined) throw new MassgenError('usage-invalid', 'the prompt is empty; say what the agents should answer');
    const within: SessionPlace = how.session ?? session ?? { id: newSessionId() };
    const log = openLog(within);
    const history = [...(within.history ?? []), ...(how.history ?? options.history ?? [])];
    const equipped = equipment.tools()?.begin({ session: within.id, folder: turnFolder(cwd, log) });
    const begin = runStart(plan, equipped?.agents ?? team.agents, { session: within.id, turn: log.turn, task: prompt, history, config: equipment.configured(shownConfig), ...(how.request === undefined ? {} : { request: how.request }) });
    const orders = createOrders();
    const place = new LoggedPlace(within.id, source, log);
    return { events: streamRun(begin, streamDeps(team, log, orders, how.check, equipped), forManyRuns(how.signal ?? options.signal)), control: orders.control, place, turn: log.turn, logWarning: () => log.warning() };
  };
  const notes = [...chosen.notes, ...(session?.remarks ?? []), ...(session !== undefined && !plan.logging ? ['nothing is logged (logging_enabled: false), so this turn will be no part of the session'] : [])];
  return { plan, team, source, given: chosen.given, prompt: plan.prompt, logRoot, session, warnings: [...envWarnings, ...chosen.warnings, ...plan.warnings], notes, takePaths: (prompt) => equipment.takePaths(prompt), start };
}
