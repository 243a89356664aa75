import { toolProfileOf } from '../../agents/tool-profiles.js';

/** `server__tool` of an MCP server, as agent files write it. */
const fullName = (name: string): readonly string[] => (/^(?!mcp__)[^_].*?__/u.test(name) ? [name, `mcp__${name}`] : [name]);

/**
 * The only tools an agent may have, by its key `tools`: the name of a profile, names, globs, or a list of these;
 * undefined where nothing is said, so that it has all that are configured.
 */
export function readToolChoice(written: unknown): readonly string[] | undefined {
  if (written === undefined || written === null) return undefined;
  const names = (Array.isArray(written) ? written : [written]).filter((each): each is string => typeof each === 'string');
  return [...new Set(names.flatMap((name) => toolProfileOf(name)?.tools ?? [name]).flatMap(fullName))];
}
