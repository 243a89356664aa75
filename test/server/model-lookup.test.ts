import { describe, expect, it } from '@jest/globals';
import { lookUpModel, type KnownModels, type ModelTarget } from '../../src/server/model-lookup.js';

const UUID = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890';
const known: KnownModels = {
  hasDefault: true,
  agents: [{ name: 'research-agent' }, { name: 'coder', uuid: UUID }, { name: 'research-agent-2', own: 'research-agent', uuid: '00000000-0000-4000-8000-000000000000' }],
  teams: ['crew'],
  configs: ['quick'],
};
const bare: KnownModels = { ...known, hasDefault: false };
const nothing: KnownModels = { hasDefault: false, agents: [], teams: [], configs: [] };

const agent = (index: number): ModelTarget => ({ type: 'agent', index });
const standard: ModelTarget = { type: 'default' };
const missing: ModelTarget = { type: 'missing' };

describe('a model name', () => {
  it.each<[string, ModelTarget]>([
    ['', standard],
    ['massgen', standard],
    [' massgen ', standard],
    ['massgen/', standard],
    ['massgen/path:', standard],
    ['massgen/path: /etc/team.yaml ', { type: 'path', path: '/etc/team.yaml' }],
    ['massgen/basic_multi', { type: 'example', name: 'basic_multi' }],
    ['massgen/@examples/basic_multi', { type: 'example', name: 'basic_multi' }],
    ['massgen/teams/research', { type: 'example', name: 'teams/research' }],
    ['coder', agent(1)],
    ['massgen:coder', agent(1)],
    ['openfang:coder', agent(1)],
    ['agentpool:coder', agent(1)],
    [UUID, agent(1)],
    [UUID.toUpperCase(), agent(1)],
    [`openfang:${UUID}`, agent(1)],
    ['research-agent', agent(0)],
    ['openfang:research-agent', agent(2)],
    ['research-agent-2', agent(2)],
    ['crew', { type: 'team', name: 'crew' }],
    ['quick', { type: 'config', name: 'quick' }],
    ['gpt-4o', standard],
    ['Coder', standard],
    ['massgen:nobody', missing],
    ['openfang:crew', missing],
    ['b1b2c3d4-e5f6-7890-abcd-ef1234567890', missing],
  ])('%j means what the table says', (written, target) => {
    expect(lookUpModel(written, known)).toEqual(target);
  });

  it('that looks like a namespace may be an agent’s own', () => {
    const named = { ...known, agents: [{ name: 'coder' }, { name: 'openfang:coder' }, { name: 'massgen:alone' }] };
    expect(['openfang:coder', 'massgen:coder', 'massgen:alone'].map((written) => lookUpModel(written, named))).toEqual([agent(1), agent(0), agent(2)]);
  });

  it('that nobody knows is missing where that is asked for', () => {
    expect(lookUpModel('gpt-4o', known, true)).toEqual(missing);
    expect(lookUpModel('massgen', known, true)).toEqual(standard);
    expect(lookUpModel('coder', known, true)).toEqual(agent(1));
  });

  it('means the oldest agent where there is no default', () => {
    expect(lookUpModel('massgen', bare)).toEqual(agent(0));
    expect(lookUpModel('gpt-4o', bare)).toEqual(agent(0));
    expect(lookUpModel('gpt-4o', nothing)).toEqual(missing);
    expect(lookUpModel('massgen', nothing)).toEqual(missing);
  });
});
