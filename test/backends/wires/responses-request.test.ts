import { describe, expect, it } from '@jest/globals';
import type { BackendRequest } from '../../../src/backends/contract.js';
import { resolveBackend } from '../../../src/backends/resolve.js';
import type { BackendConfig } from '../../../src/backends/spec.js';
import { isReasoningModel } from '../../../src/backends/wires/reasoning-models.js';
import { responsesBody } from '../../../src/backends/wires/responses-request.js';
import { NEW_ANSWER, requestOf } from '../../support/backend-collect.js';

function body(request: Partial<BackendRequest> = {}, config: Partial<BackendConfig> = {}): Record<string, unknown> {
  const { endpoint } = resolveBackend({ type: 'openai', model: 'gpt-4.1', api_key: 'sk-x', ...config }, {}, 'ada');
  return responsesBody(requestOf(request), { ...endpoint, fetch: globalThis.fetch }) as Record<string, unknown>;
}

describe('a Responses request', () => {
  it('is stateless and holds nothing that was not asked for', () => {
    expect(body({ tools: [] })).toEqual({
      model: 'gpt-4.1',
      input: [
        { role: 'system', content: 'You are one of several agents.' },
        { role: 'user', content: 'What is the answer?' },
      ],
      stream: true,
      store: false,
    });
  });

  it('flattens tools, not strict, and names a forced one', () => {
    expect(body({ tools: [NEW_ANSWER], toolChoice: { name: 'new_answer' } })).toMatchObject({
      tools: [{ type: 'function', ...NEW_ANSWER, strict: false }],
      tool_choice: { type: 'function', name: 'new_answer' },
    });
  });

  it("adds OpenAI's own tools", () => {
    const { tools } = body({ tools: [NEW_ANSWER] }, { enable_web_search: true, enable_code_interpreter: true });
    expect(tools).toMatchObject([{ type: 'web_search' }, { type: 'code_interpreter', container: { type: 'auto' } }, { type: 'function' }]);
    expect(body({ tools: [] }, { enable_web_search: true })).toMatchObject({ tools: [{ type: 'web_search' }] });
  });

  it('asks models that think for their thoughts', () => {
    expect(body({}, { model: 'gpt-5-mini' })).toMatchObject({ include: ['reasoning.encrypted_content'], reasoning: { summary: 'auto' } });
    expect(body({}, { model: 'o4-mini', reasoning: { effort: 'low', summary: 'detailed' } })['reasoning']).toEqual({ effort: 'low', summary: 'detailed' });
    expect(body({}, { model: 'gpt-5', reasoning: { effort: 'low', summary: 'none' } })['reasoning']).toEqual({ effort: 'low' });
    expect(body()).not.toHaveProperty('reasoning');
    for (const model of ['gpt-5', 'gpt-5.2', 'gpt-5-nano', 'o3', 'o3-pro', 'o4-mini']) expect(isReasoningModel(model)).toBe(true);
    for (const model of ['gpt-4o', 'gpt-4.1', 'gpt-5-chat-latest', 'gpt-5.2-chat-latest']) expect(isReasoningModel(model)).toBe(false);
  });

  it('passes on the parameters of the config in its own words', () => {
    const config = { max_tokens: 50, temperature: 0.2, top_p: 0.3, service_tier: 'flex', text: { verbosity: 'high' }, parallel_tool_calls: false, extra_body: { truncation: 'auto' } };
    expect(body({}, config)).toMatchObject({ max_output_tokens: 50, temperature: 0.2, top_p: 0.3, service_tier: 'flex', text: { verbosity: 'high' }, parallel_tool_calls: false, truncation: 'auto' });
  });

  it('sends the cache key to OpenAI only, cut to what it takes', () => {
    expect(body({ cacheKey: 'k'.repeat(80) })['prompt_cache_key']).toBe('k'.repeat(64));
    expect(body({ cacheKey: 'k' }, { base_url: 'https://llm.example.com/v1' })).not.toHaveProperty('prompt_cache_key');
  });

  it('builds the items of a reply that another wire heard', () => {
    const { input } = body({
      messages: [
        { role: 'assistant', text: 'so', toolCalls: [{ id: 'a', name: 'vote', argumentsText: '{"agent' }], items: [{ wire: 'openai-chat', item: { reasoning_content: 'hm' } }] },
        { role: 'tool', callId: 'a', name: 'vote', text: 'again' },
        { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image', mediaType: 'image/png', base64: 'aGk=' }] },
      ],
    });
    expect(input).toEqual([
      { role: 'assistant', content: 'so' },
      { type: 'function_call', call_id: 'a', name: 'vote', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'again' },
      { role: 'user', content: [{ type: 'input_text', text: 'look' }, { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,aGk=' }] },
    ]);
  });

  it('replays its own items, but no thought that was not given along', () => {
    const call = { type: 'function_call', id: 'fc', call_id: 'a', name: 'vote', arguments: '{"a":1}' };
    const items = [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'x' },
      call,
      { ...call, call_id: 'b', arguments: '{"a' },
    ].map((item) => ({ wire: 'openai-responses', item }));
    const messages = [{ role: 'assistant', text: 'x', toolCalls: [], items }] as const;
    // "Item 'fc' of type 'function_call' was provided without its required 'reasoning' item."
    const calls = [{ call_id: 'a', arguments: '{"a":1}' }, { call_id: 'b', arguments: '{}' }].map((own) => ({ type: 'function_call', name: 'vote', ...own }));
    expect(body({ messages }, { model: 'gpt-5-mini' })['input']).toEqual([items[1]?.item, ...calls]);
    // Other servers of this dialect want an id of every message, and pair nothing by it.
    const foreign = [{ ...messages[0], items: items.map(({ item }) => ({ wire: 'openai-responses:chatcompletion', item })) }];
    expect(body({ messages: foreign }, { type: 'chatcompletion', model: 'gpt-5-mini', base_url: 'http://127.0.0.1:9/v1' })['input']).toMatchObject([{ id: 'rs_2' }, { id: 'fc' }, { id: 'fc' }]);
    // "Reasoning input items can only be provided to a reasoning or computer use model."
    expect(body({ messages })['input']).toEqual(calls);
  });

  it('leaves out thoughts after which nothing came', () => {
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' };
    const items = [thought, { type: 'message', id: 'm', role: 'assistant', content: [] }, thought].map((item) => ({ wire: 'openai-responses', item }));
    const said = (some: typeof items): unknown => body({ messages: [{ role: 'assistant', text: '', toolCalls: [], items: some }] }, { model: 'gpt-5-mini' })['input'];
    expect(said(items)).toEqual([thought, items[1]?.item]);
    expect(said(items.slice(2))).toEqual([]);
  });

  it('sends no vendor the sealed thoughts of another', () => {
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' };
    const call = { type: 'function_call', id: 'fc', call_id: 'a', name: 'vote', arguments: '{}' };
    const messages = [{ role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'vote', argumentsText: '{}' }], items: [thought, call].map((item) => ({ wire: 'openai-responses', item })) }] as const;
    const plain = { type: 'function_call', call_id: 'a', name: 'vote', arguments: '{}' };
    expect(body({ messages }, { model: 'gpt-5-mini' })['input']).toEqual([thought, call]);
    expect(body({ messages }, { type: 'grok', model: 'grok-4' })['input']).toEqual([plain]);
    expect(body({ messages }, { type: 'azure_openai', model: 'gpt-5-mini', base_url: 'https://x.openai.azure.com' })['input']).toEqual([plain]);
  });
});
