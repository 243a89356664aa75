import { statSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../backends/resolve.js';
import { MassgenError } from '../../errors.js';
import { expandPath, userFolder, type Places } from '../../orchestrator/config/places.js';
import { lookUpModel, type ModelTarget } from '../../server/model-lookup.js';
import type { Caller, ModelEntry, Models, ServedModel, StartRequest } from '../../server/models.js';
import { openAgentEntries, type AgentEntries } from '../agent-entries.js';
import { completeBackend } from '../agent-backend.js';
import type { AgentRegistry } from '../agent-types.js';
import { logRootOf, openRun, type OpenRun, type RunOptions } from '../open-run.js';
import { ShownPlace } from '../run-place.js';
import { continueSession, type SessionPlace } from '../sessions.js';
import { realFileWithin } from './allowed-paths.js';
import type { createFormChecker } from './form-checker.js';
import type { ModelSource } from './model-source.js';
import { allModels, fixedModel, knownModels, listModels, type AllModels, type ChosenModel, type StaticModels } from './model-sources.js';

export interface ServeModelsOptions {
  /** What is configured now; another value after a reload. */
  readonly fixed: () => StaticModels;
  readonly registry: AgentRegistry;
  readonly env: Environment;
  readonly places: Places;
  /** Unknown names are errors. */
  readonly strict: boolean;
  /** Folders of configurations that anybody may name. */
  readonly allowedPaths: readonly string[];
  readonly run: Pick<RunOptions, 'logDirectory' | 'logFiles' | 'fetch'>;
  readonly formChecker: ReturnType<typeof createFormChecker>;
}

/** Opened runs that are kept: each holds its backends' connections. */
const KEPT = 200;

const missing = (model: string, why = ''): MassgenError => new MassgenError('model-missing', `No agent found for model '${model.slice(0, 200)}'${why}`, { param: 'model' });

function chosen(all: AllModels, target: ModelTarget): (ChosenModel & { readonly created: number }) | undefined {
  switch (target.type) {
    case 'default':
      return all.standard === undefined ? undefined : { source: all.standard, name: 'massgen', kind: 'team', created: all.created };
    case 'agent': {
      const order = knownModels(all).agents[target.index];
      const found = [...all.agents, ...all.spawned].find(({ name }) => name === order?.name);
      return found === undefined ? undefined : { source: found.open, name: found.name, kind: 'agent', created: found.created };
    }
    case 'team':
    case 'config': {
      const found = [...all.teams, ...all.configs].find(({ name }) => name === target.name);
      return found === undefined ? undefined : { source: found.open, name: found.name, kind: 'team', created: found.created };
    }
    default:
      return undefined;
  }
}

class ServeModels implements Models {
  private readonly opened = new Map<string, { readonly version: string; readonly run: Promise<OpenRun> }>();
  private readonly options: ServeModelsOptions;
  private readonly entries: AgentEntries;

  constructor(options: ServeModelsOptions) {
    this.options = options;
    this.entries = openAgentEntries(options.env);
  }

  private all(): Promise<AllModels> {
    const { fixed, registry, places } = this.options;
    return allModels(fixed(), { registry, entries: this.entries, places });
  }

  async list(): ReturnType<Models['list']> {
    return listModels(await this.all());
  }

  async find(model: string, caller: Caller): Promise<ModelEntry> {
    const all = await this.all();
    const listed = listModels(all).find(({ id }) => id === model);
    if (listed !== undefined) return listed;
    const target = lookUpModel(model, knownModels(all), true);
    const found = chosen(all, target);
    if (found !== undefined) return { id: model, created: found.created, owned_by: 'massgen' };
    try {
      if (target.type === 'example') await this.example(model, target.name);
      else if (target.type === 'path') await this.file(model, target.path, caller);
      else throw missing(model);
    } catch (thrown) {
      // It is there, and asking it will say what it lacks.
      if (!(thrown instanceof MassgenError) || thrown.code === 'model-missing') throw thrown;
    }
    return { id: model, created: 0, owned_by: 'massgen' };
  }

  async open(model: string, caller: Caller): Promise<ServedModel> {
    const certain = fixedModel(this.options.fixed(), model);
    if (certain !== undefined) return this.serve(await this.openSource(`${certain.kind} ${certain.name}`, certain.source), certain.name, certain.kind);
    const all = await this.all();
    const target = lookUpModel(model, knownModels(all), this.options.strict);
    if (target.type === 'example') return this.serve(await this.example(model, target.name), model, 'team');
    if (target.type === 'path') return this.serve(await this.file(model, target.path, caller), model, 'team');
    const found = chosen(all, target);
    if (found === undefined) throw missing(model);
    return this.serve(await this.openSource(`${found.kind} ${found.name}`, found.source), found.name, found.kind);
  }

  /** Opens a source once for each of its versions. */
  private async openSource(key: string, { config, source, version }: ModelSource): Promise<OpenRun> {
    const known = this.opened.get(key);
    if (known?.version === version) return known.run;
    const run = this.openNow(config, source);
    this.opened.delete(key);
    this.opened.set(key, { version, run });
    for (const [oldest] of this.opened) {
      if (this.opened.size <= KEPT) break;
      this.opened.delete(oldest);
    }
    try {
      return await run;
    } catch (thrown) {
      // What is missing may be there next time.
      if (this.opened.get(key)?.run === run) this.opened.delete(key);
      throw thrown;
    }
  }

  private async openNow(config: ModelSource['config'], source: string): Promise<OpenRun> {
    const { fixed, env, places, run } = this.options;
    const usual = fixed().usual;
    const complete = typeof config === 'string' ? config : await completeBackend(config, { env, ...(usual === undefined ? {} : { from: usual }) });
    return openRun({ ...run, isServer: true, config: complete, source, cwd: places.cwd, home: places.home, env });
  }

  private async example(model: string, name: string): Promise<OpenRun> {
    try {
      return await this.openSource(`example ${name}`, { config: `@examples/${name}`, source: `@examples/${name}`, version: '' });
    } catch (thrown) {
      throw thrown instanceof MassgenError && thrown.code === 'config-missing' ? missing(model) : thrown;
    }
  }

  /** A file that somebody names: what is wrong with it is not said, so that nobody reads files this way. */
  private async file(model: string, given: string, caller: Caller): Promise<OpenRun> {
    const { places, allowedPaths, fixed } = this.options;
    const own = fixed().files?.files.map((file) => path.dirname(file)) ?? [];
    const roots = [...own, path.join(places.cwd, '.massgen'), userFolder(places), ...allowedPaths];
    const real = given.includes('\0') ? undefined : await realFileWithin(expandPath(given, places), caller.trusted ? 'anywhere' : roots, this.written());
    const hint = caller.trusted ? '' : ': there is no such configuration in the folders that it may lie in (start the server with --allow-path DIR to add one)';
    if (real === undefined) throw missing(model, hint);
    const stats = statSync(real, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) throw missing(model, hint);
    try {
      return await this.openSource(`path ${real}`, { config: real, source: real, version: `${String(stats.mtimeMs)}-${String(stats.size)}` });
    } catch (thrown) {
      throw thrown instanceof MassgenError && (thrown.code === 'config-missing' || thrown.code === 'config-invalid') ? missing(model, hint) : thrown;
    }
  }

  /** Folders of what the server itself writes: callers have a say in every word there. */
  private written(): readonly string[] {
    const { places, env, run } = this.options;
    return [logRootOf(places.cwd, env, run.logDirectory), path.join(places.cwd, '.massgen/massgen_logs'), path.join(places.cwd, '.massgen/responses')];
  }

  /** A session as a request goes on with it: one that says its last question again, with the results of the calls that came of it, is told of that question once. */
  private async continued(logRoot: string, session: string, prompt: string): Promise<SessionPlace> {
    const found = await continueSession(logRoot, session, { ...this.options.places, exact: true, withoutConfig: true }).catch(() => {
      throw new MassgenError('session-missing', 'there is no such session (x-massgen-session)');
    });
    return found.open === prompt ? { ...found, history: found.history.slice(0, -2) } : found;
  }

  private serve(open: OpenRun, name: string, kind: 'team' | 'agent'): ServedModel {
    const { places, formChecker } = this.options;
    const folder = places.cwd.endsWith(path.sep) ? places.cwd : `${places.cwd}${path.sep}`;
    return {
      kind,
      name,
      sees: open.team.agents.some(({ sees }) => sees === true),
      start: async ({ prompt, history, request, session, continues, signal }: StartRequest) => {
        const within = continues === undefined ? { id: session } : await this.continued(open.logRoot, continues, prompt);
        const check = request.format === undefined ? undefined : await formChecker(request.format);
        const { events, place, turn, logWarning } = open.start(prompt, { history, request, session: within, signal, ...(check === undefined ? {} : { check }) });
        return { events, turn, place: new ShownPlace(place, folder), logWarning };
      },
    };
  }
}

/** Everything that the server offers, looked up anew for each request: agents that are spawned are there at once. */
export const createServeModels = (options: ServeModelsOptions): Models => new ServeModels(options);
