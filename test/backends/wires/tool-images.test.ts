import { describe, expect, it } from '@jest/globals';
import type { ImagePart, Message } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import { resolveBackend } from '../../../src/backends/resolve.js';
import { bridgeRequest } from '../../../src/backends/wires/ag2/bridge-request.js';
import { chatBody } from '../../../src/backends/wires/chat-request.js';
import { promptBlocks } from '../../../src/backends/wires/claude-code/conversation.js';
import { messagesBody } from '../../../src/backends/wires/anthropic-request.js';
import { responsesBody } from '../../../src/backends/wires/responses-request.js';
import { collect, requestOf } from '../../support/backend-collect.js';
import { recording, replay } from '../../support/backend-replay.js';

const image: ImagePart = { type: 'image', mediaType: 'image/png', base64: 'AAAA' };
const URL = 'data:image/png;base64,AAAA';
const calls = ['a', 'b'].map((id) => ({ id, name: `look_${id}`, argumentsText: '{}' }));
const messages: readonly Message[] = [
  { role: 'user', content: 'q' },
  { role: 'assistant', text: '', toolCalls: calls, items: [] },
  { role: 'tool', callId: 'a', name: 'look_a', text: 'seen', images: [image] },
  { role: 'tool', callId: 'b', name: 'look_b', text: 'nothing' },
  { role: 'user', content: 'well?' },
];
const request = requestOf({ messages });
const endpointOf = (type: string, model: string) => ({ ...resolveBackend({ type, model, api_key: 'k' }, {}, 'ada').endpoint, fetch: globalThis.fetch });

async function geminiContents(model: string): Promise<unknown> {
  const replayed = replay({ body: recording('gemini-generate/text.sse') });
  await collect(createBackend({ type: 'gemini', model, api_key: 'k' }, { env: {}, fetch: replayed.fetch }), request);
  return replayed.sent[0]?.body['contents'];
}

describe('images that a tool shows', () => {
  it('are part of the result at Anthropic', () => {
    const { messages: turns } = messagesBody(request, endpointOf('claude', 'claude-opus-4-5')) as { messages: unknown[] };
    expect(turns.at(-1)).toMatchObject({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'seen' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] },
        { type: 'tool_result', tool_use_id: 'b', content: 'nothing' },
        { type: 'text', text: 'well?' },
      ],
    });
  });

  it('are part of the result at OpenAI’s Responses, and behind the results at others who speak it', () => {
    const own = responsesBody(request, endpointOf('openai', 'gpt-5')) as { input: unknown[] };
    expect(own.input.slice(-3)).toEqual([
      { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'seen' }, { type: 'input_image', detail: 'auto', image_url: URL }] },
      { type: 'function_call_output', call_id: 'b', output: 'nothing' },
      { role: 'user', content: 'well?' },
    ]);
    const other = responsesBody(request, endpointOf('grok', 'grok-4'), { foreign: true }) as { input: unknown[] };
    expect(other.input.slice(-4)).toEqual([
      { type: 'function_call_output', call_id: 'a', output: 'seen' },
      { type: 'function_call_output', call_id: 'b', output: 'nothing' },
      { role: 'user', content: [{ type: 'input_text', text: '[Shown by look_a]' }, { type: 'input_image', detail: 'auto', image_url: URL }] },
      { role: 'user', content: 'well?' },
    ]);
  });

  it('follow all results of a turn in Chat Completions, which takes them from users only', () => {
    const { messages: said } = chatBody(request, endpointOf('groq', 'llama'), {}) as { messages: unknown[] };
    expect(said.slice(-4)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'seen' },
      { role: 'tool', tool_call_id: 'b', content: 'nothing' },
      { role: 'user', content: [{ type: 'text', text: '[Shown by look_a]' }, { type: 'image_url', image_url: { url: URL } }] },
      { role: 'user', content: 'well?' },
    ]);
    expect((bridgeRequest({}, request, '/tmp')['messages'] as unknown[]).slice(-4)).toEqual(said.slice(-4));
  });

  it('stand beside the response at Gemini, and inside it from Gemini 3 on', async () => {
    const inlineData = { mimeType: 'image/png', data: 'AAAA' };
    const answer = { name: 'look_a', response: { output: 'seen' } };
    expect((await geminiContents('gemini-2.5-flash')) as unknown[]).toMatchObject([{}, {}, { role: 'user', parts: [{ functionResponse: answer }, { inlineData }, { functionResponse: { name: 'look_b' } }, { text: 'well?' }] }]);
    expect((await geminiContents('gemini-3-pro-preview')) as unknown[]).toMatchObject([{}, {}, { role: 'user', parts: [{ functionResponse: { ...answer, parts: [{ inlineData }] } }, { functionResponse: { name: 'look_b' } }, { text: 'well?' }] }]);
  });

  it('are told to an agent’s process with the result', () => {
    expect(promptBlocks(messages)).toContainEqual({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } });
  });
});
