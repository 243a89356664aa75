import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MassgenError } from '../../../errors.js';
import type { Environment } from '../../spec.js';

/** As much of Anthropic's Agent SDK as is used (https://platform.claude.com/docs/en/agent-sdk/typescript). */
export interface AgentSdk {
  query(params: { readonly prompt: AsyncIterable<unknown>; readonly options: Readonly<Record<string, unknown>> }): AsyncIterable<unknown>;
}

export const AGENT_SDK = '@anthropic-ai/claude-agent-sdk';
export const AGENT_SDK_INSTALL = `npm install -g ${AGENT_SDK}`;

/** Where the package is: in the folder that MASSGEN_CLAUDE_AGENT_SDK names, else beside massgen itself; undefined when it is not installed. */
export function findAgentSdk(env: Environment): string | undefined {
  const folder = env['MASSGEN_CLAUDE_AGENT_SDK']?.trim();
  try {
    if (folder) return createRequire(path.join(path.resolve(folder), 'package.json')).resolve(AGENT_SDK);
    return createRequire(import.meta.url).resolve(AGENT_SDK);
  } catch {
    return undefined;
  }
}

/** What loads the package, which is large and under terms of its own, and so is for the user to install. Throws `backend-unsupported` with the line that does. */
export function agentSdkLoader(env: Environment, agent: string): () => Promise<AgentSdk> {
  const entry = findAgentSdk(env);
  if (entry === undefined) {
    const elsewhere = 'or set MASSGEN_CLAUDE_AGENT_SDK to the folder of a project that has it';
    throw new MassgenError('backend-unsupported', `agent ${agent}: claude_code needs Anthropic's Agent SDK, which is not installed; install it with: ${AGENT_SDK_INSTALL} (beside a massgen that is installed in a project, without -g), ${elsewhere}`);
  }
  return async () => (await import(pathToFileURL(entry).href)) as AgentSdk;
}
