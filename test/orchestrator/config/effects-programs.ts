import { expect } from '@jest/globals';
import { agentsOf } from '../../../src/backends/wires/ag2/agents-config.js';
import { queryOptions } from '../../../src/backends/wires/claude-code/options.js';
import { createBackend } from '../../../src/backends/create.js';
import { resolveBackend } from '../../../src/backends/resolve.js';
import type { BackendConfig } from '../../../src/backends/spec.js';
import { needOf } from '../../../src/backends/wires/local/lm-studio.js';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';
import { collect, requestOf } from '../../support/backend-collect.js';

/** The block as a run has it, once it is checked. */
function block(given: Readonly<Record<string, unknown>>): BackendConfig {
  const { config, issues } = checkConfig({ agents: [{ id: 'a', backend: given }] }, {});
  expect(issues).toEqual([]);
  return planRun(config!).agents[0]!.backend;
}

function options(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { endpoint } = resolveBackend(block({ type: 'claude_code', ...more }), {}, 'a');
  return queryOptions({ ...endpoint, fetch }, requestOf(), { cwd: '/work', config: '/config' });
}

/** What LM Studio would need a yes for. */
async function needed(more: Readonly<Record<string, unknown>>, fetching: typeof fetch = fetch): Promise<string | undefined> {
  const { endpoint } = resolveBackend(block({ type: 'lmstudio', ...more }), { PATH: '/nowhere', HOME: '/nowhere' }, 'a');
  return (await needOf({ ...endpoint, fetch: fetching }, new AbortController().signal))?.key;
}

const llm_config = { api_type: 'ollama', model: 'm' };

/** Keys of backends that run a program, each with a look at what it changes there. */
export const programKeys: Readonly<Record<string, () => void | Promise<void>>> = {
  'agents[].backend.system_prompt': () => expect(options({ system_prompt: 'Mine.' })).toMatchObject({ systemPrompt: 'Mine.\n\nYou are one of several agents.' }),
  'agents[].backend.append_system_prompt': () => expect(options({ append_system_prompt: 'Mine.' })).toMatchObject({ systemPrompt: 'You are one of several agents.\n\nMine.' }),
  'agents[].backend.use_default_prompt': () => expect(options({ use_default_prompt: true })).toMatchObject({ systemPrompt: { preset: 'claude_code', append: 'You are one of several agents.' } }),
  'agents[].backend.permission_mode': () => {
    expect(options({})).toMatchObject({ permissionMode: 'acceptEdits' });
    expect(options({ permission_mode: 'bypassPermissions' })).toMatchObject({ permissionMode: 'bypassPermissions', allowDangerouslySkipPermissions: true });
  },
  'agents[].backend.max_thinking_tokens': () => expect([options({})['maxThinkingTokens'], options({ max_thinking_tokens: 9 })['maxThinkingTokens']]).toEqual([8000, 9]),
  'agents[].backend.auto_install': async () => expect([await needed({ model: 'm', port: 9 }), await needed({ model: 'm', port: 9, auto_install: true })]).toEqual(['auto_install', undefined]),
  'agents[].backend.auto_download': async () => {
    const listing = (): Promise<Response> => Promise.resolve(Response.json({ data: [{ id: 'other' }] }));
    expect([await needed({ model: 'm' }, listing), await needed({ model: 'm', auto_download: true }, listing)]).toEqual(['auto_download', undefined]);
  },
  'agents[].backend.agent_config': () => expect(agentsOf({ config: block({ type: 'ag2', agent_config: { llm_config } }), agent: 'a' })).toEqual({ agent_config: { llm_config } }),
  'agents[].backend.group_config': () => expect(agentsOf({ config: block({ type: 'ag2', group_config: { llm_config, agents: [{ name: 'x' }] } }), agent: 'a' })).toEqual({ group_config: { llm_config, agents: [{ name: 'x' }] } }),
  'agents[].backend.python': async () => {
    const events = await collect(createBackend(block({ type: 'ag2', python: '/no/such/python', agent_config: { llm_config } }), { env: {} }));
    expect(JSON.stringify(events)).toContain('/no/such/python');
  },
};
