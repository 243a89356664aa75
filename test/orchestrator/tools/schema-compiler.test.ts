import { describe, expect, it } from '@jest/globals';
import type { Tool } from '../../../src/orchestrator/tools/contract.js';
import { schemaCompiler } from '../../../src/orchestrator/tools/schema-compiler.js';
import { createArgumentCheck } from '../../../src/orchestrator/tools/toolbox/arguments.js';
import { tool } from '../../support/tools.js';

const pairOf = (schema: object): object => ({ type: 'object', properties: { pair: { type: 'array', ...schema } } });

async function accepts(schema: object, value: unknown): Promise<boolean> {
  const compiler = await schemaCompiler(JSON.stringify(schema), { strict: false, logger: false });
  return compiler.compile(schema)(value);
}

describe('a schema', () => {
  it.each([
    ['a tuple of draft 7', pairOf({ items: [{ type: 'string' }], additionalItems: false }), { pair: ['a'] }, { pair: ['a', 'b'] }],
    ['a tuple of 2020-12', pairOf({ prefixItems: [{ type: 'string' }], items: false }), { pair: ['a'] }, { pair: ['a', 'b'] }],
    ['dependencies of draft 7', { type: 'object', dependencies: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
    ['what depends since 2019-09', { type: 'object', dependentRequired: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
    ['what nobody looked at', { type: 'object', properties: { a: {} }, unevaluatedProperties: false }, { a: 1 }, { b: 1 }],
    ['a tuple of 2019-09, and no more than was looked at', { ...pairOf({ items: [{ type: 'string' }], additionalItems: false }), unevaluatedProperties: false }, { pair: ['a'] }, { pair: ['a', 'b'] }],
    ['a tuple of draft 7 beside a property of a younger name', { type: 'object', properties: { prefixItems: {}, pair: { items: [{ type: 'string' }], additionalItems: false } } }, { pair: ['a'] }, { pair: ['a', 'b'] }],
    ['a tuple of 2020-12 beside a list called items', { ...pairOf({ prefixItems: [{ type: 'string' }], items: false }), default: { items: [] } }, { pair: ['a'] }, { pair: ['a', 'b'] }],
    ['definitions by anchor', { $defs: { t: { $anchor: 'text', type: 'string' } }, $ref: '#text' }, 'a', 1],
  ])('with %s means what its draft says', async (_what, schema, good, bad) => {
    expect([await accepts(schema, good), await accepts(schema, bad)]).toEqual([true, false]);
  });

  it('of a tool may have lists with places of their own', async () => {
    const check = createArgumentCheck();
    const parameters = pairOf({ prefixItems: [{ type: 'number' }, { type: 'number' }], items: false }) as Tool['parameters'];
    const move = tool('move', undefined, { parameters });
    expect(await check(move, { pair: [1, 2] })).toBeNull();
    expect(await check(move, { pair: [1, 'x'] })).toContain('arguments/pair/1 must be number');
  });
});
