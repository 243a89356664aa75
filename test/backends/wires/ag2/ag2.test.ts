import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Backend, BackendEvent } from '../../../../src/backends/contract.js';
import { createBackend } from '../../../../src/backends/create.js';
import type { BackendConfig } from '../../../../src/backends/spec.js';
import { AG2_PYTHON, ag2Reason } from '../../../support/ag2.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, spelled, textOf } from '../../../support/backend-collect.js';
import { closeServers } from '../../../support/backend-servers.js';
import { gone } from '../../../support/gone.js';
import { startModel, type HeardBody, type ModelReply } from '../../../support/plain-model.js';
import { removeFolder } from '../../../support/remove-folder.js';

const describeReal = ag2Reason === undefined ? describe : describe.skip;

let home = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'massgen-test-ag2-'));
});
afterEach(async () => {
  await closeServers();
  await removeFolder(home);
});

const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({ PATH: process.env['PATH'] ?? '', HOME: home, MASSGEN_PYTHON: AG2_PYTHON, ANTHROPIC_API_KEY: 'sk-other-vendor', ...more });
const llmAt = (url: string): object => ({ api_type: 'openai', model: 'gpt-4o', base_url: url, api_key: 'sk-mine' });
const backendOf = (config: Partial<BackendConfig>, env = environment()): Backend => createBackend({ type: 'ag2', ...config }, { env, agent: 'thinker' });
const single = (url: string, more: object = {}): Backend => backendOf({ agent_config: { type: 'assistant', name: 'coder', system_message: 'You code.', llm_config: llmAt(url), ...more } });

const errorOf = (events: readonly BackendEvent[]): unknown => eventsOf(events, 'error')[0]?.error;
const newAnswer = (content: string): ModelReply => ({ calls: [{ name: 'new_answer', arguments: { content } }] });
const mentions = (body: HeardBody, text: string): boolean => JSON.stringify(body.messages).includes(text);
const LOCAL = { executor: { type: 'LocalCommandLineCodeExecutor', timeout: 60 } };

describe('a block of ag2', () => {
  const llm_config = { api_type: 'openai', model: 'gpt-4o' };
  it.each([
    [{}, 'needs either agent_config or group_config'],
    [{ agent_config: { name: 'a' } }, 'agent_config needs llm_config'],
    [{ agent_config: { type: 'swarm', llm_config } }, 'must be assistant or conversable, not "swarm"'],
    [{ agent_config: { llm_config: { api_type: 'nobody', model: 'm' } } }, 'unknown api_type "nobody"'],
    [{ group_config: { llm_config, agents: [] } }, 'group_config needs agents'],
    [{ group_config: { llm_config, agents: [{ name: 'a' }, { name: 'a' }] } }, 'needs a name of its own'],
    [{ group_config: { agents: [{ name: 'a' }] } }, 'group_config needs llm_config'],
    [{ group_config: { llm_config, agents: [{ name: 'a' }], pattern: { type: 'auto', initial_agent: 'b' } } }, 'initial_agent is none of a'],
  ])('%j says what it lacks', (config, message) => {
    expect(() => backendOf(config)).toThrow(expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(message) }));
  });

  it('says a missing key before any call', () => {
    expect(() => backendOf({ agent_config: { llm_config } })).toThrow(expect.objectContaining({ code: 'key-missing', message: 'set OPENAI_API_KEY to use openai with ag2 (agent thinker)' }));
    expect(() => backendOf({ group_config: { llm_config: { api_type: 'google', model: 'm' }, agents: [{ name: 'a' }] } })).toThrow(expect.objectContaining({ code: 'key-missing' }));
    expect(backendOf({ agent_config: { llm_config } }, environment({ OPENAI_API_KEY: 'sk' }))).toMatchObject({ id: 'ag2', model: 'gpt-4o' });
  });

  it('says that there is no Python', async () => {
    const backend = backendOf({ python: path.join(home, 'no-python'), agent_config: { llm_config: llmAt('http://127.0.0.1:1/v1') } });
    const events = await collect(backend);
    expect(events).toHaveLength(1);
    expect(errorOf(events)).toMatchObject({ code: 'backend-unsupported', message: expect.stringContaining('ag2 needs Python') });
  });

  it('says what Python ended with', async () => {
    const python = path.join(home, 'python');
    await writeFile(python, '#!/bin/sh\necho "it is broken: sk-mine" >&2; exit 3\n');
    await chmod(python, 0o755);
    const events = await collect(backendOf({ python, agent_config: { llm_config: llmAt('http://127.0.0.1:1/v1') } }));
    expect(errorOf(events)).toEqual({ code: 'backend-unavailable', message: 'AG2\'s Python ended before it was done: it is broken: [key]' });
  });
});

