import { existsSync } from 'node:fs';
import { MassgenError } from '../../../errors.js';
import type { ContextPath } from './settings.js';
import { expandContext } from './shared/context-roots.js';

/** After a space or at the beginning, so that no address of a person is taken for one. */
const REFERENCE = /(?<=^|[\s("'[])(\\?)@(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'@]+))(:w(?![\w/]))?/gu;
const TRAILING = /[,;:!?)}\]>.]+$/u;
const WRITE = /:w$/u;

interface Reference {
  readonly path: string;
  readonly permission: 'read' | 'write';
  /** What follows the path in the sentence. */
  readonly after: string;
}

/** What a word after `@` may mean, the longest first: punctuation may belong to the path. */
function readings(quoted: string | undefined, bare: string, suffix: string | undefined): readonly Reference[] {
  if (quoted !== undefined) return [{ path: quoted, permission: suffix === undefined ? 'read' : 'write', after: '' }];
  const trimmed = bare.replace(TRAILING, '');
  return [...new Set([bare, trimmed])].map((word) => ({ path: word.replace(WRITE, ''), permission: word.endsWith(':w') ? 'write' : 'read', after: bare.slice(word.length) }));
}

/** A word that can only be meant as a path; `@scope/package` and `@name` need not be. */
const isSurelyPath = (word: string): boolean => /^(?:\.{0,2}|~)\//u.test(word) || /:w[,;:!?)}\]>.]*$/u.test(word);

export interface PromptPaths {
  /** With the paths written out in full, and `\@` as a mere `@`. */
  readonly prompt: string;
  readonly paths: readonly ContextPath[];
}

/**
 * The files and folders that a prompt names: `@path` for reading, `@path:w` for writing when the answer is presented, `@"with spaces"`.
 * A name that is nowhere is left as it is, where it may be something else; throws `usage-invalid` where it may not.
 */
export function readPromptPaths(prompt: string, base: string): PromptPaths {
  const paths = new Map<string, ContextPath>();
  const missing: string[] = [];
  const text = prompt.replace(REFERENCE, (whole, escape: string, double: string | undefined, single: string | undefined, bare: string | undefined, suffix: string | undefined) => {
    if (escape !== '') return whole.slice(1);
    const quoted = double ?? single;
    const found = readings(quoted, `${bare ?? ''}${quoted === undefined ? (suffix ?? '') : ''}`, suffix).find(({ path }) => path !== '' && existsSync(expandContext(path, base)));
    if (found === undefined) {
      if (quoted !== undefined || isSurelyPath(whole.slice(1))) missing.push(quoted ?? bare ?? '');
      return whole;
    }
    const path = expandContext(found.path, base);
    const permission = paths.get(path)?.permission === 'write' ? 'write' : found.permission;
    paths.set(path, { path, permission, protectedPaths: [] });
    return `${path}${found.after}`;
  });
  if (missing.length > 0) throw new MassgenError('usage-invalid', `the prompt names ${missing.map((each) => `@${each}`).join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not there; correct the path, or write \\@ for a mere @`);
  return { prompt: text, paths: [...paths.values()] };
}
