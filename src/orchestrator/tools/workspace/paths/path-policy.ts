import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AccessDenied, deny } from './access-denied.js';
import { readPath } from './read-path.js';
import { holdsRules, rightAt, type Right, type Root } from './rights.js';

/** Where a path leads once every link on the way is followed. What is at it may be gone a moment later: open it with `confined`. */
export interface Place {
  /** Absolute, without links; of something new, the part that exists is. */
  readonly path: string;
  /** As the agent wrote it, for what it is told. */
  readonly shown: string;
}

/** The one judge of what an agent may do with which path. */
export interface PathPolicy {
  readonly roots: readonly Root[];
  /** Throws AccessDenied, or what the file system says. */
  readonly place: (text: string, wanted: 'read' | 'write', delivering: boolean) => Promise<Place>;
  /** What may be done at a path that has no links on its way. */
  readonly rightAt: (real: string, delivering: boolean) => Right;
  /** Whether moving or removing the whole would break a rule about something in it. */
  readonly holdsRules: (real: string) => boolean;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

async function exists(at: string): Promise<boolean> {
  try {
    await lstat(at);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The path without links, of which a last part need not exist. A link to nowhere leads nowhere. */
async function follow(absolute: string): Promise<string> {
  try {
    return await realpath(absolute);
  } catch (error) {
    if (codeOf(error) === 'ELOOP') deny('the path leads round in circles');
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  if (await exists(absolute)) deny('the path is a link to nowhere');
  return path.join(await follow(path.dirname(absolute)), path.basename(absolute));
}

const order = { none: 0, read: 1, write: 2 } as const;

/** Why not, in words that help the agent. Names no place that it does not know of. */
function whyNot(roots: readonly Root[], right: Right, wanted: 'read' | 'write', absolute: string, shown: string): string {
  if (right === 'none') return `${shown} is outside the folders that you may use: ${roots.map((root) => root.path).join(', ')}`;
  const later = wanted === 'write' && rightAt(roots, absolute, true) === 'write';
  return later ? `${shown} can be written only while the final answer is presented; until then work in your workspace` : `${shown} is read-only`;
}

/** `base` is where relative paths start. Roots have their paths already without links. */
export function createPathPolicy(roots: readonly Root[], base: string): PathPolicy {
  const place = async (text: string, wanted: 'read' | 'write', delivering: boolean): Promise<Place> => {
    const absolute = readPath(text, base);
    // Asked by name first, so that nothing outside is even looked at.
    const byName = rightAt(roots, absolute, delivering);
    if (order[byName] < order[wanted]) deny(whyNot(roots, byName, wanted, absolute, text));
    let real: string;
    try {
      real = await follow(absolute);
    } catch (error) {
      if (error instanceof AccessDenied) deny(`${text}: ${error.message.replace('Access denied - ', '')}`);
      throw error;
    }
    const right = rightAt(roots, real, delivering);
    if (right === 'none') deny(`${text} is a link to a place outside the folders that you may use`);
    if (order[right] < order[wanted]) deny(whyNot(roots, right, wanted, real, text));
    return { path: real, shown: text };
  };
  return { roots, place, rightAt: (real, delivering) => rightAt(roots, real, delivering), holdsRules: (real) => holdsRules(roots, real) };
}
