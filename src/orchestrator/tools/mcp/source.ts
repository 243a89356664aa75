import type { ToolSource } from '../contract.js';
import type { McpDeps } from './deps.js';
import { helperTools } from './helper-tools.js';
import { inWorkspace } from './in-workspace.js';
import { createMcpServer } from './server.js';
import { listNotes, toolsOf } from './server-tools.js';
import type { McpServerSettings } from './settings.js';

/**
 * The tools of an agent's MCP servers, each in one session that stays open until `close`. Resolves when every server is
 * ready or has failed to be, at most the longest of their time limits later; never rejects. A server that fails costs
 * its tools: a note says so, and it is tried again.
 */
export async function openMcpSource(settings: readonly McpServerSettings[], deps: McpDeps, signal?: AbortSignal): Promise<ToolSource> {
  const listeners = new Set<() => void>();
  let isReady = false;
  const changed = (): void => {
    if (isReady) for (const listener of listeners) listener();
  };
  const servers = settings.map((each) => createMcpServer(inWorkspace(each, deps.workspace ?? deps.cwd), deps, changed));
  const close = async (): Promise<void> => {
    isReady = false;
    await Promise.all(servers.map((server) => server.close()));
  };
  const leave = (): void => void close();
  signal?.addEventListener('abort', leave, { once: true });
  await Promise.all(servers.map((server) => server.open()));
  signal?.removeEventListener('abort', leave);
  isReady = signal?.aborted !== true;
  return {
    tools: () => [...servers.flatMap(toolsOf), ...helperTools(servers)],
    notes: () => servers.flatMap((server) => [...server.notes(), ...listNotes(server)]),
    onChange: (listener) => void listeners.add(listener),
    close,
  };
}
