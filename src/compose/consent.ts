import { resolveBackend, type Environment } from '../backends/resolve.js';
import type { FetchLike } from '../backends/spec.js';
import { createLeanFetch } from '../backends/transport/lean-fetch.js';
import { needOf } from '../backends/wires/local/lm-studio.js';
import type { PlannedAgent } from '../orchestrator/config/plan.js';

/** Puts a yes-or-no question to whoever sits at the terminal. */
export type Ask = (question: string, signal?: AbortSignal) => Promise<boolean>;

/** Asks for a line of text; null when there is no answer. */
export type AskText = (question: string, signal?: AbortSignal) => Promise<string | null>;

const PATIENCE_MS = 10_000;

async function allowed(config: PlannedAgent['backend'], agent: string, { env, ask, fetch }: { readonly env: Environment; readonly ask: Ask; readonly fetch: FetchLike }): Promise<PlannedAgent['backend']> {
  if (config.type !== 'lmstudio') return config;
  const { endpoint } = resolveBackend(config, env, agent);
  const need = await needOf({ ...endpoint, fetch }, AbortSignal.timeout(PATIENCE_MS));
  if (need === undefined || !(await ask(`Agent ${agent} would have massgen ${need.what}. May it?`))) return config;
  return { ...config, [need.key]: true };
}

/** The agents, and in their backends a yes to what was asked and granted. One question after the other. */
export async function withConsent(agents: readonly PlannedAgent[], env: Environment, ask: Ask): Promise<readonly PlannedAgent[]> {
  if (!agents.some(({ backend }) => backend.type === 'lmstudio')) return agents;
  const means = { env, ask, fetch: createLeanFetch() };
  const asked: PlannedAgent[] = [];
  for (const agent of agents) asked.push({ ...agent, backend: await allowed(agent.backend, agent.id, means) });
  return asked;
}
