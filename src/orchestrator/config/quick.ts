import { MassgenError } from '../../errors.js';

export interface QuickOptions {
  readonly backend: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly systemMessage?: string;
  /** How many agents; 1 if absent. */
  readonly agents?: number;
}

/** A provider that could be used right now. */
export interface AvailableBackend {
  readonly backend: string;
  readonly model?: string;
  readonly baseUrl?: string;
}

export interface Surroundings {
  /** Providers whose key is set. */
  readonly keys: readonly AvailableBackend[];
  /** Model servers that answer on this machine. */
  readonly servers: readonly AvailableBackend[];
  /** How many agents; 3 if absent. */
  readonly agents?: number;
  readonly systemMessage?: string;
}

const mostAgents = 100;

/** agent_a, agent_b, … agent_z, agent_aa, … */
function agentId(index: number): string {
  const letter = String.fromCharCode('a'.charCodeAt(0) + (index % 26));
  return index < 26 ? `agent_${letter}` : `${agentId(Math.floor(index / 26) - 1)}${letter}`;
}

function teamOf(choices: readonly AvailableBackend[], count: number, systemMessage: string | undefined): Record<string, unknown> {
  if (!Number.isInteger(count) || count < 1 || count > mostAgents) {
    throw new MassgenError('usage-invalid', `a team has 1 to ${mostAgents} agents, not ${count}`);
  }
  const agents = Array.from({ length: count }, (_unused, index) => {
    const choice = choices[index % choices.length];
    return {
      id: agentId(index),
      backend: {
        type: choice?.backend,
        ...(choice?.model === undefined ? {} : { model: choice.model }),
        ...(choice?.baseUrl === undefined ? {} : { base_url: choice.baseUrl }),
      },
      ...(systemMessage === undefined ? {} : { system_message: systemMessage }),
    };
  });
  return { agents };
}

/** A configuration from flags alone: the same model for each agent. Throws `usage-invalid` for an impossible number of agents. */
export function quickConfig(options: QuickOptions): Record<string, unknown> {
  return teamOf([options], options.agents ?? 1, options.systemMessage);
}

/** A configuration from what this machine can reach: providers with a key first, then local servers, in turn. `undefined` when there is nothing. */
export function teamFromEnvironment(surroundings: Surroundings): Record<string, unknown> | undefined {
  const choices = [...surroundings.keys, ...surroundings.servers];
  return choices.length === 0 ? undefined : teamOf(choices, surroundings.agents ?? 3, surroundings.systemMessage);
}
