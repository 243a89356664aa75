import { existsSync } from 'node:fs';
import path from 'node:path';
import { findAgentSdk } from '../../src/backends/wires/claude-code/agent-sdk.js';

const folder = process.env['MASSGEN_TEST_CLAUDE_SDK'] ?? path.resolve('.cache/claude-agent-sdk');

/** The environment that finds the Agent SDK, which is no dependency: .ci/run installs it into a folder of its own. */
export const agentSdkEnv: Readonly<Record<string, string>> = { MASSGEN_CLAUDE_AGENT_SDK: folder };

/** Why tests of the real Claude Code are skipped, for their names; undefined when they are not. */
export const agentSdkReason = existsSync(folder) && findAgentSdk(agentSdkEnv) !== undefined ? undefined : ' (skipped: no Agent SDK; npm install --prefix .cache/claude-agent-sdk @anthropic-ai/claude-agent-sdk)';
