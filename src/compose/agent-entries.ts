import { createHash } from 'node:crypto';
import { readdirSync, type BigIntStats } from 'node:fs';
import path from 'node:path';
import { agentsOf, readAgentDocument, type AgentDocument } from '../orchestrator/agents/agent-document.js';
import { statOf, type AgentFolder } from '../orchestrator/agents/agent-folders.js';
import { isAgentFile, nameOfFile, refuseBadName } from '../orchestrator/agents/agent-name.js';
import type { Environment } from '../orchestrator/config/interpolate.js';
import type { BrokenAgent, RegisteredAgent } from './agent-types.js';

/** What a file in a folder of agents is. */
export interface AgentEntry {
  readonly agent?: RegisteredAgent;
  readonly broken?: BrokenAgent;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** Looks at folders and files again at each call, and reads again what has changed. */
export interface AgentEntries {
  /** The file names of a folder; none if it is not there. */
  names(folder: AgentFolder): readonly string[];
  /** Undefined when the file is gone, or holds a team, which is no agent. */
  entry(folder: AgentFolder, base: string): Promise<AgentEntry | undefined>;
}

/** A UUID that a file without one of its own always gets. */
export function uuidOf(file: string): string {
  const hex = createHash('sha256').update(file).digest('hex');
  const variant = '89ab'[parseInt(hex[16] ?? '0', 16) % 4] ?? '8';
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

export const versionOf = (stats: BigIntStats | undefined): string => (stats === undefined ? '' : `${String(stats.mtimeNs)}-${String(stats.size)}-${String(stats.ino)}`);

/** When a file that does not say it was made, in milliseconds since 1970. */
export const createdAt = (stats: BigIntStats | undefined): number => Number(stats === undefined ? 0n : stats.birthtimeMs === 0n ? stats.mtimeMs : stats.birthtimeMs);

/** A folder that nobody may read has nothing in it. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(isAgentFile).sort();
  } catch {
    return [];
  }
}

const wellBefore = 1_000_000_000n;

/** Names by folder. A folder that changed less than a second ago is read again: its time may be the same after another change. */
function nameReader(): (folder: string) => readonly string[] {
  const known = new Map<string, { readonly at: bigint; readonly names: readonly string[] }>();
  return (folder) => {
    const at = statOf(folder)?.mtimeNs;
    if (at === undefined) return [];
    const before = known.get(folder);
    if (before?.at === at) return before.names;
    const names = namesIn(folder);
    if (BigInt(Date.now()) * 1_000_000n - at > wellBefore) known.set(folder, { at, names });
    return names;
  };
}

function badName(name: string): string | undefined {
  try {
    refuseBadName(name);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

interface Place {
  readonly scope: AgentFolder['scope'];
  readonly file: string;
  readonly stats: BigIntStats;
}

function toAgent({ given, label, warnings }: AgentDocument, { scope, file, stats }: Place): AgentEntry {
  const written = agentsOf(given)[0]?.['id'];
  const base = nameOfFile(path.basename(file));
  // The file's name is what is unique; the id in it may only spell it with capitals.
  const isOwn = typeof written === 'string' && written.toLowerCase() === base.toLowerCase();
  const name = isOwn ? written : base;
  const problem = badName(name);
  if (problem !== undefined) return { broken: { name, file, scope, problem: `${file} ${problem}` }, created: 0 };
  const created = label.created ?? createdAt(stats);
  const agent = {
    // A copy under another name is another agent.
    id: isOwn && label.id !== undefined ? label.id : uuidOf(file),
    name,
    created: Math.floor(created / 1000),
    profile: label.profile,
    file,
    scope,
    config: { ...given, agent: { ...agentsOf(given)[0], id: name } },
    version: versionOf(stats),
    warnings,
  };
  return { agent, created };
}

async function read(place: Place, env: Environment): Promise<AgentEntry | undefined> {
  const { scope, file } = place;
  const name = nameOfFile(path.basename(file));
  const document = await readAgentDocument(file, env);
  if ('problem' in document) return { broken: { name, file, scope, problem: document.problem }, created: 0 };
  if (!document.isTeam) return toAgent(document, place);
  // Beside the user's agents are the user's configurations.
  return scope === 'user' ? undefined : { broken: { name, file, scope, problem: `${file} lists a team under "agents" and is no agent; use it with --config` }, created: 0 };
}

export function openAgentEntries(env: Environment): AgentEntries {
  const namesOf = nameReader();
  const known = new Map<string, { readonly version: string; readonly entry: AgentEntry | undefined }>();
  return {
    names: (folder) => namesOf(folder.path),
    async entry({ scope, path: folder }, base) {
      const file = path.join(folder, base);
      const stats = statOf(file);
      if (stats === undefined) {
        known.delete(file);
        return undefined;
      }
      const version = versionOf(stats);
      const before = known.get(file);
      if (before?.version === version) return before.entry;
      const entry = await read({ scope, file, stats }, env);
      known.set(file, { version, entry });
      return entry;
    },
  };
}
