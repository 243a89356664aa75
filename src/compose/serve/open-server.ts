import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../backends/resolve.js';
import { MassgenError, toErrorData } from '../../errors.js';
import { discoverConfig } from '../../orchestrator/config/discover.js';
import { loadEnvironment } from '../../orchestrator/config/dotenv.js';
import { packageRoot } from '../../orchestrator/config/package-root.js';
import { expandPath, placesWith, type Places } from '../../orchestrator/config/places.js';
import type { AccessLine, Listener, ModelEntry, ServerApp, ServerDeps } from '../../server/index.js';
import { openAgentRegistry } from '../agent-registry.js';
import type { RunOptions } from '../open-run.js';
import { massgenVersion } from '../places.js';
import { changedSettings } from './changed-settings.js';
import { checkModels } from './check-models.js';
import { createFormChecker } from './form-checker.js';
import { logsBelow } from './logs-below.js';
import { readStaticModels, type StaticModels, type StaticOptions } from './model-sources.js';
import { createServeModels } from './serve-models.js';
import { planServer, type ListenerPlan, type ServeChoice, type ServePlan } from './serve-settings.js';
import { watchFiles, type FileWatcher } from './watch-files.js';

/** What to serve, where, and to whom. Everything has a default. */
export interface ServeOptions extends ServeChoice, StaticOptions, Pick<RunOptions, 'env' | 'cwd' | 'home' | 'fetch' | 'logDirectory' | 'logFiles'> {
  /** Names that nobody knows are errors instead of meaning the default. */
  readonly strictModels?: boolean;
  /** Folders of configurations that anybody may name as `massgen/path:FILE`. */
  readonly allowPaths?: readonly string[];
  /** Reads the configuration and agent files again when they change. */
  readonly reload?: boolean;
  /** A stream that has nothing to say for so long says that it lives; 15 s. */
  readonly heartbeatMs?: number;
  /** For who runs the server: errors that callers are not told, and what a reload came to. */
  readonly report?: (message: string) => void;
  readonly access?: (line: AccessLine) => void;
}

/** A server that is configured and checked. */
export interface OpenServer {
  readonly plan: ServePlan;
  readonly warnings: readonly string[];
  /** As an Express app without a port, to be mounted in another; it has a queue of its own. */
  readonly app: () => Promise<ServerApp>;
  readonly models: () => Promise<readonly ModelEntry[]>;
  /** What `massgen` means; undefined when nothing is configured. */
  readonly source: () => string | undefined;
  readonly isRunning: () => boolean;
  /** Listens on every port. Rejects with `usage-invalid` when one cannot be had, and then listens on none. */
  readonly start: () => Promise<readonly Listener[]>;
  /** Takes no new work, lets running sessions end within the drain timeout, cancels the rest, and closes. */
  readonly stop: (options?: { readonly drainTimeoutMs?: number }) => Promise<void>;
}

/** How long cancelled runs may take to complete their logs. */
const CLOSE_MS = 5000;
const POLL_MS = 20;

/** The files of the documentation pages: copied beside the build, or those of the packages in a checkout. */
function docsFolder(): string | undefined {
  const built = path.join(packageRoot(), 'dist/docs');
  return existsSync(built) ? built : undefined;
}

interface World {
  readonly env: Environment;
  readonly places: Places;
  readonly config: StaticOptions['config'];
  readonly warnings: readonly string[];
}

async function openWorld(options: ServeOptions): Promise<World> {
  const places = placesWith({ ...(options.cwd === undefined ? {} : { cwd: options.cwd }), ...(options.home === undefined ? {} : { home: options.home }) });
  const { env, warnings } = await loadEnvironment(options.env ?? process.env, places);
  const variable = env['MASSGEN_SERVER_DEFAULT_CONFIG'];
  if (options.config !== undefined) return { env, places, config: options.config, warnings };
  if (variable !== undefined && variable !== '') return { env, places, config: variable, warnings };
  // Agents that are given are what is to be served; a configuration that lies about is not mixed in.
  if (options.agents !== undefined && options.agents.length > 0) return { env, places, config: undefined, warnings };
  return { env, places, config: (await discoverConfig(undefined, env, places))?.path, warnings };
}

