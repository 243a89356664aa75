import { describe, expect, it } from '@jest/globals';
import { CATALOG, KNOWN_BUT_ABSENT } from '../../../src/backends/catalog.js';
import { backendTypes, isAbsent, neededKeys, traitsOf } from '../../../src/orchestrator/config/schema/backend-types.js';

const named = ['openai', 'claude', 'claude_code', 'gemini', 'grok', 'azure_openai', 'zai', 'chatcompletion', 'lmstudio', 'vllm', 'sglang', 'ag2'] as const;

describe('the backends that the language knows', () => {
  it('are those that can be called, by every name, and those that are to come', () => {
    const callable = CATALOG.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]);
    expect(backendTypes.filter((type) => !isAbsent(type)).sort()).toEqual([...callable].sort());
    expect(backendTypes.filter(isAbsent).sort()).toEqual([...KNOWN_BUT_ABSENT].sort());
  });

  it.each(named)('have %s among them', (type) => {
    expect(backendTypes).toContain(type);
  });

  it('need what their rows do not have', () => {
    const online = CATALOG.filter(({ offline }) => offline !== true);
    const needed = online.map(({ id, baseUrl, defaultModel }) => [id, [...(baseUrl === undefined ? ['base_url'] : []), ...(defaultModel === undefined ? ['model'] : [])]] as const);
    const { scripted, ...stated } = neededKeys;
    expect(scripted).toEqual(['script']);
    expect(stated).toEqual(Object.fromEntries(needed.filter(([, keys]) => keys.length > 0)));
  });

  it('are local where their rows are', () => {
    const local = backendTypes.filter((type) => traitsOf({ type })?.includes('local'));
    expect(local).toEqual(CATALOG.flatMap(({ id, local: isLocal }) => (isLocal === true ? [id] : [])));
  });
});

describe('what a backend understands', () => {
  it.each([
    [{ type: 'openai' }, ['responses', 'account']],
    [{ type: 'openai', base_url: 'https://api.openai.com/v1' }, ['responses', 'account']],
    [{ type: 'openai', api: 'chat' }, ['chat', 'verbosity', 'account']],
    [{ type: 'openai', base_url: 'http://localhost:8080/v1' }, ['chat']],
    [{ type: 'openai', base_url: 'http://localhost:8080/v1', api: 'responses' }, ['responses']],
    [{ type: 'chatcompletion', base_url: 'https://api.openai.com/v1' }, ['chat', 'verbosity', 'account']],
    [{ type: 'chatcompletion', base_url: 'https://openrouter.ai/api/v1' }, ['chat', 'web-plugin']],
    [{ type: 'chatcompletion', base_url: 'https://openrouter.ai.example.com/v1' }, ['chat']],
    [{ type: 'groq', api: 'responses' }, ['responses']],
    [{ type: 'vllm', api: 'responses' }, ['responses', 'local']],
    [{ type: 'scripted', api: 'chat' }, ['script']],
    [{ type: 'gemini' }, undefined],
    [{ type: 'constructor' }, undefined],
    [{}, undefined],
  ])('%j: %j', (block, expected) => {
    expect(traitsOf(block)).toEqual(expected);
  });
});
