export type Right = 'none' | 'read' | 'write';

/** A place that an agent may use. Everything outside such places is closed to it. */
export interface Root {
  readonly kind: 'workspace' | 'peers' | 'previous' | 'results' | 'context';
  /** Absolute, without links; a folder, or a file that stands for itself only. */
  readonly path: string;
  /** The same place as somebody wrote it, where that leads through links. */
  readonly writtenAs?: string;
  /** `deliver`: read, and write for an agent that is delivering. */
  readonly right: 'read' | 'write' | 'deliver';
  /** Absolute paths inside it that nobody writes to, nor to anything below them. */
  readonly protectedPaths?: readonly string[];
  /** What it is, in the user's words. */
  readonly description?: string;
}

/** What the run itself keeps; an agent that could read it would see who its peers are. */
const OURS = ['.massgen', '.massgen-workspace'];
const SECRETS = ['.env'];
/** In the user's own folders these are somebody else's work. */
const NOT_TO_WRITE = ['.git', 'node_modules', '__pycache__', '.venv', 'venv', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.ds_store', 'massgen_logs'];

/** How a file system that minds neither case nor the form of accents would compare it. */
const fold = (text: string): string => text.normalize('NFC').toLowerCase();

/** Whether a folder of this name is made by tools, and written by nobody else. */
export const isMadeByTools = (name: string): boolean => NOT_TO_WRITE.includes(fold(name));

/** The places below which something may have another right than what is around it, and whether a name may: all else has the right of its folder. */
export function rulesOf(roots: readonly Root[]): (path: string, name: string) => boolean {
  const names = new Set([...OURS, ...SECRETS, ...NOT_TO_WRITE]);
  const places = new Set(roots.flatMap((root) => [root.path, ...(root.protectedPaths ?? [])]).map(fold));
  return (path, name) => names.has(fold(name)) || places.has(fold(path));
}

/** Whether `path` is `place` or below it. */
function isWithin(place: string, path: string): boolean {
  return path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`);
}

function limitOf(root: Root, below: string): Right {
  const names = fold(below).split('/');
  if (names.some((name) => OURS.includes(name))) return 'none';
  if (root.kind !== 'context') return 'write';
  if (names.some((name) => SECRETS.includes(name))) return 'none';
  return names.some((name) => NOT_TO_WRITE.includes(name)) ? 'read' : 'write';
}

const lesser = (one: Right, other: Right): Right => (one === 'none' || other === 'none' ? 'none' : one === 'read' || other === 'read' ? 'read' : 'write');
const strength = { read: 0, deliver: 1, write: 2 } as const;

/** The root that decides about a path: the deepest around it, and of several names for one place the one that allows most. */
export function rootOf(roots: readonly Root[], path: string): { readonly root: Root; readonly at: string } | undefined {
  const around = roots.flatMap((root) => [root.path, ...(root.writtenAs === undefined ? [] : [root.writtenAs])].filter((at) => isWithin(at, path)).map((at) => ({ root, at })));
  return around.sort((one, other) => other.at.length - one.at.length || strength[other.root.right] - strength[one.root.right])[0];
}

/** What may be done at an absolute path without links. The most specific rule wins; of two that are as specific, protection. */
export function rightAt(roots: readonly Root[], path: string, delivering: boolean): Right {
  const found = rootOf(roots, path);
  if (found === undefined) return 'none';
  const { root, at } = found;
  const granted = root.right === 'write' || (root.right === 'deliver' && delivering) ? 'write' : 'read';
  const shields = roots.flatMap(({ protectedPaths = [] }) => protectedPaths).filter((shield) => shield.length >= at.length && isWithin(fold(shield), fold(path)));
  return lesser(lesser(granted, shields.length > 0 ? 'read' : 'write'), limitOf(root, path.slice(at.length + 1)));
}

/** Whether something below `path` has rules of its own, so that moving or removing the whole would break them. */
export function holdsRules(roots: readonly Root[], path: string): boolean {
  const places = roots.flatMap((root) => [root.path, ...(root.writtenAs === undefined ? [] : [root.writtenAs]), ...(root.protectedPaths ?? [])]);
  return places.some((place) => isWithin(fold(path), fold(place)));
}
