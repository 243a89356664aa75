/** The names that a server knows, in the order in which they came to be. All names of one kind are different. */
export interface KnownModels {
  /** There is a default configuration. */
  readonly hasDefault: boolean;
  /** Agents of the default configuration and of `--agent` files, then those that were spawned; the oldest first. `own` is an agent's own name, where another one has it here. */
  readonly agents: readonly { readonly name: string; readonly own?: string; readonly uuid?: string }[];
  readonly teams: readonly string[];
  /** Configurations in the user's folder. */
  readonly configs: readonly string[];
}

export type ModelTarget =
  | { readonly type: 'default' }
  | { readonly type: 'example'; readonly name: string }
  | { readonly type: 'path'; readonly path: string }
  /** Place in `agents`. */
  | { readonly type: 'agent'; readonly index: number }
  | { readonly type: 'team'; readonly name: string }
  | { readonly type: 'config'; readonly name: string }
  | { readonly type: 'missing' };

const MISSING: ModelTarget = { type: 'missing' };
const NAMESPACE = /^(?:massgen|openfang|agentpool):/u;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

function agentTarget({ agents }: KnownModels, test: (agent: KnownModels['agents'][number]) => boolean): ModelTarget | undefined {
  const index = agents.findIndex(test);
  return index === -1 ? undefined : { type: 'agent', index };
}

/** What stands in for the team when there is none, and for names nobody knows. */
function fallback(known: KnownModels): ModelTarget {
  if (known.hasDefault) return { type: 'default' };
  return known.agents.length > 0 ? { type: 'agent', index: 0 } : MISSING;
}

const byUuid = (known: KnownModels, text: string): ModelTarget | undefined => agentTarget(known, ({ uuid }) => uuid !== undefined && uuid === text.toLowerCase());

/** A namespace is of agents with ids of their own: those that were spawned come before the server's. An agent's name may also look like one. */
function inNamespace(known: KnownModels, text: string, name: string): ModelTarget {
  const literal = agentTarget(known, (agent) => agent.name === text);
  const renamed = literal ?? agentTarget(known, (agent) => agent.own === name && agent.name !== name);
  return renamed ?? agentTarget(known, (agent) => agent.name === name) ?? byUuid(known, name) ?? MISSING;
}

function byName(known: KnownModels, name: string): ModelTarget | undefined {
  const agent = agentTarget(known, (each) => each.name === name);
  if (agent !== undefined) return agent;
  if (known.teams.includes(name)) return { type: 'team', name };
  return known.configs.includes(name) ? { type: 'config', name } : undefined;
}

/**
 * Which model a `model` string means; the first row that fits decides:
 *
 * | written | means | else |
 * | --- | --- | --- |
 * | nothing, `massgen`, `massgen/` | the default configuration | the first agent, else missing |
 * | `massgen/path:FILE` | that configuration file | the default one where FILE is empty |
 * | `massgen/NAME`, `massgen/@examples/NAME` | the example NAME | missing, when it is opened |
 * | `massgen:X`, `openfang:X`, `agentpool:X` | the agent of exactly that name, else the agent named X (a spawned one before another), else the one with UUID X | missing |
 * | an agent's name, a team's, a named configuration's | that, in this order | next row |
 * | a UUID | the agent with it | missing |
 * | anything else | the default configuration, else the first agent | missing; with `strict` always missing |
 */
export function lookUpModel(model: string, known: KnownModels, strict = false): ModelTarget {
  const text = model.trim();
  if (text === '' || text === 'massgen' || text === 'massgen/') return fallback(known);
  if (text.startsWith('massgen/path:')) {
    const path = text.slice('massgen/path:'.length).trim();
    return path === '' ? fallback(known) : { type: 'path', path };
  }
  if (text.startsWith('massgen/')) return { type: 'example', name: text.slice('massgen/'.length).replace(/^@examples\//u, '') };
  const bare = NAMESPACE.exec(text);
  if (bare !== null) return inNamespace(known, text, text.slice(bare[0].length));
  const named = byName(known, text);
  if (named !== undefined) return named;
  if (UUID.test(text)) return byUuid(known, text) ?? MISSING;
  return strict ? MISSING : fallback(known);
}
