import path from 'node:path';
import { openAgentRegistry, type AgentRegistry } from '../../src/compose/agent-registry.js';
import { folderWith } from '../orchestrator/config/temporary-folder.js';

/** The text of an agent's file. */
export const agentFile = (name: string, more = ''): string => `agent:\n  id: ${name}\n  system_message: I am ${name}.\n${more}`;

/** A project folder, a home, and the registry of both. */
export interface World {
  readonly cwd: string;
  readonly home: string;
  readonly project: string;
  readonly user: string;
  readonly registry: AgentRegistry;
}

/** Files below `work/` are the project's, below `home/` the user's. */
export function world(files: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}): World {
  const root = folderWith({ 'work/.keep': '', 'home/.keep': '', ...files });
  const [cwd, home] = [path.join(root, 'work'), path.join(root, 'home')];
  return { cwd, home, project: path.join(cwd, '.massgen/agents'), user: path.join(home, '.config/massgen/agents'), registry: openAgentRegistry({ cwd, home, env }) };
}