/** What is served, read and checked anew. */
async function readModels({ config, agents }: { readonly config: StaticOptions['config']; readonly agents: StaticOptions['agents'] }, { env, places }: Pick<World, 'env' | 'places'>): Promise<StaticModels> {
  const fixed = await readStaticModels({ ...(config === undefined ? {} : { config }), ...(agents === undefined ? {} : { agents }) }, env, places);
  return { ...fixed, warnings: [...fixed.warnings, ...(await checkModels(fixed, { env, places }))] };
}

/** What --reload looks at. */
const filesOf = ({ files, named }: StaticModels): readonly string[] => [...(files?.files ?? []), ...named.flatMap(({ file }) => file ?? [])];

const waitUntil = async (isOver: () => boolean, ms: number): Promise<void> => {
  for (const end = performance.now() + ms; !isOver() && performance.now() < end; ) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
};

class Server implements OpenServer {
  private fixed: StaticModels;
  private listeners: readonly Listener[] = [];
  private queues: ServerDeps['queue'][] = [];
  private watcher: FileWatcher | undefined;
  private draining = false;
  private shared: Promise<Omit<ServerDeps, 'queue'>> | undefined;
  readonly plan: ServePlan;
  private readonly options: ServeOptions;
  private readonly world: World;
  /** What the configuration said of the server when it was opened. */
  private readonly settings: StaticModels['serve'];

  constructor(options: ServeOptions, world: World, fixed: StaticModels, plan: ServePlan) {
    this.options = options;
    this.world = world;
    this.fixed = fixed;
    this.settings = fixed.serve;
    this.plan = plan;
  }

  get warnings(): readonly string[] {
    return [...this.world.warnings, ...this.fixed.warnings];
  }

  readonly source = (): string | undefined => this.fixed.standard?.source;
  readonly isRunning = (): boolean => this.listeners.length > 0;
  readonly models = async (): Promise<readonly ModelEntry[]> => (await this.deps()).models.list();
  readonly app = (): Promise<ServerApp> => this.appFor({ host: 'mounted', port: 0, concurrency: this.plan.listeners[0]?.concurrency ?? 4 });

  private deps(): Promise<Omit<ServerDeps, 'queue'>> {
    this.shared ??= this.makeDeps();
    return this.shared;
  }

  private async makeDeps(): Promise<Omit<ServerDeps, 'queue'>> {
    const { createIdempotency, createMetrics, createResponses, createSessions, limitRate } = await import('../../server/index.js');
    const { options, world, plan } = this;
    const { env, places } = world;
    const formChecker = createFormChecker();
    const report: ServerDeps['report'] = (error) => options.report?.(error instanceof MassgenError || !(error instanceof Error) ? error.message : (error.stack ?? error.message));
    const folder = plan.docs ? docsFolder() : undefined;
    const models = createServeModels({
      fixed: () => this.fixed,
      registry: openAgentRegistry({ ...places, env }),
      env,
      places,
      strict: options.strictModels ?? false,
      allowedPaths: (options.allowPaths ?? []).map((each) => expandPath(each, places)),
      run: { ...(options.logDirectory === undefined ? {} : { logDirectory: options.logDirectory }), logFiles: options.logFiles ?? 'events', ...(options.fetch === undefined ? {} : { fetch: options.fetch }) },
      formChecker,
    });
    return {
      version: massgenVersion(),
      models,
      keys: plan.keys,
      sessions: createSessions(() => new Date()),
      idempotency: createIdempotency(Date.now),
      ...(plan.rateLimit === undefined ? {} : { rateLimit: limitRate(plan.rateLimit) }),
      metrics: await createMetrics(),
      responses: createResponses({ folder: path.join(places.cwd, '.massgen/responses'), now: () => new Date(), report }),
      settings: {
        reasoning: plan.reasoning,
        exposeAgentTools: plan.exposeAgentTools,
        cors: plan.cors,
        ...(folder === undefined ? {} : { docsFolder: folder }),
        bodyLimitBytes: 20 * 1024 * 1024,
        heartbeatMs: options.heartbeatMs ?? 15_000,
      },
      formChecker,
      ...logsBelow(places.cwd),
      isDraining: () => this.draining,
      now: () => new Date(),
      access: options.access ?? (() => undefined),
      report,
    };
  }

