import { distance } from 'fastest-levenshtein';

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

// Names are short; a long one is somebody's text, not a slip of the fingers.
const longest = 100;

/** The candidates that a misspelt name most likely means, best first. */
export function nearest(name: string, candidates: readonly string[], count = 1): readonly string[] {
  if (name.length > longest) return [];
  const wanted = plain(name);
  const tolerance = Math.max(1, Math.ceil(wanted.length * 0.4));
  const close = candidates
    .map((candidate) => ({ candidate, far: distance(wanted, plain(candidate)) }))
    .filter(({ far }) => far <= tolerance)
    .sort((a, b) => a.far - b.far);
  if (close.length > 0) return close.slice(0, count).map(({ candidate }) => candidate);
  const containing = wanted.length < 3 ? [] : candidates.filter((candidate) => candidate.toLowerCase().split(/[^a-z0-9]+/).includes(wanted));
  return containing.length <= count ? containing : [];
}

/** The candidates that resemble a name most, however little that is; the last part of a path may stand for all of it. */
export function closest(name: string, candidates: readonly string[], count: number): readonly string[] {
  const wanted = plain(name.slice(0, longest));
  // What contains the whole name, such as a folder of that name, comes before what only looks like it.
  const other = 1000;
  const farFrom = (text: string): number => distance(wanted, plain(text)) + (wanted !== '' && plain(text).includes(wanted) ? 0 : other);
  const far = (candidate: string): number => Math.min(farFrom(candidate), farFrom(candidate.split('/').at(-1) ?? candidate));
  return candidates
    .map((candidate) => ({ candidate, far: far(candidate) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Vendors by names that are not those of their backends. */
const vendors: Readonly<Record<string, string>> = { anthropic: 'claude', google: 'gemini', vertex: 'gemini', xai: 'grok', azure: 'azure_openai', alibaba: 'qwen', dashscope: 'qwen', zhipu: 'zai', codex: 'openai', gpt: 'openai' };

/** The same for a backend, which may be called by its vendor's name. */
export function didYouMeanBackend(name: string, known: readonly string[]): string | undefined {
  const vendor = plain(name.slice(0, longest));
  const type = Object.hasOwn(vendors, vendor) ? vendors[vendor] : undefined;
  return type !== undefined && known.includes(type) ? `did you mean ${JSON.stringify(type)}?` : didYouMean(name, known);
}

/** `did you mean "openai"?`, or nothing. */
export function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const [best] = nearest(name, candidates);
  return best === undefined ? undefined : `did you mean ${JSON.stringify(best)}?`;
}
