import { describe, expect, it } from '@jest/globals';
import type { BackendConfig } from '../../../src/backends/spec.js';
import { createBackend } from '../../../src/backends/create.js';
import { toolSchema } from '../../../src/backends/wires/tool-schema.js';
import { NEW_ANSWER, collect, requestOf } from '../../support/backend-collect.js';
import { replay } from '../../support/backend-replay.js';

describe('the schema of a tool', () => {
  it('is sent as it is where vendors take it', () => {
    expect(toolSchema(NEW_ANSWER.parameters)).toBe(NEW_ANSWER.parameters);
  });

  it('has properties, which OpenAI wants and MCP does not', () => {
    expect(toolSchema({ type: 'object' })).toEqual({ type: 'object', properties: {} });
    expect(toolSchema({ type: 'object', additionalProperties: false, $schema: 'x' })).toEqual({ type: 'object', additionalProperties: false, $schema: 'x', properties: {} });
    expect(toolSchema({})).toEqual({ type: 'object', properties: {} });
  });

  it('is one object where it was one or another', () => {
    const text = { type: 'string' };
    const either = { type: 'object', properties: { id: text }, required: ['id'], anyOf: [{ required: ['a'], properties: { a: text } }, { properties: { b: text, id: { type: 'number' } } }] };
    expect(toolSchema(either)).toEqual({ type: 'object', properties: { id: text, a: text, b: text }, required: ['id'] });
    expect(toolSchema({ oneOf: [{ type: 'object', properties: { a: text }, required: ['a'] }, { type: 'object', properties: { b: text } }] })).toEqual({ type: 'object', properties: { a: text, b: text } });
    expect(toolSchema({ type: 'object', properties: { id: text }, allOf: [{ properties: { a: text }, required: ['a'] }], not: { required: ['x'] } })).toEqual({ type: 'object', properties: { id: text, a: text }, required: ['a'] });
  });

  it('keeps what tells its cases apart', () => {
    const text = { type: 'string' };
    const cases = [{ properties: { action: { const: 'create' }, name: text } }, { properties: { action: { const: 'delete' }, id: text } }, { properties: { action: { const: 'delete' }, name: text } }];
    expect(toolSchema({ type: 'object', oneOf: cases })).toEqual({ type: 'object', properties: { action: { anyOf: [{ const: 'create' }, { const: 'delete' }] }, name: text, id: text } });
  });

  it('holds what it refers to', () => {
    const text = { type: 'string' };
    const $defs = { Create: { type: 'object', properties: { name: text }, required: ['name'] }, Delete: { allOf: [{ $ref: '#/$defs/Base~1Id' }], properties: { force: { type: 'boolean' } } }, 'Base/Id': { properties: { id: text }, required: ['id'] } };
    expect(toolSchema({ anyOf: [{ $ref: '#/$defs/Create' }, { $ref: '#/$defs/Delete' }], $defs })).toEqual({ type: 'object', properties: { name: text, id: text, force: { type: 'boolean' } }, $defs });
    expect(toolSchema({ type: 'object', properties: { a: text }, allOf: [{ $ref: '#/$defs/Delete' }], required: ['a'], $defs })).toEqual({ type: 'object', properties: { a: text, id: text, force: { type: 'boolean' } }, required: ['a', 'id'], $defs });
    expect(toolSchema({ $ref: '#/definitions/Look', definitions: { Look: $defs.Create } })).toEqual({ type: 'object', properties: { name: text }, required: ['name'], definitions: { Look: $defs.Create } });
  });

  it('ends where it refers to itself or to nothing, and wants no name that is not there', () => {
    const $defs = { Tree: { properties: { leaf: { type: 'number' } }, anyOf: [{ $ref: '#/$defs/Tree' }, { $ref: '#' }] } };
    expect(toolSchema({ anyOf: [{ $ref: '#/$defs/Tree' }, { $ref: 'https://example.org/x' }, { $ref: '#/$defs/None' }], required: ['leaf', 'gone'], $defs })).toEqual({ type: 'object', properties: { leaf: { type: 'number' } }, required: ['leaf'], $defs });
  });

  it.each<[string, BackendConfig, (body: Record<string, unknown>) => unknown]>([
    ['openai', { type: 'openai' }, (body) => body['tools']],
    ['claude', { type: 'claude' }, (body) => body['tools']],
    ['gemini', { type: 'gemini' }, (body) => body['tools']],
    ['groq', { type: 'groq' }, (body) => body['tools']],
  ])('is such in what %s is sent', async (_name, config, toolsOf) => {
    const { fetch, sent } = replay({ status: 400, body: '{}' });
    const tool = { name: 'look', description: 'Looks.', parameters: { type: 'object', anyOf: [{ required: ['a'] }] } };
    await collect(createBackend({ api_key: 'sk-x', ...config }, { env: {}, fetch }), requestOf({ tools: [tool] }));
    const text = JSON.stringify(toolsOf(sent[0]?.body ?? {}));
    expect(text).toContain('"properties":{}');
    expect(text).not.toContain('anyOf');
  });
});
