import type { Tool, ToolContext, ToolOutcome } from '../contract.js';
import { matchesAny } from '../match-name.js';
import { plainLine } from '../plain-text.js';
import { readResult } from './read-result.js';
import type { ListedTool } from './read-tool.js';
import type { McpServer } from './server.js';

const PROGRESS_PAUSE_MS = 250;

/** Progress for people: on one line, and not more often than one can read. */
export function paced(progress: ToolContext['progress']): (message: string) => void {
  let last = -Infinity;
  return (message) => {
    const now = performance.now();
    if (now - last < PROGRESS_PAUSE_MS) return;
    last = now;
    progress(plainLine(message, 200));
  };
}

function toTool(server: McpServer, { wireName, name, description, parameters, effects, repeatable }: ListedTool): Tool {
  const { callMs } = server.settings;
  const limit = callMs === undefined ? {} : { timeoutMs: callMs };
  return {
    name: `mcp__${server.name}__${name}`,
    aliases: [name],
    description,
    parameters,
    effects,
    ...limit,
    run: (args, context) => {
      const { signal, progress } = context;
      const call = (): Promise<ToolOutcome> => server.request('tools/call', { name: wireName, arguments: args }, { signal, isOwn: true, ...limit, onProgress: paced(progress), repeatable }).then(readResult);
      return server.sampler === undefined ? call() : server.sampler.during(context, call);
    },
  };
}

/** A list of the server's own that leaves nothing is a mistake: a name that is misspelt, or that it has not any more. */
export function listNotes(server: McpServer): readonly string[] {
  const { name, settings: { allowed = [] } } = server;
  const count = server.tools().length;
  if (allowed.length === 0 || count === 0 || toolsOf(server).length > 0) return [];
  return [`The MCP server ${name}: of its tools (${String(count)}) none is left by its lists (allowed_tools: ${plainLine(allowed.join(', '), 300)}).`];
}

/** The tools of a server that its own lists leave. */
export function toolsOf(server: McpServer): readonly Tool[] {
  const { allowed, denied } = server.settings;
  return server
    .tools()
    .map((tool) => toTool(server, tool))
    .filter((tool) => (allowed === undefined || matchesAny(allowed, tool)) && !matchesAny(denied, tool));
}
