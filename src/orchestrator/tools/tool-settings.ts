import type { ToolboxSettings } from './toolbox/settings.js';

type Block = Readonly<Record<string, unknown>>;

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);

/** Which of an agent's tools there are, by its backend block: every list given holds, and what is left out goes before what is let in. */
export function readToolFilters(backend: Block): Pick<ToolboxSettings, 'allowed' | 'denied'> {
  const { allowed_tools: allowed, exclude_tools: excluded, disallowed_tools: disallowed } = backend;
  return { allowed: Array.isArray(allowed) ? [strings(allowed)] : [], denied: [...strings(excluded), ...strings(disallowed)] };
}

/** How many tools of the agent run at once, by its backend block; undefined for the usual number. */
export function readParallelTools({ concurrent_tool_execution: atOnce, max_concurrent_tools: most }: Block): number | undefined {
  if (atOnce === false) return 1;
  return typeof most === 'number' && most >= 1 ? Math.floor(most) : undefined;
}
