import { describe, expect, it } from '@jest/globals';
import { configAlias, configAliasFlags } from '../../src/commands/base/config-aliases.js';

describe('flags of the main command that stand for a config command', () => {
  it.each([
    [{ validate: 'x.yaml' }, { id: 'config:validate', argv: ['x.yaml'] }],
    [{ validate: 'x.yaml', strict: true, json: true }, { id: 'config:validate', argv: ['x.yaml', '--strict', '--json'] }],
    [{ 'list-examples': true }, { id: 'config:examples', argv: [] }],
    [{ 'list-examples': true, json: true }, { id: 'config:examples', argv: ['--json'] }],
    [{ example: 'basic_multi' }, { id: 'config:examples', argv: ['basic_multi'] }],
    [{ init: true }, { id: 'config:init', argv: [] }],
    [{ strict: true }, undefined],
    [{}, undefined],
  ])('%j is %j', (flags, expected) => {
    expect(configAlias(flags)).toEqual(expected);
  });

  it('are all described', () => {
    expect(Object.values(configAliasFlags).every(({ description }) => description !== undefined)).toBe(true);
  });
});
