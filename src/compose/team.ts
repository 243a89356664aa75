import type { Backend } from '../backends/contract.js';
import { createBackend } from '../backends/create.js';
import { createGuardRoom, guarded, type GuardRoom } from '../backends/guards/guard.js';
import { withFallback } from '../backends/guards/with-fallback.js';
import { takesImages } from '../backends/sees.js';
import { resolveBackend, type Environment } from '../backends/resolve.js';
import type { BackendConfig, FetchLike } from '../backends/spec.js';
import { MassgenError, type ErrorData } from '../errors.js';
import type { PlannedAgent } from '../orchestrator/config/plan.js';
import type { AgentId, AgentInfo } from '../orchestrator/index.js';
import { pricingOf, requirePrice, sharedPricing, withFees, type Pricing } from './prices.js';

/** The agents of a run, ready to be called. */
export interface Team {
  readonly agents: readonly AgentInfo[];
  readonly backends: Readonly<Record<AgentId, Backend>>;
  readonly pricing: Readonly<Record<AgentId, Pricing>>;
}

export interface TeamDeps {
  readonly env: Environment;
  readonly fetch?: FetchLike;
  /** What is known of the providers; the process's own if absent. */
  readonly guards?: GuardRoom;
}

/** All runs of the process know the same of a provider. */
const GUARDS = createGuardRoom();

interface Connection {
  readonly backend: Backend;
  readonly pricing: Pricing;
  /** Why the backend cannot be called, if it cannot. */
  readonly absent?: MassgenError;
}

interface Member extends Connection {
  readonly info: AgentInfo;
}

const TOOLS = ['enable_web_search', 'enable_code_interpreter', 'enable_code_execution', 'enable_x_search'] as const;

const usesVendorTools = (config: BackendConfig): boolean => TOOLS.some((tool) => config[tool] === true);

/** A backend whose program is not installed fails its own agent when it is called, and nobody else. */
function absentBackend(id: string, model: string, error: ErrorData): Backend {
  return {
    id,
    model,
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream of one event
    async *stream() {
      yield { type: 'error', error, refused: true };
    },
  };
}

const UNPRICED: Pricing = { source: 'local', fee: () => Promise.resolve(0), cost: () => Promise.resolve(0), perMillion: () => Promise.resolve({ input: 0, cachedInput: 0, output: 0, source: 'local' }) };

function connectOne(config: BackendConfig, agent: AgentId, deps: TeamDeps): Connection {
  const resolved = resolveBackend(config, deps.env, agent);
  let backend: Backend;
  try {
    backend = createBackend(config, { env: deps.env, agent, ...(deps.fetch === undefined ? {} : { fetch: deps.fetch }) });
  } catch (thrown) {
    if (!(thrown instanceof MassgenError) || thrown.code !== 'backend-unsupported') throw thrown;
    return { backend: absentBackend(resolved.endpoint.id, resolved.endpoint.model, thrown.data), pricing: UNPRICED, absent: thrown };
  }
  const pricing = pricingOf(resolved);
  // What is sent as it is may ask for tools, too.
  const used = usesVendorTools(config) || config.extra_body !== undefined ? withFees(backend, pricing) : backend;
  return { backend: guarded(used, resolved, deps.guards ?? GUARDS, () => performance.now()), pricing };
}

/** The agent's backend, with those behind it that take over. */
function connect(agent: PlannedAgent, deps: TeamDeps): Connection {
  const [first, ...others] = [agent.backend, ...(agent.fallback ?? [])].map((config: BackendConfig) => connectOne(config, agent.id, deps));
  if (first === undefined) throw new MassgenError('internal', `agent ${agent.id} has no backend`);
  if (others.length === 0) return first;
  const connections = [first, ...others];
  const absent = connections.every((each) => each.absent !== undefined) ? first.absent : undefined;
  return {
    backend: withFallback(first.backend, others.map(({ backend }) => backend)),
    pricing: sharedPricing(connections),
    ...(absent === undefined ? {} : { absent }),
  };
}

async function toMember(agent: PlannedAgent, anonymous: string, priced: boolean, deps: TeamDeps): Promise<Member> {
  const connection = connect(agent, deps);
  const { backend, pricing } = connection;
  const configs: readonly BackendConfig[] = [agent.backend, ...(agent.fallback ?? [])];
  const info: AgentInfo = {
    id: agent.id,
    anonymous,
    backend: backend.id,
    model: backend.model,
    systemMessage: agent.systemMessage,
    otherTools: configs.some(usesVendorTools),
    ...(takesImages(backend.id, backend.model) ? { sees: true } : {}),
    maxOutputTokens: configs[0]?.max_tokens ?? null,
    priceSource: pricing.source,
    price: priced ? await requirePrice(pricing, agent.id, backend.id, backend.model) : null,
  };
  return { ...connection, info };
}

/** Connects every agent to its backend. Throws for a block that cannot work, and when no agent has a backend that is there; no connection is made. With `priced`, an agent without a known price is an error. */
export async function assembleTeam(planned: readonly PlannedAgent[], priced: boolean, deps: TeamDeps): Promise<Team> {
  const sorted = planned.map(({ id }) => id).sort((one, other) => (one < other ? -1 : 1));
  const members = await Promise.all(planned.map((agent) => toMember(agent, `agent${String(sorted.indexOf(agent.id) + 1)}`, priced, deps)));
  const [first] = members;
  if (first?.absent !== undefined && members.every(({ absent }) => absent !== undefined)) throw first.absent;
  return {
    agents: members.map(({ info }) => info),
    backends: Object.fromEntries(members.map(({ info, backend }) => [info.id, backend])),
    pricing: Object.fromEntries(members.map(({ info, pricing }) => [info.id, pricing])),
  };
}
