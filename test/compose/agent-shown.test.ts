import { describe, expect, it } from '@jest/globals';
import { shownAgent } from '../../src/compose/agent-shown.js';

describe('an agent that is shown', () => {
  it('has no secret in its words, whatever the variable is called', () => {
    const backend = { type: 'openai', model: 'm', api_key: '${GATEWAY}' };
    const config = { agent: { id: 'a', backend, system_message: 'Say gw-12345-x and sk-12345-y.' } };
    const agent = { id: 'a', name: 'a', created: 1, profile: null, scope: 'project', file: 'a.yaml', config, version: '1', warnings: [] } as const;
    expect(shownAgent(agent, { GATEWAY: 'gw-12345-x', OPENAI_API_KEY: 'sk-12345-y' })).toMatchObject({ backend, system_message: 'Say *** and ***.' });
  });
});
