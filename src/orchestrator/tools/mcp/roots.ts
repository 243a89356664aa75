import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { McpDeps } from './deps.js';
import type { McpServerSettings } from './settings.js';

async function isFolder(at: string): Promise<boolean> {
  return stat(at).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * The folders that a server is told to work in: the agent's workspace, and those that its own arguments name, since a
 * server may take the roots instead of its arguments.
 */
export async function rootsOf(settings: McpServerSettings, { workspace, cwd }: Pick<McpDeps, 'workspace' | 'cwd'>): Promise<readonly { readonly uri: string; readonly name: string }[]> {
  if (workspace === undefined) return [];
  const given = settings.transport === 'stdio' ? settings.args.filter((argument) => argument.includes('/') || argument === '.').map((argument) => path.resolve(cwd, settings.cwd ?? '.', argument)) : [];
  const folders: string[] = [];
  for (const each of new Set(given)) if (each !== workspace && (await isFolder(each))) folders.push(each);
  return [workspace, ...folders].map((at) => ({ uri: pathToFileURL(at).href, name: path.basename(at) }));
}
