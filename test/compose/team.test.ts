import { describe, expect, it } from '@jest/globals';
import type { PlannedAgent } from '../../src/orchestrator/config/plan.js';
import { assembleTeam, type Team } from '../../src/compose/team.js';
import { collect, eventsOf } from '../support/backend-collect.js';

const planned = (id: string, backend: PlannedAgent['backend'], systemMessage = ''): PlannedAgent => ({ id, backend, systemMessage });
const scripted = { type: 'scripted', script: [{ text: 'x' }] };
const team = (agents: readonly PlannedAgent[], priced = false): Promise<Team> => assembleTeam(agents, priced, { env: { OPENAI_API_KEY: 'sk-1', MASSGEN_CLAUDE_AGENT_SDK: '/nowhere' } });

describe('a team', () => {
  it('keeps the order of its configuration; anonymous names follow the sorted ids', async () => {
    const { agents } = await team(['zoe', 'Adam', 'eve', 'ann'].map((id) => planned(id, scripted)));
    expect(agents.map(({ id, anonymous }) => [id, anonymous])).toEqual([
      ['zoe', 'agent4'],
      ['Adam', 'agent1'],
      ['eve', 'agent3'],
      ['ann', 'agent2'],
    ]);
  });

  it('knows of each agent what coordination has to know', async () => {
    const { agents } = await team([planned('solo', { type: 'openai', model: 'gpt-4o-mini', max_tokens: 9, enable_web_search: true }, 'Be brief.')], true);
    expect(agents[0]).toEqual({ id: 'solo', anonymous: 'agent1', backend: 'openai', model: 'gpt-4o-mini', systemMessage: 'Be brief.', otherTools: true, sees: true, maxOutputTokens: 9, priceSource: '@pydantic/genai-prices', price: expect.objectContaining({ source: '@pydantic/genai-prices' }) });
  });

  it('looks prices up for a cost limit only', async () => {
    const unpriced = planned('solo', { type: 'openai', model: 'no-such-model' });
    expect((await team([unpriced])).agents[0]?.price).toBeNull();
    await expect(team([unpriced], true)).rejects.toMatchObject({ code: 'price-unknown', message: expect.stringContaining('agent solo') });
  });

  it('is refused for a missing key, naming variable and agent', async () => {
    await expect(team([planned('one', scripted), planned('two', { type: 'groq' })])).rejects.toMatchObject({ code: 'key-missing', message: 'set GROQ_API_KEY to use groq (agent two)' });
  });

  it('goes on without a backend whose program is not installed: its agent fails when it is called', async () => {
    const { backends, pricing } = await team([planned('there', scripted), planned('absent', { type: 'claude_code', model: 'm' })]);
    const events = await collect(backends['absent']!);
    expect(eventsOf(events, 'error')).toMatchObject([{ error: { code: 'backend-unsupported' } }]);
    expect(events).toHaveLength(1);
    expect(await pricing['absent']?.cost({ inputTokens: 1, outputTokens: 1 })).toBe(0);
  });

  it('is refused when no backend of it is installed', async () => {
    await expect(team([planned('one', { type: 'claude_code', model: 'm' }), planned('two', { type: 'claude_code', model: 'm' })])).rejects.toMatchObject({ code: 'backend-unsupported', message: expect.stringContaining('agent one: claude_code needs') });
  });

  it('puts backends behind a backend: the next takes over, at its own price', async () => {
    const price = { input: 1, output: 2 };
    const down: PlannedAgent = { ...planned('one', { type: 'scripted', model: 'down', script: [{ fault: 'unavailable' }], loop: true }), fallback: [{ type: 'scripted', model: 'up', price, script: [{ text: 'here', usage: { input: 1000, output: 500 } }], loop: true }] };
    const { agents, backends, pricing } = await team([down], true);
    expect(agents[0]).toMatchObject({ backend: 'scripted', model: 'down', price: { input: 1, output: 2, source: 'config' } });
    const events = await collect(backends['one']!);
    expect(eventsOf(events, 'waiting')).toMatchObject([{ message: 'scripted (up) takes over: scripted fault: not available' }]);
    expect(eventsOf(events, 'text-delta')).toMatchObject([{ text: 'here' }]);
    const { usage } = eventsOf(events, 'usage').at(-1)!;
    expect(await pricing['one']?.cost(usage)).toBe(2000);
    expect(await pricing['one']?.cost({ inputTokens: 1000, outputTokens: 500 })).toBe(0);
  });
});
