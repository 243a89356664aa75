import { describe, expect, it } from '@jest/globals';
import { checkConfigFile } from '../../../../src/orchestrator/config/load.js';
import { folderWith } from '../temporary-folder.js';
import { readConfig } from './read.js';

const file = `#!/usr/bin/env ai-agent
---
description: Reviews code
models:
  - openai/gpt-4o
  - anthropic/claude-sonnet-4
temperature: none
topP: 0.5
maxOutputTokens: 900
maxTurns: 10
reasoning: low
---
You review code.

Be brief. {{ date }}
`;

describe('an ai-agent file', () => {
  it('is read as one agent, named like its file', async () => {
    const { config } = await readConfig('code-review.ai', file);
    expect(config?.agent).toEqual({
      id: 'code-review',
      description: 'Reviews code',
      backend: { type: 'openai', model: 'gpt-4o', top_p: 0.5, max_tokens: 900, reasoning: { effort: 'low' } },
      system_message: 'You review code.\n\nBe brief. {{ date }}',
    });
  });

  it('says by name and place what has no counterpart or no effect yet', async () => {
    expect((await readConfig('code-review.ai', file)).remarks).toEqual([
      'warning 6:5 models[1]: a model to fall back on is left out; name it as "fallback" of an agent in a configuration of massgen\'s own',
      'warning 10:1 maxTurns: has no counterpart here and is left out',
      'warning 13:1 prompt: {{ date }} has no counterpart here and stays as it is',
    ]);
  });

  it('is named by its toolName', async () => {
    expect((await readConfig('x.ai', '---\ntoolName: reviewer\nmodels: openai/gpt-4o\n---\nHi\n')).config?.agent?.id).toBe('reviewer');
    expect((await readConfig('Chat.AI', '---\nmodels: openai/gpt-4o\n---\n')).config?.agent?.id).toBe('Chat');
  });

  it('takes the first of a list written as text', async () => {
    const { config, remarks } = await readConfig('x.ai', '---\nmodels: openrouter/anthropic/claude-sonnet-4, openai/gpt-4o\n---\nHi\n');
    expect(config?.agent?.backend).toEqual({ type: 'openrouter', model: 'anthropic/claude-sonnet-4' });
    expect(remarks).toEqual([expect.stringContaining('a model to fall back on')]);
  });

  it.each([
    ['no frontmatter\n', 'error 1:1 models: is missing; for example "models: openai/gpt-5-mini"'],
    ['---\nmodels: [5]\n---\n', 'error 2:1 models: must be text such as "openai/gpt-5-mini"'],
    ['---\nmodels: [llama3]\n---\n', 'error 2:10 models[0]: names no provider: "llama3"'],
    ['---\nmodels: mylab/llama3\n---\n', 'error 2:1 models: there is no backend here for the provider "mylab"'],
    ['---\nmodels: openai/gpt-4o\ntemperature: hot\n---\n', 'error 3:14 temperature: must be a number, not the text "hot"'],
    ['---\nmodels: [openai/gpt-4o\n---\n', 'error 2:23 a bracket is opened and never closed'],
    ['---\nmodels: openai/gpt-4o\n', 'error 1:1 the frontmatter is never closed; put a line "---" below it'],
    ['#!/usr/bin/env ai-agent\n---\nmodels: openai/gpt-4o\n', 'error 2:1 the frontmatter is never closed; put a line "---" below it'],
    ['---\ninput:\n\tformat: x\n---\n', 'error 3:1 a tab is used for indentation'],
  ])('refuses %j', async (text, message) => {
    const { config, remarks } = await readConfig('x.ai', text);
    expect(config).toBeUndefined();
    expect(remarks).toContainEqual(expect.stringContaining(message));
  });

  it('is quoted as it is written', async () => {
    const cwd = folderWith({ 'x.ai': '\uFEFF\n\nJust a prompt.\n' });
    const { issues } = await checkConfigFile('./x.ai', {}, { cwd });
    expect(issues).toEqual([expect.objectContaining({ location: 'models', line: 1, excerpt: '  1 | \n      ^' })]);
  });
});
