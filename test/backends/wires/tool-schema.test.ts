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
