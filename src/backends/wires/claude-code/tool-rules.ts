import type { ToolSpec } from '../../contract.js';
import type { BackendConfig } from '../../spec.js';
import { isObject, stringOf, type Json } from '../json.js';
import { WORKFLOW_PREFIX, WORKFLOW_SERVER } from './workflow-server.js';

/** The agent's own tools. */
const NATIVE = ['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'TodoWrite', 'NotebookEdit', 'WebSearch', 'WebFetch'] as const;
/** There on demand only: they start more agents, or wait for people. */
const ON_DEMAND = ['Task', 'Agent', 'Skill', 'BashOutput', 'KillShell', 'MultiEdit', 'LS', 'NotebookRead', 'ExitPlanMode', 'AskUserQuestion'] as const;

const DISALLOWED: readonly string[] = ['Bash(rm*)', 'Bash(sudo*)', 'Bash(su*)', 'Bash(chmod*)', 'Bash(chown*)'];

/** `Bash` of `Bash(rm*)`. */
const bare = (rule: string): string => rule.replace(/\(.*$/s, '');

const isNative = (rule: string): boolean => [...NATIVE, ...ON_DEMAND].some((name) => name === bare(rule));

/** The agent's folder in the place of `${cwd}`, in what starts a server. */
function placed(server: Json, folder: string): Json {
  const put = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll('${cwd}', folder);
    if (Array.isArray(value)) return value.map(put);
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, put(each)])) : value;
  };
  return Object.fromEntries(Object.entries(server).map(([key, value]) => [key, ['args', 'env', 'cwd'].includes(key) ? put(value) : value]));
}

/** MCP servers by name, as the SDK wants them, from a list with names or a map. `folder` is where the agent works. */
export function mcpServers(written: unknown, folder = '${cwd}'): Readonly<Record<string, Json>> {
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(written) ? written.map((server: unknown) => [isObject(server) ? stringOf(server['name']) : '', server]) : Object.entries(isObject(written) ? written : {});
  return Object.fromEntries(
    entries.flatMap(([name, server]): readonly (readonly [string, Json])[] => {
      if (name === '' || name === WORKFLOW_SERVER || !isObject(server)) return [];
      const { type } = server;
      const kind = type === 'streamable-http' || type === 'streamable_http' ? 'http' : type;
      return [[name, placed(Object.fromEntries(Object.entries({ ...server, type: kind }).filter(([key, value]) => key !== 'name' && value !== undefined)), folder)]];
    }),
  );
}

/** Names as the agent knows them: a bare name that is none of its own is a tool of any of the MCP servers. */
const known = (rules: readonly string[], servers: readonly string[]): readonly string[] =>
  rules.flatMap((rule) => (isNative(rule) || rule.startsWith('mcp__') ? [rule] : [rule, ...servers.map((server) => `mcp__${server}__${rule}`)]));

export interface ToolRules {
  /** Its own tools that are there at all. */
  readonly tools: readonly string[];
  /** Used unasked. */
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
}

/** What a configuration allows. Without a list all of the agent's own tools are there, and those of its MCP servers may be used unasked. */
export function toolRules({ allowed_tools: allowed, disallowed_tools: disallowed, exclude_tools: excluded = [], mcp_servers: written }: BackendConfig, workflow: readonly ToolSpec[]): ToolRules {
  const servers = Object.keys(mcpServers(written));
  const listed = allowed === undefined ? servers.map((server) => `mcp__${server}`) : known(allowed, servers);
  return {
    tools: allowed === undefined ? NATIVE : [...new Set(allowed.filter(isNative).map(bare))],
    allowedTools: [...workflow.map(({ name }) => WORKFLOW_PREFIX + name), ...listed],
    disallowedTools: known([...(disallowed ?? DISALLOWED), ...excluded], servers),
  };
}
