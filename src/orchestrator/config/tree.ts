import type { Path } from './path.js';

const heaviest = 4_000_000;
// About 20 000 values: a team of fifty has a thousand.
const nodeWeight = 200;
const deepest = 100;

/** What a value weighs when everything shared is written out; `undefined` when it contains itself or is too deep. */
function weigh(value: unknown, known: Map<object, number | undefined>, depth: number): number | undefined {
  if (typeof value === 'string') return nodeWeight + value.length;
  if (typeof value !== 'object' || value === null) return nodeWeight;
  if (known.has(value)) return known.get(value);
  if (depth > deepest) return undefined;
  known.set(value, undefined);
  let sum = nodeWeight;
  for (const [key, child] of Object.entries(value)) {
    const weight = weigh(child, known, depth + 1);
    if (weight === undefined) return undefined;
    sum += key.length + weight;
  }
  known.set(value, sum);
  return sum;
}

const tooMuch = (weight: number | undefined): boolean => weight === undefined || weight > heaviest;

/** Why a value cannot be written out as a tree of reasonable size, if it cannot, and the key that is to blame. Shared parts count once for each use. */
export function whyNotTree(value: unknown): { readonly path: Path; readonly message: string; readonly suggestion?: string } | undefined {
  const weight = weigh(value, new Map(), 0);
  if (!tooMuch(weight) || typeof value !== 'object' || value === null) return undefined;
  const guilty = Array.isArray(value) ? undefined : Object.entries(value).find(([, child]) => tooMuch(weigh(child, new Map(), 1)))?.[0];
  const path = guilty === undefined ? [] : [guilty];
  if (weight === undefined) return { path, message: 'an anchor refers to something that contains it, or lists and maps are more than 100 deep' };
  return { path, message: 'there is too much in it: more than 20 000 values, or 4 MB of text, once anchors are written out', suggestion: 'refer to fewer anchors' };
}