describeReal(`AG2${ag2Reason ?? ''}`, () => {
  it('says text and reports usage', async () => {
    const model = await startModel(() => ({ text: 'Grüße, 世界 👋 — done. TERMINATE' }));
    const events = await collect(single(model.url), requestOf({ tools: [] }));
    expect(textOf(events)).toBe('Grüße, 世界 👋 — done.');
    expect(eventsOf(events, 'usage').at(-1)?.usage).toEqual({ inputTokens: 120, outputTokens: 30 });
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect(JSON.stringify(model.heard[0]?.body.messages[0])).toContain('You code.\\n\\nYou are one of several agents.');
    expect(model.heard[0]?.authorization).toBe('Bearer sk-mine');
  });

  it('offers the tools of the call, and a call ends the reply', async () => {
    const model = await startModel(() => ({ calls: [newAnswer('Grüße').calls![0]!, { name: 'vote', arguments: { agent_id: 'agent2', reason: 'clearer' } }] }));
    const events = await collect(single(model.url));
    const calls = callsOf(events);
    expect(calls.map(({ name, argumentsText }) => [name, JSON.parse(argumentsText) as unknown])).toEqual([
      ['new_answer', { content: 'Grüße' }],
      ['vote', { agent_id: 'agent2', reason: 'clearer' }],
    ]);
    for (const call of calls) expect(spelled(events, call.id)).toBe(call.argumentsText);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
    expect((model.heard[0]?.body.tools ?? []).map((tool) => tool.function.name)).toEqual(['new_answer', 'vote']);
  });

  it('carries a conversation on', async () => {
    const model = await startModel(() => newAnswer('x'));
    const messages = [
      { role: 'user', content: 'What is the answer?' },
      { role: 'assistant', text: '', toolCalls: [{ id: 'call_1', name: 'vote', argumentsText: '{}' }], items: [] },
      { role: 'tool', callId: 'call_1', name: 'vote', text: 'once more' },
    ] as const;
    await collect(single(model.url), requestOf({ messages }));
    expect(model.heard[0]?.body.messages.slice(1).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  });

  it('runs the code that it writes, never code that was put before it, with no key in reach', async () => {
    const code = '```python\nimport os\nprint(6 * 7, sorted(k for k in os.environ if "KEY" in k))\n```';
    const model = await startModel((_body, place) => (place === 0 ? { text: `Let me compute.\n${code}` } : newAnswer('42')));
    const question = `Run this:\n\`\`\`sh\ntouch ${path.join(home, 'owned')}\n\`\`\``;
    const events = await collect(single(model.url, { code_execution_config: LOCAL }), requestOf({ messages: [{ role: 'user', content: question }] }));
    expect(JSON.stringify(model.heard[1]?.body.messages.at(-1))).toContain('42 []');
    expect(eventsOf(events, 'provider-tool').map(({ name, status }) => [name, status])).toEqual([
      ['code_execution', 'start'],
      ['code_execution', 'end'],
    ]);
    expect(reasoningOf(events)).toContain('Let me compute.');
    expect(callsOf(events)).toHaveLength(1);
    expect(existsSync(path.join(home, 'owned'))).toBe(false);
  });

  it('says which part a code executor needs', async () => {
    const model = await startModel(() => newAnswer('x'));
    const events = await collect(single(model.url, { code_execution_config: { executor: { type: 'YepCodeCodeExecutor' } } }));
    expect(errorOf(events)).toMatchObject({ code: 'backend-unsupported', message: expect.stringContaining('pip install "ag2[yepcode]<1"') });
    expect(errorOf(await collect(single(model.url, { code_execution_config: { executor: 'moon' } })))).toMatchObject({ code: 'backend-unavailable', message: expect.stringContaining("unknown code executor 'moon'") });
  });

  it('lets a group talk and reports with a tool', async () => {
    const order = ['critic', 'User'];
    const model = await startModel((body) => {
      if (mentions(body, 'select the next role')) return { text: order.shift() ?? 'User' };
      if (mentions(body, 'You speak for the person')) return { text: 'TERMINATE' };
      if (body.tools !== undefined) return newAnswer('42');
      return { text: mentions(body, 'You criticise') ? 'I agree.' : 'It is 42.' };
    });
    const group_config = {
      llm_config: [llmAt(model.url)],
      agents: [
        { type: 'assistant', name: 'writer', system_message: 'You write.', description: 'Writes.' },
        { type: 'conversable', name: 'critic', system_message: 'You criticise.', description: 'Criticises.' },
      ],
      pattern: { type: 'auto', initial_agent: 'writer' },
      max_rounds: 8,
    };
    const events = await collect(backendOf({ group_config }));
    expect(reasoningOf(events)).toContain('writer: It is 42.');
    expect(reasoningOf(events)).toContain('critic: I agree.');
    expect(textOf(events)).toBe('');
    expect(callsOf(events)).toMatchObject([{ name: 'new_answer', argumentsText: '{"content":"42"}' }]);
    // Each request counts, also those that choose the speaker.
    expect(eventsOf(events, 'usage').at(-1)?.usage.inputTokens).toBe(120 * model.heard.length);
    expect(JSON.stringify(model.heard.at(-1)?.body.messages)).toContain('writer: It is 42.');
  });

  it('says refusals as any backend does, without the key', async () => {
    const refused = await startModel(() => ({ status: 401, message: 'Incorrect API key: sk-mine' }));
    const events = await collect(single(refused.url));
    expect(errorOf(events)).toMatchObject({ code: 'backend-rejected', status: 401 });
    expect(JSON.stringify(events)).not.toContain('sk-mine');
    const full = await startModel(() => ({ status: 400, message: 'This model\'s maximum context length is 8192 tokens' }));
    expect(errorOf(await collect(single(full.url)))).toMatchObject({ code: 'context-overflow' });
  });

  it('says that its model cannot be reached', async () => {
    expect(errorOf(await collect(single('http://127.0.0.1:9/v1')))).toMatchObject({ code: 'backend-unreachable' });
  });

  it('ends with its group on an abort, though code is running', async () => {
    const note = path.join(home, 'pid');
    const model = await startModel(() => ({ text: `\`\`\`sh\necho $$ > ${note}; sleep 300\n\`\`\`` }));
    const stop = new AbortController();
    const watch = setInterval(() => {
      // The shell makes the file before it writes to it.
      if (existsSync(note) && readFileSync(note, 'utf8').trim() !== '') stop.abort();
    }, 50);
    const events = await collect(single(model.url, { code_execution_config: LOCAL }), requestOf(), stop.signal);
    clearInterval(watch);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'aborted' });
    await expect(gone(Number(await readFile(note, 'utf8')))).resolves.toBe(true);
  });

  it('can be left while its model is silent', async () => {
    const stop = new AbortController();
    const model = await startModel(() => {
      setImmediate(() => {
        stop.abort();
      });
      return { silent: true };
    });
    expect((await collect(single(model.url), requestOf(), stop.signal)).at(-1)).toEqual({ type: 'finish', reason: 'aborted' });
  });
});
