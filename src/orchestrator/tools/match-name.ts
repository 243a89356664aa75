import type { Tool } from './contract.js';

/** Whether a name is what a glob says: `*` is any run of characters, `?` any one. In time that grows with the product of the lengths, whatever is written. */
export function matchesGlob(glob: string, name: string): boolean {
  let [at, from, star, held] = [0, 0, -1, 0];
  while (from < name.length) {
    if (at < glob.length && glob[at] !== '*' && (glob[at] === '?' || glob[at] === name[from])) {
      at += 1;
      from += 1;
    } else if (glob[at] === '*') {
      star = at;
      held = from;
      at += 1;
    } else if (star >= 0) {
      at = star + 1;
      held += 1;
      from = held;
    } else return false;
  }
  while (glob[at] === '*') at += 1;
  return at === glob.length;
}

const WHOLE_SERVER = /^mcp__(?:(?!__)[^*?])+$/u;

/**
 * Whether a tool is meant by what a list of the configuration says: its name, one of its aliases, a glob over them,
 * several of these with `|` between them, or `mcp__server` for all tools of a server.
 */
export function matchesTool(written: string, tool: Pick<Tool, 'name' | 'aliases'>): boolean {
  return written.split('|').some((each) => {
    const glob = each.trim();
    if (glob === '') return false;
    if (WHOLE_SERVER.test(glob) && tool.name.startsWith(`${glob}__`)) return true;
    return matchesGlob(glob, tool.name) || tool.aliases.some((alias) => matchesGlob(glob, alias));
  });
}

/** Whether any of a list means the tool. */
export const matchesAny = (list: readonly string[], tool: Pick<Tool, 'name' | 'aliases'>): boolean => list.some((written) => matchesTool(written, tool));
