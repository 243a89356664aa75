import { describe, expect, it } from '@jest/globals';
import type { BackendRequest } from '../../../src/backends/contract.js';
import { resolveBackend } from '../../../src/backends/resolve.js';
import type { BackendConfig, Endpoint } from '../../../src/backends/spec.js';
import { chatBody, type ChatQuirks } from '../../../src/backends/wires/chat-request.js';
import { createBackend } from '../../../src/backends/create.js';
import { collect, NEW_ANSWER, requestOf } from '../../support/backend-collect.js';
import { recording, replay } from '../../support/backend-replay.js';

const endpoint = (config: Partial<BackendConfig> = {}): Endpoint => ({
  ...resolveBackend({ type: 'chatcompletion', base_url: 'http://127.0.0.1:1/v1', model: 'local', ...config }, {}, 'ada').endpoint,
  fetch: globalThis.fetch,
});

const body = (request: Partial<BackendRequest> = {}, config: Partial<BackendConfig> = {}, quirks: ChatQuirks = {}): Record<string, unknown> =>
  chatBody(requestOf(request), endpoint(config), quirks) as Record<string, unknown>;

/** What a row of the catalog really sends. */
async function rowBody(config: BackendConfig, request: Partial<BackendRequest> = {}): Promise<Record<string, unknown>> {
  const { fetch, sent } = replay({ body: recording('openai-chat/text.sse') });
  await collect(createBackend({ model: 'm', api_key: 'sk-x', ...config }, { env: {}, fetch }), requestOf(request));
  return sent.at(-1)?.body ?? {};
}

describe('a chat completions request', () => {
  it('is streamed, with usage, and holds nothing that was not asked for', () => {
    expect(body({ tools: [] })).toEqual({
      model: 'local',
      messages: [
        { role: 'system', content: 'You are one of several agents.' },
        { role: 'user', content: 'What is the answer?' },
      ],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('carries tools and how they may be chosen', () => {
    expect(body({ tools: [NEW_ANSWER], toolChoice: 'required' })).toMatchObject({
      tools: [{ type: 'function', function: NEW_ANSWER }],
      tool_choice: 'required',
    });
    expect(body({ toolChoice: { name: 'vote' } })['tool_choice']).toEqual({ type: 'function', function: { name: 'vote' } });
    expect(body({ toolChoice: 'none' })['tool_choice']).toBe('none');
  });

  it('falls back to what the vendor can force', () => {
    const named = { toolChoice: { name: 'vote' } };
    expect(body(named, {}, { toolChoices: ['required'] })['tool_choice']).toBe('required');
    expect(body(named, {}, { toolChoices: [] })['tool_choice']).toBe('auto');
    expect(body({ toolChoice: 'required' }, {}, { toolChoices: ['named'] })['tool_choice']).toBe('auto');
    expect(body(named, {}, { toolChoices: ['named'] })['tool_choice']).toMatchObject({ type: 'function' });
  });

  it('sends a conversation back as it was, broken arguments as {}', () => {
    const calls = [
      { id: 'a', name: 'new_answer', argumentsText: '{"content": "x"}' },
      { id: 'b', name: 'vote', argumentsText: '{"agent' },
    ];
    const { messages } = body({
      messages: [
        { role: 'assistant', text: '', toolCalls: calls, items: [] },
        { role: 'tool', callId: 'a', name: 'new_answer', text: 'accepted' },
        { role: 'assistant', text: 'plain', toolCalls: [], items: [] },
      ],
    });
    expect(messages).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'new_answer', arguments: '{"content": "x"}' } },
          { id: 'b', type: 'function', function: { name: 'vote', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'accepted' },
      { role: 'assistant', content: 'plain' },
    ]);
  });

  it('sends images as data URIs', () => {
    const { messages } = body({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image', mediaType: 'image/png', base64: 'aGk=' }] }],
    });
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }] },
    ]);
  });

  it('passes on the parameters of the config, extra_body last, and no other keys', () => {
    const config = { temperature: 0.7, top_p: 0.9, max_tokens: 100, stop: ['x'], seed: 7, presence_penalty: 1, frequency_penalty: 2, service_tier: 'flex' };
    const sentBody = body({}, { ...config, parallel_tool_calls: false, reasoning: { effort: 'low' }, top_k: 5, extra_body: { seed: 8, x: 1 }, cwd: 'workspace' });
    expect(sentBody).toMatchObject({ ...config, parallel_tool_calls: false, reasoning_effort: 'low', seed: 8, x: 1 });
    for (const name of ['cwd', 'top_k', 'reasoning', 'extra_body', 'type']) expect(sentBody).not.toHaveProperty(name);
  });

  it("says it in OpenAI's words to OpenAI only", async () => {
    const config = { max_tokens: 9, text: { verbosity: 'low' } };
    const request = { cacheKey: 'run-1' };
    const own = await rowBody({ type: 'openai', api: 'chat', ...config }, request);
    expect(own).toMatchObject({ max_completion_tokens: 9, verbosity: 'low', prompt_cache_key: 'run-1' });
    const other = await rowBody({ type: 'openai', base_url: 'https://llm.example.com/v1', ...config }, request);
    expect(other).toMatchObject({ max_tokens: 9 });
    for (const name of ['max_completion_tokens', 'verbosity', 'prompt_cache_key']) expect(other).not.toHaveProperty(name);
  });

  it('says it in the words of each vendor', async () => {
    const open = await rowBody({ type: 'openrouter', reasoning: { effort: 'high' }, enable_web_search: true });
    expect(open).toMatchObject({ usage: { include: true }, reasoning: { effort: 'high' }, plugins: [{ id: 'web' }] });
    const local = await rowBody({ type: 'sglang', top_k: 20, repetition_penalty: 1.1, separate_reasoning: true, enable_thinking: false });
    expect(local).toMatchObject({ top_k: 20, repetition_penalty: 1.1, separate_reasoning: true, chat_template_kwargs: { enable_thinking: false } });
    for (const [type, choice] of [['zai', 'auto'], ['moonshot', 'auto'], ['lmstudio', 'required'], ['ollama', 'auto']] as const) {
      expect((await rowBody({ type }, { toolChoice: { name: 'vote' } }))['tool_choice']).toBe(choice);
    }
  });

  it('gives a vendor back the reasoning it insists on', async () => {
    const items = [{ wire: 'openai-chat', item: { reasoning_content: 'hm' } }, { wire: 'other', item: { reasoning_content: 'no' } }];
    const messages = [{ role: 'assistant', text: 'x', toolCalls: [], items }] as const;
    expect((await rowBody({ type: 'moonshot' }, { messages }))['messages']).toEqual([{ role: 'assistant', content: 'x', reasoning_content: 'hm' }]);
    expect((await rowBody({ type: 'groq' }, { messages }))['messages']).toEqual([{ role: 'assistant', content: 'x' }]);
  });

  it('has thoughts before every call for models that insist on them', async () => {
    const toolCalls = [{ id: 'a', name: 'vote', argumentsText: '{}' }];
    const messages = [{ role: 'assistant', text: '', toolCalls, items: [] }, { role: 'assistant', text: 'x', toolCalls: [], items: [] }] as const;
    const thoughts = async (config: BackendConfig): Promise<unknown> => ((await rowBody(config, { messages }))['messages'] as Record<string, unknown>[]).map((message) => message['reasoning_content']);
    expect(await thoughts({ type: 'moonshot', model: 'kimi-k2.6' })).toEqual([' ', undefined]);
    expect(await thoughts({ type: 'deepseek', model: 'deepseek-v4-pro' })).toEqual([' ', undefined]);
    for (const config of [{ type: 'moonshot', model: 'moonshot-v1-8k' }, { type: 'deepseek', model: 'deepseek-chat' }, { type: 'groq' }]) expect(await thoughts(config)).toEqual([undefined, undefined]);
  });

  it('leaves out replies that say nothing, which several vendors refuse', () => {
    const items = [{ wire: 'openai-chat', item: { reasoning_content: 'only thoughts' } }];
    const messages = [{ role: 'user', content: 'a' }, { role: 'assistant', text: '', toolCalls: [], items }, { role: 'user', content: 'b' }] as const;
    expect(body({ messages }, {}, { keepReasoning: 'reasoning_content' })['messages']).toEqual([{ role: 'user', content: 'a' }, { role: 'user', content: 'b' }]);
  });
});

