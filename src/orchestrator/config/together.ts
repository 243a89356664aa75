import type { Finding } from './issue.js';

const nameOf = ({ path, message }: Finding): string => `${path.filter((part) => typeof part === 'string').join('.')}: ${message}`;

/** The same remark on the same key of several agents becomes one, at the first place. */
export function together(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, { readonly first: Finding; count: number }>();
  for (const finding of findings) {
    const name = nameOf(finding);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { first: finding, count: 1 });
    else group.count += 1;
  }
  return [...groups.values()].map(({ first, count }) => (count === 1 ? first : { ...first, message: `${first.message} (here and in ${count - 1} more ${count === 2 ? 'place' : 'places'})` }));
}
