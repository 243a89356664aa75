import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { MassgenError } from '../../../../errors.js';
import type { Root } from '../paths/rights.js';
import type { ContextPath } from '../settings.js';

const HOME = /^~(?=$|\/)/u;

/** Where a path of the user's leads: from `base` when relative, `~` being the home folder. */
const expand = (text: string, base: string): string => path.resolve(base, text.replace(HOME, homedir()));

async function toRoot({ path: text, permission, protectedPaths }: ContextPath, base: string): Promise<Root | string> {
  const writtenAs = expand(text, base);
  try {
    const real = await realpath(writtenAs);
    const kind = await stat(real);
    if (!kind.isFile() && !kind.isDirectory()) return `${text} (no file or folder)`;
    const shields = await Promise.all(protectedPaths.map(async (each) => await realpath(path.resolve(real, each)).catch(() => path.resolve(real, each))));
    return { kind: 'context', path: real, ...(writtenAs === real ? {} : { writtenAs }), right: permission === 'write' ? 'deliver' : 'read', protectedPaths: [...shields, ...protectedPaths.map((each) => path.resolve(real, each))] };
  } catch {
    return `${text} (${writtenAs})`;
  }
}

/** The context paths as places, links followed. Throws `config-invalid` that names each one that is missing. */
export async function contextRoots(paths: readonly ContextPath[], base: string): Promise<readonly Root[]> {
  const found = await Promise.all(paths.map(async (each) => await toRoot(each, base)));
  const missing = found.filter((each): each is string => typeof each === 'string');
  if (missing.length > 0) throw new MassgenError('config-invalid', `context_paths: not found: ${[...new Set(missing)].join(', ')}; make ${missing.length === 1 ? 'it' : 'them'} or correct the path`);
  return found.filter((each): each is Root => typeof each !== 'string');
}
