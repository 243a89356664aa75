import path from 'node:path';
import { childEnvironment } from '../../src/backends/wires/process/child-environment.js';
import { endGroup, startGroup } from '../../src/backends/wires/process/process-group.js';
import type { Tool, ToolContext, ToolOutcome, ToolSource } from '../../src/orchestrator/tools/contract.js';
import type { McpDeps } from '../../src/orchestrator/tools/mcp/deps.js';
import { readMcpSettings } from '../../src/orchestrator/tools/mcp/settings.js';
import { openMcpSource } from '../../src/orchestrator/tools/mcp/source.js';

/** The entry of a package that is a server. */
export const serverOf = (name: string): string => path.resolve('node_modules/@modelcontextprotocol', `server-${name}`, 'dist/index.js');

export const mcpDeps = (more: Partial<McpDeps> = {}): McpDeps => ({
  processes: { start: startGroup, end: endGroup },
  environment: childEnvironment(process.env),
  cwd: process.cwd(),
  version: '0.0.0',
  ...more,
});

const opened: ToolSource[] = [];

/** A source out of a `mcp_servers` block; `closeSources` closes it. */
export async function sourceOf(servers: unknown, more: Partial<McpDeps> = {}): Promise<ToolSource> {
  const source = await openMcpSource(readMcpSettings({ mcp_servers: servers }), mcpDeps(more));
  opened.push(source);
  return source;
}

export async function closeSources(): Promise<void> {
  await Promise.all(opened.splice(0).map((source) => source.close()));
}

export function toolOf(source: ToolSource, name: string): Tool {
  const found = source.tools().find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`there is no ${name} among ${source.tools().map((tool) => tool.name).join(', ')}; ${source.notes().join(' ')}`);
  return found;
}

export function use(source: ToolSource, name: string, args: Readonly<Record<string, unknown>> = {}, more: Partial<ToolContext> = {}): Promise<ToolOutcome> {
  return toolOf(source, name).run(args, { agent: 'a', callId: 'c1', signal: new AbortController().signal, delivering: false, progress: () => undefined, spent: () => undefined, ...more });
}
