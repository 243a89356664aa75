import { statSync, type BigIntStats } from 'node:fs';
import path from 'node:path';
import { userFolder, type Places } from '../config/places.js';

/** A folder with one file an agent. */
export interface AgentFolder {
  readonly scope: 'project' | 'user';
  /** Absolute; it need not exist. */
  readonly path: string;
}

/**
 * What is there, undefined where nothing is or may be looked at. Asked for every request of a server: asking synchronously is cheaper
 * than the way to a thread and back.
 */
export function statOf(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}

const isThere = (file: string): boolean => statOf(file) !== undefined;

/** The folders from `cwd` up to the one with `.git`; outside a repository only `cwd`, since folders further up may be anybody's. */
function projectFolders(cwd: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (isThere(path.join(folder, '.git'))) return folders;
    if (path.dirname(folder) === folder) return [path.resolve(cwd)];
  }
}

/**
 * Where agents are looked for, asked again at each call: `.massgen/agents` of `cwd` or of a folder above it up to the root of
 * the repository, then `~/.config/massgen/agents`. Where the project has none yet, the one that a new agent would be put into:
 * beside the project's configuration, else in `cwd`.
 */
export function agentFolders(places: Places): () => readonly AgentFolder[] {
  const projects = projectFolders(places.cwd);
  const [here = places.cwd] = projects;
  const user: AgentFolder = { scope: 'user', path: path.join(userFolder(places), 'agents') };
  const holds = (...parts: readonly string[]): string | undefined => projects.find((folder) => isThere(path.join(folder, '.massgen', ...parts)));
  return () => [{ scope: 'project', path: path.join(holds('agents') ?? holds('config.yaml') ?? here, '.massgen', 'agents') }, user];
}