  private async appFor({ host, port, concurrency, only }: ListenerPlan): Promise<ServerApp> {
    const { createApp, createQueue } = await import('../../server/index.js');
    const deps = await this.deps();
    const queue = createQueue({ concurrency, limit: this.plan.queueLimit, timeoutMs: this.plan.queueTimeoutMs });
    this.queues.push(queue);
    deps.metrics.watch(`${host}:${String(port)}`, queue);
    return createApp({ ...deps, queue, ...(only === undefined ? {} : { only }) });
  }

  readonly start = async (): Promise<readonly Listener[]> => {
    if (this.isRunning()) throw new MassgenError('usage-invalid', 'the server is running already');
    const { createListener } = await import('../../server/index.js');
    this.draining = false;
    const opened: Listener[] = [];
    try {
      for (const each of this.plan.listeners) opened.push(await createListener(await this.appFor(each), each.host, each.port));
    } catch (thrown) {
      await Promise.all(opened.map((listener) => listener.close(true)));
      throw thrown;
    }
    this.listeners = opened;
    if (this.options.reload === true) this.watcher = await watchFiles(filesOf(this.fixed), () => this.reload());
    return opened;
  };

  /** Requests that run go on with what they began with. */
  private async reload(): Promise<void> {
    const { options, world, settings } = this;
    try {
      const before = new Set(this.fixed.warnings);
      this.fixed = await readModels({ config: world.config, agents: options.agents }, world);
      this.watcher?.watch(filesOf(this.fixed));
      const changed = changedSettings(settings, this.fixed.serve);
      options.report?.(`the configuration was read again${changed.length === 0 ? '' : `; of ${changed.join(', ')} the server learns only when it is started anew`}`);
      for (const warning of this.fixed.warnings) if (!before.has(warning)) options.report?.(warning);
    } catch (thrown) {
      options.report?.(`the configuration was changed and cannot be used; the old one stays: ${toErrorData(thrown).message}`);
    }
  }

  readonly stop = async ({ drainTimeoutMs = this.plan.drainTimeoutMs }: { readonly drainTimeoutMs?: number } = {}): Promise<void> => {
    this.draining = true;
    await this.watcher?.close();
    for (const queue of this.queues) queue.close();
    const { sessions, responses } = await this.deps();
    const idle = (): boolean => sessions.running().length === 0;
    await waitUntil(idle, drainTimeoutMs);
    for (const session of sessions.running()) session.cancel('the server is shutting down');
    await waitUntil(idle, CLOSE_MS);
    await responses.settled();
    const closing = this.listeners.map((listener) => listener.close(false));
    // What clients have not read by then they will not.
    const force = setTimeout(() => {
      for (const listener of this.listeners) void listener.close(true);
    }, 1000);
    await Promise.all(closing);
    clearTimeout(force);
    this.listeners = [];
    this.queues = [];
  };
}

/** Reads and checks everything a server needs; nothing listens yet. Throws a MassgenError for what cannot work. */
export async function openServer(options: ServeOptions): Promise<OpenServer> {
  const world = await openWorld(options);
  const fixed = await readModels({ config: world.config, agents: options.agents }, world);
  return new Server(options, world, fixed, await planServer(options, world.env, fixed.serve, world.places));
}
