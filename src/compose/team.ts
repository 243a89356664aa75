import type { Backend } from '../backends/contract.js';
import { createBackend } from '../backends/create.js';
import { takesImages } from '../backends/sees.js';
import { resolveBackend, type Environment, type ResolvedBackend } from '../backends/resolve.js';
import type { BackendConfig, FetchLike } from '../backends/spec.js';
import { MassgenError, type ErrorData } from '../errors.js';
import type { PlannedAgent } from '../orchestrator/config/plan.js';
import type { AgentId, AgentInfo } from '../orchestrator/index.js';
import { pricingOf, requirePrice, type Pricing } from './prices.js';

/** The agents of a run, ready to be called. */
export interface Team {
  readonly agents: readonly AgentInfo[];
  readonly backends: Readonly<Record<AgentId, Backend>>;
  readonly pricing: Readonly<Record<AgentId, Pricing>>;
}

export interface TeamDeps {
  readonly env: Environment;
  readonly fetch?: FetchLike;
}

interface Connection {
  readonly backend: Backend;
  readonly pricing: Pricing;
  /** Why the backend cannot be called, if it cannot. */
  readonly absent?: MassgenError;
}

interface Member extends Connection {
  readonly info: AgentInfo;
}

/** A backend type that is known but not there yet fails its own agent when it is called, and nobody else. */
function absentBackend(id: string, model: string, error: ErrorData): Backend {
  return {
    id,
    model,
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream of one event
    async *stream() {
      yield { type: 'error', error };
    },
  };
}

const UNPRICED: Pricing = { cost: () => Promise.resolve(0), perMillion: () => Promise.resolve({ input: 0, cachedInput: 0, output: 0, source: 'local' }) };

function connect(agent: PlannedAgent, deps: TeamDeps): Connection {
  const config: BackendConfig = agent.backend;
  let resolved: ResolvedBackend;
  try {
    resolved = resolveBackend(config, deps.env, agent.id);
  } catch (thrown) {
    if (!(thrown instanceof MassgenError) || thrown.code !== 'backend-unsupported') throw thrown;
    return { backend: absentBackend(config.type, config.model ?? '', thrown.data), pricing: UNPRICED, absent: thrown };
  }
  const backend = createBackend(config, { env: deps.env, agent: agent.id, ...(deps.fetch === undefined ? {} : { fetch: deps.fetch }) });
  return { backend, pricing: pricingOf(resolved) };
}

function hasOtherTools({ backend }: PlannedAgent): boolean {
  const config: BackendConfig = backend;
  return [config.enable_web_search, config.enable_code_interpreter, config.enable_code_execution, config.enable_x_search].includes(true);
}

async function toMember(agent: PlannedAgent, anonymous: string, priced: boolean, deps: TeamDeps): Promise<Member> {
  const connection = connect(agent, deps);
  const { backend, pricing } = connection;
  const config: BackendConfig = agent.backend;
  const info: AgentInfo = {
    id: agent.id,
    anonymous,
    backend: backend.id,
    model: backend.model,
    systemMessage: agent.systemMessage,
    otherTools: hasOtherTools(agent),
    ...(takesImages(backend.id, backend.model) ? { sees: true } : {}),
    maxOutputTokens: config.max_tokens ?? null,
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
