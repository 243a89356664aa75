import { describe, expect, it } from '@jest/globals';
import { takesImages } from '../../src/backends/sees.js';

describe('whether a model takes images', () => {
  it.each([
    ['openai', 'gpt-4o'],
    ['claude', 'claude-sonnet-4-5'],
    ['gemini', 'gemini-2.5-flash'],
    ['chatcompletion', 'whatever'],
    ['ollama', 'qwen2.5vl:7b'],
    ['ollama', 'llava'],
    ['groq', 'meta-llama/llama-4-scout-17b-16e-instruct'],
    ['zai', 'glm-4.5v'],
    ['mistral', 'mistral-large-latest'],
    ['mistral', 'mistral-medium-2508'],
    ['lmstudio', 'mistral-small3.1'],
    ['moonshot', 'kimi-k2.6'],
    ['openrouter', 'qwen/qwen3.5-plus'],
    ['qwen', 'qwen3.5-plus'],
    ['ollama', 'gemma4'],
  ])('%s %s does', (backend, model) => {
    expect(takesImages(backend, model)).toBe(true);
  });

  it.each([
    ['openai', 'gpt-3.5-turbo'],
    ['openai', 'o3-mini'],
    ['grok', 'grok-code-fast-1'],
    ['groq', 'llama-3.3-70b-versatile'],
    ['ollama', 'llama3'],
    ['zai', 'glm-4.5'],
    ['mistral', 'codestral-latest'],
    ['mistral', 'mistral-large-2411'],
    ['vllm', 'Mistral-Small-24B-Instruct-2501'],
    ['ollama', 'gemma-7b'],
    ['vllm', 'DeepSeek-R1-Distill-Llama-70B'],
    ['moonshot', 'kimi-k2-turbo-preview'],
    ['scripted', 'scripted'],
  ])('%s %s does not', (backend, model) => {
    expect(takesImages(backend, model)).toBe(false);
  });
});
