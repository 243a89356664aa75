import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { quickConfig, teamFromEnvironment } from '../../../src/orchestrator/config/quick.js';

describe('a team without a file', () => {
  it('is one agent for one model', () => {
    const given = quickConfig({ backend: 'openai', model: 'gpt-5-mini' });
    expect(given).toEqual({ agents: [{ id: 'agent_a', backend: { type: 'openai', model: 'gpt-5-mini' } }] });
    expect(checkConfig(given, {}).issues).toEqual([]);
  });

  it('is as many agents as are asked for', () => {
    const given = quickConfig({ backend: 'chatcompletion', model: 'm', baseUrl: 'http://h/v1', systemMessage: 'be brief', agents: 2 });
    expect(given).toEqual({
      agents: ['agent_a', 'agent_b'].map((id) => ({ id, backend: { type: 'chatcompletion', model: 'm', base_url: 'http://h/v1' }, system_message: 'be brief' })),
    });
  });

  it('has an id for each of a hundred agents', () => {
    const { agents } = quickConfig({ backend: 'openai', agents: 100 }) as { agents: { id: string }[] };
    expect(new Set(agents.map((agent) => agent.id)).size).toBe(100);
    expect([agents[25]?.id, agents[26]?.id, agents[99]?.id]).toEqual(['agent_z', 'agent_aa', 'agent_cv']);
  });

  it.each([0, -1, 1.5, 101, Number.NaN])('is never %p agents', (agents) => {
    expect(() => quickConfig({ backend: 'openai', agents })).toThrow('a team has 1 to 100 agents');
  });

  it('is three agents in turn over the providers found, keys first', () => {
    const keys = [{ backend: 'openai', model: 'gpt-5-mini' }];
    const servers = [{ backend: 'lmstudio', baseUrl: 'http://127.0.0.1:1234/v1', model: 'qwen' }];
    const given = teamFromEnvironment({ keys, servers });
    expect(given).toEqual({
      agents: [
        { id: 'agent_a', backend: { type: 'openai', model: 'gpt-5-mini' } },
        { id: 'agent_b', backend: { type: 'lmstudio', model: 'qwen', base_url: 'http://127.0.0.1:1234/v1' } },
        { id: 'agent_c', backend: { type: 'openai', model: 'gpt-5-mini' } },
      ],
    });
    expect(checkConfig(given, {}).issues).toEqual([]);
    expect(teamFromEnvironment({ keys, servers, agents: 5 })?.['agents']).toHaveLength(5);
  });

  it('is nothing where nothing is found', () => {
    expect(teamFromEnvironment({ keys: [], servers: [] })).toBeUndefined();
  });
});
