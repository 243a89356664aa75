import { MassgenError } from '../../../errors.js';
import type { Endpoint } from '../../spec.js';
import { listOf, objectOf, type Json } from '../json.js';

/** Exactly one of an agent and a group, with what a run needs of it. Throws `config-invalid`. */
export function agentsOf({ config, agent }: Pick<Endpoint, 'config' | 'agent'>): Json {
  const { agent_config: one, group_config: group } = config;
  const fault = one === undefined ? groupFault(group) : group === undefined ? agentFault(one) : BOTH;
  if (fault !== undefined) throw new MassgenError('config-invalid', `agent ${agent}: ${fault}`);
  return one === undefined ? { group_config: group } : { agent_config: one };
}

const BOTH = 'the backend ag2 needs either agent_config or group_config';

function kindFault(member: Json): string | undefined {
  const kind = member['type'];
  return kind === undefined || kind === 'assistant' || kind === 'conversable' ? undefined : `an AG2 agent's type must be assistant or conversable, not ${JSON.stringify(kind)}`;
}

function agentFault(one: Json): string | undefined {
  return one['llm_config'] === undefined ? 'agent_config needs llm_config, such as {api_type: openai, model: gpt-4o}' : kindFault(one);
}

function groupFault(group: Json | undefined): string | undefined {
  if (group === undefined) return BOTH;
  const members = listOf(group['agents']).map((member) => objectOf(member) ?? {});
  if (members.length === 0) return 'group_config needs agents';
  const names = members.map((member) => member['name']);
  if (new Set(names).size < names.length || names.some((name) => typeof name !== 'string' || name === '')) return 'each agent of group_config needs a name of its own';
  if (group['llm_config'] === undefined) return 'group_config needs llm_config, for the manager and for agents without one';
  return members.map(kindFault).find((fault) => fault !== undefined) ?? patternFault(objectOf(group['pattern']) ?? {}, names);
}

function patternFault({ initial_agent: first, type = 'auto' }: Json, names: readonly unknown[]): string | undefined {
  if (type !== 'auto') return `group_config.pattern.type must be auto, not ${JSON.stringify(type)}`;
  return first === undefined || names.includes(first) ? undefined : `group_config.pattern.initial_agent is none of ${names.join(', ')}`;
}
