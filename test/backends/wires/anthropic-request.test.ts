import { describe, expect, it } from '@jest/globals';
import type { BackendRequest, Message } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import { resolveBackend } from '../../../src/backends/resolve.js';
import type { BackendConfig } from '../../../src/backends/spec.js';
import { messagesBody } from '../../../src/backends/wires/anthropic-request.js';
import { NEW_ANSWER, collect, requestOf } from '../../support/backend-collect.js';
import { recording, replay, type SentRequest } from '../../support/backend-replay.js';

const EPHEMERAL = { cache_control: { type: 'ephemeral' } };

function body(request: Partial<BackendRequest> = {}, config: Partial<BackendConfig> = {}): Record<string, unknown> {
  const { endpoint } = resolveBackend({ type: 'claude', model: 'claude-sonnet-4-20250514', api_key: 'sk-x', ...config }, {}, 'ada');
  return messagesBody(requestOf(request), { ...endpoint, fetch: globalThis.fetch }) as Record<string, unknown>;
}

async function sent(config: Partial<BackendConfig> = {}, request: Partial<BackendRequest> = {}): Promise<SentRequest | undefined> {
  const replayed = replay({ body: recording('anthropic-messages/text.sse') });
  await collect(createBackend({ type: 'claude', api_key: 'sk-x', ...config }, { env: {}, fetch: replayed.fetch }), requestOf(request));
  return replayed.sent[0];
}

