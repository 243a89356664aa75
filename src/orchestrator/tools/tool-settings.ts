import type { ToolboxSettings } from './toolbox/settings.js';
import { textsOf, type JsonMap } from '../json-map.js';

/** Which of an agent's tools there are, by its backend block: every list given holds, and what is left out goes before what is let in. */
export function readToolFilters(backend: JsonMap): Pick<ToolboxSettings, 'allowed' | 'denied'> {
  const { allowed_tools: allowed, exclude_tools: excluded, disallowed_tools: disallowed } = backend;
  return { allowed: Array.isArray(allowed) ? [textsOf(allowed)] : [], denied: [...textsOf(excluded), ...textsOf(disallowed)] };
}

/** How many tools of the agent run at once, by its backend block; undefined for the usual number. */
export function readParallelTools({ concurrent_tool_execution: atOnce, max_concurrent_tools: most }: JsonMap): number | undefined {
  if (atOnce === false) return 1;
  return typeof most === 'number' && most >= 1 ? Math.floor(most) : undefined;
}
