import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { MassgenError } from '../../../../errors.js';
import type { Root } from '../paths/rights.js';
import type { ContextPath } from '../settings.js';

const HOME = /^~(?=$|\/)/u;

/** Where a path of the user's leads: from `base` when relative, `~` being the home folder. */
export const expandContext = (text: string, base: string): string => path.resolve(base, text.replace(HOME, homedir()));

/** The path without links, where it is there. */
function realOr(at: string): string {
  try {
    return realpathSync(at);
  } catch {
    return at;
  }
}

function toRoot({ path: text, permission, protectedPaths, description }: ContextPath, base: string): Root | string {
  const writtenAs = expandContext(text, base);
  const stats = statSync(writtenAs, { throwIfNoEntry: false });
  if (stats === undefined) return `${text} (${writtenAs})`;
  if (!stats.isFile() && !stats.isDirectory()) return `${text} (no file or folder)`;
  const real = realpathSync(writtenAs);
  const shields = protectedPaths.map((each) => path.resolve(real, each));
  return {
    ...{ kind: 'context', path: real, right: permission === 'write' ? 'deliver' : 'read' },
    protectedPaths: [...new Set([...shields, ...shields.map(realOr)])],
    ...(writtenAs === real ? {} : { writtenAs }),
    ...(description === undefined ? {} : { description }),
  };
}

/** The context paths as places, links followed. Throws `config-invalid` that names each one that is missing. */
export function contextRoots(paths: readonly ContextPath[], base: string): readonly Root[] {
  const found = paths.map((each) => toRoot(each, base));
  const missing = found.filter((each): each is string => typeof each === 'string');
  if (missing.length > 0) throw new MassgenError('config-invalid', `context_paths: not found: ${[...new Set(missing)].join(', ')}; make ${missing.length === 1 ? 'it' : 'them'} or correct the path`);
  return found.filter((each): each is Root => typeof each !== 'string');
}
