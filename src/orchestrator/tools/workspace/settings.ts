import { isMap, textsOf, type JsonMap } from '../../json-map.js';

/** A file or folder of the user's that agents may read, and the one that delivers may write where `permission` says so. */
export interface ContextPath {
  readonly path: string;
  readonly permission: 'read' | 'write';
  readonly protectedPaths: readonly string[];
  readonly description?: string;
}

/** What the configuration says of one agent's files. */
export interface AgentFiles {
  /** As written; undefined for an agent that has a folder only because of context paths. */
  readonly cwd: string | undefined;
  readonly contextPaths: readonly ContextPath[];
  /** The agent works through a shell and keeps only the tools that write and edit. */
  readonly writersOnly: boolean;
  readonly readBeforeDelete: boolean;
}

/** Where the run keeps copies of the agents' work; below `.massgen` unless absolute. */
export interface SharedFolders {
  readonly snapshots: string;
  readonly views: string;
  /** Each workspace has a part for drafts and one for what is delivered. */
  readonly tiers?: true;
}

const nameOr = (value: unknown, usual: string): string => (typeof value === 'string' && value.trim() !== '' ? value.trim() : usual);

/** The `context_paths` of a checked block. */
function readContextPaths(block: JsonMap): readonly ContextPath[] {
  const entries: readonly unknown[] = Array.isArray(block['context_paths']) ? block['context_paths'] : [];
  return entries.filter(isMap).flatMap((entry) => {
    const { path, permission, protected_paths: shielded, description } = entry;
    if (typeof path !== 'string') return [];
    return [{ path, permission: permission === 'write' ? ('write' as const) : ('read' as const), protectedPaths: textsOf(shielded), ...(typeof description === 'string' ? { description } : {}) }];
  });
}

/** The files of one agent by its checked backend block and what all agents share; undefined when it has none. */
export function readAgentFiles(backend: JsonMap, shared: readonly ContextPath[]): AgentFiles | undefined {
  const cwd = typeof backend['cwd'] === 'string' && backend['cwd'].trim() !== '' ? backend['cwd'].trim() : undefined;
  const contextPaths = [...shared, ...readContextPaths(backend)];
  if (cwd === undefined && contextPaths.length === 0) return undefined;
  return { cwd, contextPaths, writersOnly: backend['exclude_file_operation_mcps'] === true, readBeforeDelete: backend['enforce_read_before_delete'] !== false };
}

/** Where copies are kept, by the checked orchestrator block. */
function readSharedFolders(orchestrator: JsonMap): SharedFolders {
  const { coordination } = orchestrator;
  const tiers = isMap(coordination) && coordination['use_two_tier_workspace'] === true;
  return { ...(tiers ? { tiers } : {}), snapshots: nameOr(orchestrator['snapshot_storage'], 'snapshots'), views: nameOr(orchestrator['agent_temporary_workspace'], 'temp_workspaces') };
}

/** What the configuration says of files that all agents share. */
export interface SharedFiles {
  readonly contextPaths: readonly ContextPath[];
  readonly folders: SharedFolders;
}

/** By the checked orchestrator block. */
export const readSharedFiles = (orchestrator: JsonMap): SharedFiles => ({ contextPaths: readContextPaths(orchestrator), folders: readSharedFolders(orchestrator) });
