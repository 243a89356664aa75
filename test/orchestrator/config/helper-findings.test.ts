import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { formatIssue } from '../../../src/orchestrator/config/issue.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';

const openai = { type: 'openai', model: 'gpt-5' };

function check(helpers: readonly unknown[], env: Record<string, string> = {}) {
  return checkConfig({ agents: [{ id: 'lead', backend: openai, subagent_agents: helpers }, { id: 'second', backend: openai }] }, env);
}

const said = (helpers: readonly unknown[], env: Record<string, string> = {}): readonly string[] => check(helpers, env).issues.map((issue) => `${issue.severity} ${formatIssue(issue)}`);

const nested = (depth: number): object => ({ id: `d${depth}`, backend: openai, ...(depth === 1 ? {} : { subagent_agents: [nested(depth - 1)] }) });

describe('agents that another one may ask', () => {
  it('are judged by the same schema as the team', () => {
    const [type, key, prompt, heat] = said([{ id: 'h', system_mesage: 'x', backend: { type: 'opnai' } }, { id: 'i', system_prompt: 'x', backend: { ...openai, temperature: 'hot' } }]).toSorted();
    expect(type).toBe('error agents[0].subagent_agents[0].backend.type: unknown backend "opnai"; did you mean "openai"?');
    expect(key).toBe('error agents[0].subagent_agents[1].backend.temperature: must be a number, not the text "hot"');
    expect(prompt).toBe('error agents[0].subagent_agents[1].system_prompt: means nothing here; write it as "system_message"');
    expect(heat).toBe('warning agents[0].subagent_agents[0].system_mesage: unknown key "system_mesage"; did you mean "system_message"?');
  });

  it('have what their backend needs, and keys that mean something to it', () => {
    expect(said([{ id: 'h', backend: { type: 'chatcompletion', model: 'm' } }, { id: 'i', backend: { ...openai, betas: ['x'] } }])).toEqual([
      'error agents[0].subagent_agents[0].backend: the backend chatcompletion needs base_url; add "base_url: …"',
      'warning agents[0].subagent_agents[1].backend.betas: has no effect with the backend openai; leave it out',
    ]);
  });

  it('have tools that can be', () => {
    expect(said([{ id: 'h', backend: { ...openai, mcp_servers: { search: {} } } }])[0]).toContain('subagent_agents[0].backend.mcp_servers');
  });

  it('take numbers from variables, and extra_args', () => {
    const { config } = check([{ id: 'h', backend: { ...openai, max_tokens: '${LIMIT}', extra_args: { a: 1 } } }], { LIMIT: '300' });
    expect(planRun(config!).agents[0]!.helpers![0]!.agent.backend).toEqual({ ...openai, max_tokens: 300, extra_body: { a: 1 } });
  });

  it('are others of the team by their ids; who is not there is a warning with the nearest, and an error when strict', () => {
    expect(said(['second'])).toEqual([]);
    expect(said(['secnd'])).toEqual(['warning agents[0].subagent_agents[0]: there is no other agent "secnd" in the team, so it is left out; did you mean "second"?']);
    expect(said(['lead'])).toEqual(['warning agents[0].subagent_agents[0]: there is no other agent "lead" in the team, so it is left out; the others are "second"']);
    expect(checkConfig({ agents: [{ id: 'lead', backend: openai, subagent_agents: ['secnd'] }] }, {}, { strict: true }).config).toBeUndefined();
  });

  it('are there once, and ask others three deep at most', () => {
    expect(said(['second', { id: 'second', backend: openai }])).toEqual(['error agents[0].subagent_agents[1]: "second" is there twice']);
    expect(said([nested(3)])).toEqual([]);
    expect(said([nested(4)])[0]).toMatch(/^error agents\[0\](\.subagent_agents\[0\]){3}\.subagent_agents: means nothing here; agents ask agents 3 deep at most/);
  });
});
