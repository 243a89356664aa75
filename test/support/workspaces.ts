import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunEvent } from '../../src/orchestrator/index.js';
import { readAgentFiles, readSharedFiles } from '../../src/orchestrator/tools/workspace/settings.js';
import { contextRoots } from '../../src/orchestrator/tools/workspace/shared/context-roots.js';
import { createWorkspaces, type Workspaces } from '../../src/orchestrator/tools/workspace/workspaces.js';
import type { WorkspacesDeps } from '../../src/orchestrator/tools/workspace/workspaces-settings.js';
import { contextOf } from './file-world.js';

/** A run's folders, without a run: facts are told by hand. */
export interface WorkspacesWorld {
  readonly base: string;
  readonly at: (...names: string[]) => string;
  readonly workspaces: Workspaces;
  readonly write: (agent: string, name: string, content: string) => Promise<void>;
  readonly tell: (...events: readonly object[]) => Promise<readonly string[]>;
  readonly call: (agent: string, tool: string, args: object, delivering?: boolean) => Promise<string>;
}

export interface WorkspacesWorldOptions {
  /** By agent. */
  readonly backends: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Agents whose folder programs write to as well. */
  readonly programs?: readonly string[];
  readonly shared?: Readonly<Record<string, unknown>>;
  readonly previous?: string;
  readonly unlogged?: boolean;
  readonly keep?: boolean;
  /** Long results of tools are kept. */
  readonly results?: boolean;
  readonly base?: string;
}

export const temporaryFolders = (): { readonly make: () => string; readonly clear: () => void } => {
  const made: string[] = [];
  return {
    make: () => {
      const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-workspaces-')));
      made.push(folder);
      return folder;
    },
    clear: () => {
      for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
    },
  };
};

export function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

export function openWorkspaces(base: string, options: WorkspacesWorldOptions): WorkspacesWorld {
  const { backends, programs = [], shared = {}, previous, unlogged = false, keep = true, results = false } = options;
  let count = 0;
  const deps: WorkspacesDeps = {
    base,
    suffix: () => (count += 1).toString(16).padStart(8, '0'),
    log: unlogged ? null : { directory: path.join(base, 'turn_1'), folderOf: (agent) => agent, answerFolder: (agent, _at, seq) => path.join(base, 'turn_1', agent, String(seq)) },
    keep,
    resultsOf: (agent) => (results ? path.join(base, 'turn_1/tools', agent) : null),
    ...(previous === undefined ? {} : { previous }),
  };
  const { contextPaths, folders } = readSharedFiles(shared);
  const agents = Object.entries(backends).map(([id, backend], index) => {
    const files = readAgentFiles(backend, contextPaths)!;
    return { id, anonymous: `agent${index + 1}`, files, context: contextRoots(files.contextPaths, base), hasPrograms: programs.includes(id) };
  });
  const workspaces = createWorkspaces({ agents, folders }, deps);
  const sources = new Map(Object.keys(backends).map((agent) => [agent, workspaces.sourceFor(agent)]));
  const call: WorkspacesWorld['call'] = async (agent, name, args, delivering = false) => {
    const tool = (await sources.get(agent)!).tools().find((each) => each.name === name)!;
    return (await tool.run(args as Readonly<Record<string, unknown>>, contextOf(delivering))).text;
  };
  return {
    base,
    at: (...names) => path.join(base, ...names),
    workspaces,
    call,
    write: async (agent, name, content) => {
      await call(agent, 'write_file', { path: name, content });
    },
    tell: async (...events) => (await workspaces.settle(events.map((event, index) => ({ at: '2026-01-01T00:00:00.000Z', seq: index + 1, t: 0, epoch: 1, ...event }) as unknown as RunEvent))).map(({ message }) => message),
  };
}
