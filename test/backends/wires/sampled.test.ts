import { describe, expect, it } from '@jest/globals';
import type { Sampling } from '../../../src/backends/contract.js';
import type { BackendConfig, Endpoint } from '../../../src/backends/spec.js';
import { thinkingFor } from '../../../src/backends/wires/anthropic-models.js';
import { sampled } from '../../../src/backends/wires/sampled.js';

function settings(id: string, model: string, sampling: Sampling, config: Partial<BackendConfig> = {}): BackendConfig {
  const endpoint = { id, model, ownHost: true, config: { type: id, ...config } } as unknown as Endpoint;
  return sampled(endpoint, { messages: [], tools: [], toolChoice: 'auto', callIndex: 0, sampling });
}

describe('the effort that a caller asks for', () => {
  it.each([
    ['openai', 'gpt-5.2', 'none', 'none'],
    ['openai', 'gpt-5-mini', 'none', 'minimal'],
    ['openai', 'o3', 'none', 'low'],
    ['openai', 'o3', 'high', 'high'],
    ['azure_openai', 'gpt-5', 'low', 'low'],
    ['claude', 'claude-sonnet-4-6', 'medium', 'medium'],
    ['claude', 'claude-3-7-sonnet-latest', 'low', 'low'],
    ['gemini', 'gemini-2.5-flash', 'none', 'none'],
    ['gemini', 'gemini-flash-latest', 'low', 'low'],
    ['openai', 'gpt-4o', 'low', undefined],
    ['claude', 'claude-3-5-haiku-latest', 'low', undefined],
    ['claude', 'claude-3-opus-20240229', 'low', undefined],
    ['gemini', 'gemini-2.0-flash', 'low', undefined],
    ['groq', 'llama-3.3-70b', 'low', undefined],
  ])('reaches %s’s %s as far as it knows it: %s', (id, model, effort, expected) => {
    expect(settings(id, model, { effort }).reasoning?.effort).toBe(expected);
  });

  it('goes before the configuration’s, whose summary stays', () => {
    expect(settings('openrouter', 'some/model', { effort: 'high' }, { reasoning: { effort: 'low', summary: 'auto' } }).reasoning).toEqual({ effort: 'high', summary: 'auto' });
  });

  it('is left out by a model with a budget where the reply has no room for it', () => {
    expect(thinkingFor('claude-sonnet-4-5', 'medium', 1000)).toEqual({});
    expect(thinkingFor('claude-sonnet-4-5', 'medium', 20_000)).toEqual({ thinking: { type: 'enabled', budget_tokens: 10_000 } });
  });

  it('leaves nothing of itself among the settings', () => {
    expect(settings('openai', 'gpt-5.2', { effort: 'low', verbosity: 'high', truncation: 'auto', user: 'me', temperature: 0.5, max_tokens: 9 })).toEqual({ type: 'openai', max_tokens: 9, reasoning: { effort: 'low' }, text: { verbosity: 'high' } });
  });
});