describe('a conversation with a model of Mistral’s', () => {
  const call = { id: 'call_0_0', name: 'vote', argumentsText: '{}' };
  const own = { id: 'D681PevKs', name: 'vote', argumentsText: '{}' };
  const conversation = [
    { role: 'user', content: 'q' },
    { role: 'assistant', text: '', toolCalls: [call, own], items: [] },
    { role: 'tool', callId: call.id, name: 'vote', text: 'no' },
    { role: 'tool', callId: own.id, name: 'vote', text: 'no' },
    { role: 'user', content: 'New answers.' },
  ] as const;
  interface Sent {
    readonly role: string;
    readonly tool_calls?: readonly { readonly id: string }[];
    readonly tool_call_id?: string;
  }
  const sentTo = async (config: BackendConfig): Promise<readonly Sent[]> => (await rowBody(config, { messages: conversation }))['messages'] as readonly Sent[];

  it.each<[string, BackendConfig]>([
    ['at its own address', { type: 'mistral', model: 'ft:custom' }],
    ['at OpenRouter', { type: 'openrouter', model: 'mistralai/ministral-8b' }],
    ['on this machine', { type: 'vllm', model: 'Devstral-Small-2507' }],
  ])('has a word of the model’s between results and what the user says, and ids in its form: %s', async (_where, config) => {
    const messages = await sentTo(config);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'assistant', 'user']);
    const ids = (messages[1]?.tool_calls ?? []).map(({ id }) => id);
    expect(ids).toEqual([expect.stringMatching(/^[a-zA-Z0-9]{9}$/), own.id]);
    expect(messages.slice(2, 4).map(({ tool_call_id }) => tool_call_id)).toEqual(ids);
  });

  it('is no one else’s', async () => {
    const messages = await sentTo({ type: 'groq' });
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user']);
    expect(messages[2]?.tool_call_id).toBe('call_0_0');
  });
});
