import { readFile, unlink } from 'node:fs/promises';
import { MassgenError } from '../errors.js';
import { isUuid, withoutPrefix } from '../orchestrator/agents/agent-name.js';
import { didYouMean } from '../orchestrator/config/nearest.js';
import type { BrokenAgent, RegisteredAgent, RemovedAgent } from './agent-types.js';

interface Known {
  readonly agents: readonly RegisteredAgent[];
  readonly broken: readonly BrokenAgent[];
}

const missing = (name: string, names: readonly string[]): MassgenError => {
  const hint = didYouMean(name, names) ?? (names.length === 0 ? 'there are none; "massgen spawn coder" makes one' : '"massgen spawn --list" shows them');
  return new MassgenError('usage-invalid', `there is no agent ${JSON.stringify(name)}; ${hint}`);
};

/** Removes the file of an agent that `massgen spawn` made, also when somebody broke it. Throws `usage-invalid` for any other. */
export async function removeAgent(reference: string, only: 'project' | 'user' | undefined, { agents, broken }: Known): Promise<RemovedAgent> {
  const name = withoutPrefix(reference);
  const isMeant = (agent: { readonly name: string; readonly id?: string; readonly scope: string }): boolean => (only === undefined || agent.scope === only) && (isUuid(name) ? agent.id === name.toLowerCase() : agent.name === name);
  const scopes = ['project', 'user'];
  const [found] = [...agents, ...broken].filter(isMeant).sort((one, other) => scopes.indexOf(one.scope) - scopes.indexOf(other.scope));
  const gone = missing(name, [...agents, ...broken].map((agent) => agent.name));
  if (found === undefined) throw gone;
  try {
    const isOurs = /^x-agent:/m.test(await readFile(found.file, 'utf8'));
    if (!isOurs) throw new MassgenError('usage-invalid', `${found.name} was not made by "massgen spawn"; delete ${found.file} yourself if you want it gone`);
    await unlink(found.file);
  } catch (thrown) {
    if (thrown instanceof MassgenError) throw thrown;
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') throw gone;
    throw new MassgenError('usage-invalid', `cannot remove ${found.file}: ${(thrown as Error).message}`, { cause: thrown });
  }
  return { name: found.name, file: found.file, scope: found.scope };
}
