import { describe, expect, it } from '@jest/globals';
import { CATALOG } from '../../../src/backends/catalog.js';
import { backendTypes, neededKeys, traitsOf } from '../../../src/orchestrator/config/schema/backend-types.js';

const named = ['openai', 'claude', 'claude_code', 'gemini', 'grok', 'azure_openai', 'zai', 'chatcompletion', 'lmstudio', 'vllm', 'sglang', 'ag2'] as const;

describe('the backends that the language knows', () => {
  it('are those that can be called, by every name', () => {
    const callable = CATALOG.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]);
    expect([...backendTypes].sort()).toEqual([...callable].sort());
  });

  it.each(named)('have %s among them', (type) => {
    expect(backendTypes).toContain(type);
  });

  it('need what their rows do not have', () => {
    const online = CATALOG.filter(({ offline, ownModels }) => offline !== true && ownModels !== true);
    const needed = online.map(({ id, baseUrl, addressEnv, defaultModel }) => [id, [...(baseUrl === undefined && addressEnv === undefined ? ['base_url'] : []), ...(defaultModel === undefined ? ['model'] : [])]] as const);
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
    [{ type: 'openai' }, ['responses', 'account', 'web-search', 'interpreter', 'own-tools']],
    [{ type: 'openai', base_url: 'https://api.openai.com/v1' }, ['responses', 'account', 'web-search', 'interpreter', 'own-tools']],
    [{ type: 'openai', api: 'chat' }, ['chat', 'verbosity', 'account']],
    [{ type: 'openai', base_url: 'http://localhost:8080/v1' }, ['chat']],
    [{ type: 'openai', base_url: 'http://localhost:8080/v1', api: 'responses' }, ['responses']],
    [{ type: 'openai', base_url: 'https://api.x.ai/v1' }, ['responses', 'grok', 'web-search']],
    [{ type: 'openai', base_url: 'https://mine.openai.azure.com' }, ['chat', 'azure', 'interpreter']],
    [{ type: 'chatcompletion', base_url: 'https://api.openai.com/v1' }, ['chat', 'verbosity', 'account']],
    [{ type: 'chatcompletion', base_url: 'https://openrouter.ai/api/v1' }, ['chat', 'web-plugin', 'web-search']],
    [{ type: 'chatcompletion', base_url: 'https://openrouter.ai.example.com/v1' }, ['chat']],
    [{ type: 'chatcompletion', base_url: 'https://api.x.ai/v1' }, ['chat']],
    [{ type: 'groq', api: 'responses' }, ['responses']],
    [{ type: 'vllm', api: 'responses' }, ['responses', 'local']],
    [{ type: 'scripted', api: 'chat' }, ['script']],
    [{ type: 'claude', api: 'chat' }, ['anthropic', 'web-search', 'code-execution', 'own-tools']],
    [{ type: 'gemini' }, ['gemini', 'web-search', 'code-execution']],
    [{ type: 'grok' }, ['responses', 'grok', 'web-search']],
    [{ type: 'grok', api: 'chat' }, ['chat']],
    [{ type: 'azure_openai' }, ['chat', 'azure', 'interpreter']],
    [{ type: 'azure_openai', enable_code_interpreter: true }, ['responses', 'azure', 'interpreter']],
    [{ type: 'azure_openai', api: 'responses' }, ['responses', 'azure', 'interpreter']],
    [{ type: 'claude_code', api: 'chat' }, ['claude-code']],
    [{ type: 'autogen' }, ['ag2']],
    [{ type: 'constructor' }, undefined],
    [{}, undefined],
  ])('%j: %j', (block, expected) => {
    expect(traitsOf(block)).toEqual(expected);
  });
});
