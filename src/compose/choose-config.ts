import type { Environment } from '../backends/resolve.js';
import { MassgenError } from '../errors.js';
import { checkConfig } from '../orchestrator/config/check.js';
import { discoverConfig } from '../orchestrator/config/discover.js';
import { formatIssue, refuseErrors, type Issue } from '../orchestrator/config/issue.js';
import { loadConfigFile } from '../orchestrator/config/load.js';
import type { Places } from '../orchestrator/config/places.js';
import { quickConfig, teamFromEnvironment } from '../orchestrator/config/quick.js';
import { backendOfFlags } from './backend-flags.js';
import type { ChosenConfig } from './chosen-config.js';
import { localServers, providersWithKey } from './surroundings.js';

/** What the caller said about which team to use. */
export interface ConfigChoice {
  /** A path, `@examples/NAME`, a name, or a configuration itself. */
  readonly config?: string | Readonly<Record<string, unknown>>;
  /** Agents by name, UUID or file: one alone, several as a team. */
  readonly agent?: readonly string[];
  readonly backend?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  /** How many agents, for teams without a configuration. */
  readonly agents?: number;
  /** Warnings about the configuration are errors. */
  readonly strict?: boolean;
}

const DEMO = '@examples/offline_demo';

async function fromFile(reference: string, source: string, env: Environment, places: Partial<Places>, strict = false): Promise<ChosenConfig> {
  const { config, given, warnings, file } = await loadConfigFile(reference, env, { ...places, strict });
  return { config, given, source, warnings: warnings.map((issue: Issue) => formatIssue(issue, file)), notes: [] };
}

function fromObject(given: unknown, source: string, env: Environment, { notes = [], strict = false }: { readonly notes?: readonly string[]; readonly strict?: boolean } = {}): ChosenConfig {
  const { config, issues } = checkConfig(given, env, { strict });
  refuseErrors(issues);
  if (config === undefined) throw new MassgenError('internal', 'a configuration without errors was not accepted');
  return { config, given, source, warnings: issues.map((issue) => formatIssue(issue)), notes };
}

function fromFlags(choice: ConfigChoice, env: Environment): ChosenConfig {
  const { model, baseUrl, agents } = choice;
  const backend = backendOfFlags(choice) ?? '';
  const team = (count: number): Readonly<Record<string, unknown>> => quickConfig({ backend, ...(model === undefined ? {} : { model }), ...(baseUrl === undefined ? {} : { baseUrl }), agents: count });
  // What is wrong with one agent is wrong with all: say it once.
  fromObject(team(1), '', env);
  return fromObject(team(agents ?? 1), `backend:${backend}`, env);
}

async function fromSurroundings(choice: ConfigChoice, env: Environment, places: Partial<Places>): Promise<ChosenConfig> {
  const keys = providersWithKey(env);
  const servers = keys.length > 0 ? [] : await localServers();
  const given = teamFromEnvironment({ keys, servers, ...(choice.agents === undefined ? {} : { agents: choice.agents }) });
  if (given !== undefined) {
    const names = [...keys, ...servers].map(({ backend }) => backend).join(', ');
    const why = choice.agents === undefined ? 'no configuration found' : 'no configuration used';
    return fromObject(given, 'environment', env, { notes: [`${why}: a team was made from ${keys.length > 0 ? 'the API keys set' : 'the local servers that answer'} (${names})`] });
  }
  const demo = await fromFile(DEMO, DEMO, env, places);
  return {
    ...demo,
    notes: [
      `no configuration, no API key and no local model server found: this is the offline demo, its answers are canned${choice.agents === undefined ? '' : ' and its agents are three'}`,
      'to ask real models set a key, for example OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY with --model, in the environment or in .env',
    ],
  };
}

async function fromAgents(agent: readonly string[], choice: ConfigChoice, env: Environment, places: Partial<Places>): Promise<ChosenConfig> {
  if (choice.config !== undefined || choice.agents !== undefined) throw new MassgenError('usage-invalid', '--agent already says who answers; leave out --config and --agents');
  const { chooseAgents } = await import('./choose-agents.js');
  return chooseAgents({ ...choice, agent }, env, places);
}

/** The configuration to run: the agents or the one given, else flags, else a discovered file, else what keys and local servers allow, else the offline demo. */
export async function chooseConfig(choice: ConfigChoice, env: Environment, places: Partial<Places>): Promise<ChosenConfig> {
  if (choice.agent !== undefined) return fromAgents(choice.agent, choice, env, places);
  const byFlags = choice.backend !== undefined || choice.model !== undefined || choice.baseUrl !== undefined;
  if (choice.config !== undefined) {
    if (byFlags || choice.agents !== undefined) throw new MassgenError('usage-invalid', 'a configuration already names its agents; leave out --backend, --model, --base-url and --agents, or leave out --config');
    return typeof choice.config === 'string' ? fromFile(choice.config, choice.config, env, places, choice.strict) : fromObject(choice.config, 'object', env, choice);
  }
  if (byFlags) return fromFlags(choice, env);
  const found = choice.agents === undefined ? await discoverConfig(undefined, env, places) : undefined;
  return found === undefined ? fromSurroundings(choice, env, places) : fromFile(found.path, found.path, env, places, choice.strict);
}
