import path from 'node:path';
import type { BackendRequest } from '../../contract.js';
import type { Endpoint } from '../../spec.js';
import { childEnvironment } from '../process/child-environment.js';
import { systemText } from './conversation.js';
import { mcpServers, toolRules } from './tool-rules.js';
import { WORKFLOW_PREFIX, WORKFLOW_SERVER, workflowServer } from './workflow-server.js';

const THINKING_TOKENS = 8000;
/** Of its own, before the call is given up; the team asks again after that. */
const RETRIES = '2';

/** Folders of one call. */
export interface AgentFolders {
  /** Where the agent works. */
  readonly cwd: string;
  /** A configuration that nobody has, for an agent with a key of its own. */
  readonly config: string;
}

/** The options of the SDK's `query` (https://platform.claude.com/docs/en/agent-sdk/typescript#options) for one call. */
export function queryOptions(endpoint: Endpoint, request: BackendRequest, folders: AgentFolders): Readonly<Record<string, unknown>> {
  const { config, model } = endpoint;
  const offered = request.toolChoice === 'none' ? [] : request.tools;
  const mode = config.permission_mode ?? 'acceptEdits';
  const rules = toolRules(config, offered);
  return {
    model,
    cwd: folders.cwd,
    env: environmentOf(endpoint, request, folders),
    ...rules,
    ...(config.allowed_tools === undefined ? {} : { hooks: { PreToolUse: [{ hooks: [onlyListed(rules.allowedTools)] }] } }),
    permissionMode: mode,
    ...(mode === 'bypassPermissions' ? { allowDangerouslySkipPermissions: true } : {}),
    maxThinkingTokens: config.max_thinking_tokens ?? THINKING_TOKENS,
    ...(config.reasoning?.effort === undefined ? {} : { effort: config.reasoning.effort }),
    systemPrompt: systemPrompt(endpoint, request),
    mcpServers: { ...mcpServers(config.mcp_servers, folders.cwd), ...(offered.length > 0 ? { [WORKFLOW_SERVER]: workflowServer(offered) } : {}) },
    // Not on the command line, which everybody on the machine can read.
    mcpServersDelivery: 'initialize',
    strictMcpConfig: true,
    // Nothing of what the user has told their own Claude Code.
    settingSources: [],
    persistSession: false,
    includePartialMessages: true,
    // Peers' answers are in the prompt: a file that one of them names is not read for it.
    verbatimPrompts: true,
  };
}

/** `system_prompt` stands before the instructions of the call, `append_system_prompt` behind; all behind Claude Code's own where that is kept. */
function systemPrompt({ config }: Endpoint, { messages }: BackendRequest): unknown {
  const told = [config.system_prompt, systemText(messages), config.append_system_prompt].filter((part) => part !== undefined && part.trim() !== '').join('\n\n');
  return config.use_default_prompt === true ? { type: 'preset', preset: 'claude_code', append: told } : told;
}

/** A key goes with a configuration of its own, so that neither a login nor another agent's key takes its place; without one the login stands, at the vendor's address only. */
function environmentOf({ env, apiKey, ownHost, baseUrl, config }: Endpoint, { sampling }: BackendRequest, folders: AgentFolders): Record<string, string> {
  const key = apiKey ?? (ownHost ? undefined : 'none');
  const most = sampling?.max_tokens ?? config.max_tokens;
  return childEnvironment(env, {
    ...(key === undefined
      ? { CLAUDE_CONFIG_DIR: env['CLAUDE_CONFIG_DIR'], CLAUDE_CODE_OAUTH_TOKEN: env['CLAUDE_CODE_OAUTH_TOKEN'] }
      : { ANTHROPIC_API_KEY: key, CLAUDE_CONFIG_DIR: folders.config }),
    ...(ownHost && baseUrl === 'https://api.anthropic.com' ? {} : { ANTHROPIC_BASE_URL: baseUrl.replace(/\/v1$/, '') }),
    ...(most === undefined ? {} : { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(most) }),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: RETRIES,
    CLAUDE_AGENT_SDK_CLIENT_APP: 'massgen',
    ENABLE_TOOL_SEARCH: 'false',
    // TodoWrite, which is documented, instead of what newer ones have in its place.
    CLAUDE_CODE_ENABLE_TASKS: '0',
  });
}

/** `allowed_tools` names all there are, also where nothing needs a permission. */
const onlyListed =
  (rules: readonly string[]) =>
  (input: unknown): Promise<unknown> => {
    const tool = typeof input === 'object' && input !== null && 'tool_name' in input ? String(input.tool_name) : '';
    const listed = tool.startsWith(WORKFLOW_PREFIX) || rules.some((rule) => rule.replace(/\(.*$/s, '') === tool || tool.startsWith(`${rule}__`));
    if (listed) return Promise.resolve({});
    return Promise.resolve({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: `${tool} is not among allowed_tools` } });
  };

/** The configured folder, seen from where massgen was started. */
export const workingFolder = (cwd: string | undefined): string | undefined => (cwd === undefined || cwd.trim() === '' ? undefined : path.resolve(cwd));