describe('a Messages request', () => {
  it('holds nothing that was not asked for', () => {
    expect(body({ tools: [] })).toEqual({
      model: 'claude-sonnet-4-20250514',
      max_tokens: 32_000,
      system: [{ type: 'text', text: 'You are one of several agents.', ...EPHEMERAL }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is the answer?' }] }],
      stream: true,
    });
  });

  it('goes to the API with the key as a bearer, and nothing of the environment', async () => {
    process.env['ANTHROPIC_API_KEY'] = 'sk-process';
    process.env['ANTHROPIC_AUTH_TOKEN'] = 'token-process';
    process.env['ANTHROPIC_CUSTOM_HEADERS'] = 'X-Secret: custom-process';
    try {
      const own = await sent({ betas: ['context-1m-2025-08-07', 'x'] }, { idempotencyKey: 'run/1' });
      expect(own?.url).toBe('https://api.anthropic.com/v1/messages');
      expect(Object.fromEntries(own?.headers ?? [])).toMatchObject({ authorization: 'Bearer sk-x', 'anthropic-beta': 'context-1m-2025-08-07,x', 'idempotency-key': 'run/1' });
      expect(own?.headers.get('anthropic-version')).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(JSON.stringify([...(own?.headers ?? [])])).not.toContain('-process');
      const other = replay({ body: recording('anthropic-messages/text.sse') });
      await collect(createBackend({ type: 'claude', base_url: 'http://127.0.0.1:9/v1' }, { env: { ANTHROPIC_API_KEY: 'sk-env' }, fetch: other.fetch }));
      expect(other.sent[0]?.url).toBe('http://127.0.0.1:9/v1/messages');
      expect(JSON.stringify([...(other.sent[0]?.headers ?? [])])).not.toMatch(/sk-|authorization|-process/);
    } finally {
      for (const name of ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_CUSTOM_HEADERS']) Reflect.deleteProperty(process.env, name);
    }
  });

  it('sends the key in the old header too to servers that only speak the dialect', async () => {
    expect((await sent({ base_url: 'http://127.0.0.1:9' }))?.headers.get('x-api-key')).toBe('sk-x');
    expect((await sent())?.headers.has('x-api-key')).toBe(false);
  });

  it('describes tools, and forces them where the model can be forced', () => {
    const forced = (toolChoice: BackendRequest['toolChoice'], config: Partial<BackendConfig> = {}): unknown => body({ tools: [NEW_ANSWER], toolChoice }, config)['tool_choice'];
    expect(body({ tools: [NEW_ANSWER] })['tools']).toEqual([{ name: 'new_answer', description: 'Give an answer', input_schema: NEW_ANSWER.parameters }]);
    expect(forced('required')).toEqual({ type: 'any' });
    expect(forced({ name: 'new_answer' })).toEqual({ type: 'tool', name: 'new_answer' });
    expect(forced('none')).toEqual({ type: 'none' });
    expect(forced({ name: 'new_answer' }, { thinking: { type: 'enabled', budget_tokens: 2000 } })).toEqual({ type: 'auto' });
    expect(forced('auto', { disable_parallel_tool_use: true })).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(body({ tools: [NEW_ANSWER], parallelToolCalls: false })['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(body({ tools: [NEW_ANSWER] }, { enable_strict_tool_use: true })['tools']).toMatchObject([{ strict: true, input_schema: { additionalProperties: false } }]);
  });

  it("adds Anthropic's own tools", () => {
    const { tools } = body({ tools: [NEW_ANSWER] }, { enable_web_search: true, enable_code_execution: true });
    expect(tools).toMatchObject([{ type: 'web_search_20250305', name: 'web_search' }, { type: 'code_execution_20250825', name: 'code_execution' }, { name: 'new_answer' }]);
  });

  it('passes parameters on, and has max_tokens for every model', () => {
    expect(body({}, { temperature: 1.5, top_p: 0.9, top_k: 40, stop: 'END', max_tokens: 100 })).toMatchObject({ temperature: 1, top_p: 0.9, top_k: 40, stop_sequences: ['END'], max_tokens: 100 });
    const most = (model: string, more: Partial<BackendConfig> = {}): unknown => body({}, { model, ...more })['max_tokens'];
    expect(most('claude-3-haiku-20240307')).toBe(4096);
    expect(most('claude-3-5-haiku-20241022')).toBe(8192);
    expect(most('claude-opus-4-5', { thinking: { type: 'enabled', budget_tokens: 40_000 } })).toBe(48_192);
  });

  it('says effort as a budget to older models and as a word to newer ones', () => {
    expect(body({}, { reasoning: { effort: 'low' } })['thinking']).toEqual({ type: 'enabled', budget_tokens: 4096 });
    expect(body({}, { model: 'claude-opus-4-6', reasoning: { effort: 'high' } })).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } });
    expect(body({}, { model: 'claude-sonnet-5', reasoning: { effort: 'none' } })['thinking']).toEqual({ type: 'disabled' });
  });

  it('tells each generation to think in words that it takes', () => {
    const thinkingOf = (model: string, effort?: string): unknown => [body({}, { model, ...(effort === undefined ? {} : { reasoning: { effort } }) })].map(({ thinking, output_config: output }) => [thinking, (output as { effort?: string } | undefined)?.effort])[0];
    const shown = { type: 'adaptive', display: 'summarized' };
    expect(thinkingOf('claude-opus-4-6', 'xhigh')).toEqual([{ type: 'adaptive' }, 'high']);
    expect(thinkingOf('claude-opus-4-7', 'xhigh')).toEqual([shown, 'xhigh']);
    expect(thinkingOf('claude-opus-4-7', 'none')).toEqual([undefined, undefined]);
    expect(thinkingOf('claude-opus-5', 'none')).toEqual([{ type: 'disabled' }, undefined]);
    expect(thinkingOf('claude-sonnet-5-5', 'none')).toEqual([{ type: 'between_tools' }, undefined]);
    expect(thinkingOf('claude-opus-5')).toEqual([undefined, undefined]);
    for (const model of ['claude-opus-5-5', 'claude-fable-5-1', 'claude-mythos-5']) {
      expect([thinkingOf(model), thinkingOf(model, 'none'), thinkingOf(model, 'max')]).toEqual([[shown, undefined], [shown, 'low'], [shown, 'max']]);
      expect(body({ toolChoice: { name: 'new_answer' } }, { model })['tool_choice']).toEqual({ type: 'auto' });
    }
  });

  it('leaves out what only this request wants of a model that is not sampled', () => {
    const sampling = { temperature: 0.2, top_p: 0.5, top_k: 3 };
    for (const model of ['claude-opus-4-7', 'claude-sonnet-5', 'claude-haiku-5-5', 'claude-opus-5']) {
      const asked = body({ sampling }, { model });
      for (const name of ['temperature', 'top_p', 'top_k']) expect(asked).not.toHaveProperty(name);
    }
    expect(body({ sampling }, { model: 'claude-opus-4-20250514' })).toMatchObject(sampling);
  });

  it('gives calls of other vendors ids in the form that the API takes', () => {
    const callId = 'functions.vote:0';
    const messages: readonly Message[] = [
      { role: 'user', content: 'q' },
      { role: 'assistant', text: '', toolCalls: [{ id: callId, name: 'vote', argumentsText: '{}' }], items: [] },
      { role: 'tool', callId, name: 'vote', text: 'ok' },
    ];
    const [, used, result] = body({ messages })['messages'] as { readonly content: readonly Record<string, string>[] }[];
    expect(used?.content[0]?.['id']).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(result?.content[0]?.['tool_use_id']).toBe(used?.content[0]?.['id']);
  });

  it.each([
    [1024, 2000, 1024],
    [2000, 4000, 2000],
    [3000, 4000, 3000],
    [1024, 20_000, 1024],
    [5000, 20_000, 5000],
    [10_000, 4000, 2000],
    [4000, 2000, undefined],
  ])('lets an older model think the %i tokens that the caller names, as far as a reply of %i has room', (thinking_budget, max_tokens, expected) => {
    const asked = { sampling: { effort: 'medium', thinking_budget, max_tokens } };
    const thinking = expected === undefined ? undefined : { type: 'enabled', budget_tokens: expected };
    expect([body(asked)['thinking'], body(asked, { reasoning: { effort: 'high' } })['thinking'], body(asked)['max_tokens']]).toEqual([thinking, thinking, max_tokens]);
  });

  it('tells a newer model the effort instead of a number, and changes no other thinking of the configuration', () => {
    const asked = { sampling: { effort: 'low', thinking_budget: 3000, max_tokens: 8000 } };
    expect(body(asked, { model: 'claude-opus-4-6' })).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } });
    expect(body(asked, { thinking: { type: 'enabled', budget_tokens: 6000 } })['thinking']).toEqual({ type: 'enabled', budget_tokens: 3000 });
    expect(body(asked, { thinking: { type: 'disabled' } })['thinking']).toEqual({ type: 'disabled' });
  });

  it('leaves out what only this request wants and a model that thinks refuses', () => {
    const sampling = { temperature: 0.2, top_p: 0.5, max_tokens: 50, user: 'me' };
    expect(body({ sampling })).toMatchObject({ temperature: 0.2, top_p: 0.5, max_tokens: 50, metadata: { user_id: 'me' } });
    expect(Object.keys(body({ sampling }, { thinking: { type: 'adaptive' } }))).not.toContain('temperature');
  });

  it('asks for a form of the reply where there are no tools', () => {
    const schema = { type: 'object' };
    const format = { type: 'json-schema', name: 'x', schema, strict: true } as const;
    expect(body({ tools: [], format })['output_config']).toEqual({ format: { type: 'json_schema', schema } });
    expect(body({ format })['output_config']).toBeUndefined();
    expect(body({ tools: [] }, { output_schema: schema })['output_config']).toEqual({ format: { type: 'json_schema', schema } });
  });

  it('sends images, calls and results in turns of alternating roles', () => {
    const messages: readonly Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image', mediaType: 'image/png', base64: 'AAAA' }] },
      { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'vote', argumentsText: '{"x":1}' }, { id: 'b', name: 'vote', argumentsText: 'broken' }], items: [] },
      { role: 'tool', callId: 'a', name: 'vote', text: 'no' },
      { role: 'tool', callId: 'b', name: 'vote', text: 'neither' },
      { role: 'user', content: 'again' },
    ];
    expect(body({ messages, tools: [] })['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'vote', input: { x: 1 } }, { type: 'tool_use', id: 'b', name: 'vote', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'no' },
          { type: 'tool_result', tool_use_id: 'b', content: 'neither' },
          { type: 'text', text: 'again', ...EPHEMERAL },
        ],
      },
    ]);
  });

  it('repeats its own blocks verbatim on a tool turn, and no other wire’s', () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' };
    const use = { type: 'tool_use', id: 'a', name: 'vote', input: {} };
    const items = [{ wire: 'openai-responses', item: { type: 'reasoning' } }, ...[thinking, { type: 'text', text: '' }, use].map((item) => ({ wire: 'anthropic-messages', item }))];
    const messages: readonly Message[] = [
      { role: 'user', content: 'q' },
      { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'vote', argumentsText: '{}' }], items },
      { role: 'tool', callId: 'a', name: 'vote', text: 'ok' },
    ];
    expect((body({ messages })['messages'] as unknown[])[1]).toEqual({ role: 'assistant', content: [thinking, use] });
  });

  it('lets extra_body have the last word', () => {
    expect(body({}, { extra_body: { max_tokens: 7, speed: 'fast' } })).toMatchObject({ max_tokens: 7, speed: 'fast' });
  });
});
