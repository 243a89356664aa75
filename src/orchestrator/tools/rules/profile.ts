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

/** What Claude Code calls the tools of our sets. */
const OF_CLAUDE_CODE: Readonly<Record<string, readonly string[]>> = {
  file_read: ['Read'],
  file_list: ['Glob', 'Grep'],
  file_write: ['Write', 'Edit'],
  shell_exec: ['Bash'],
  web_fetch: ['WebFetch'],
  web_search: ['WebSearch'],
};

/** The `allowed_tools` of a Claude Code agent that has these tools and no others: those of its own list among them, where it has one. Undefined for all. */
export function claudeCodeTools(choice: readonly string[] | undefined, allowed: unknown): readonly string[] | undefined {
  const own = Array.isArray(allowed) ? allowed.filter((each): each is string => typeof each === 'string') : undefined;
  if (choice === undefined || choice.includes('*')) return own;
  const names = choice.flatMap((name) => OF_CLAUDE_CODE[name] ?? [name]);
  return own === undefined ? names : own.filter((rule) => names.includes(rule.replace(/\(.*$/su, '')));
}
