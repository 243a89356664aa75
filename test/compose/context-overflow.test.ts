import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run, type RunResult } from '../../src/index.js';
import { closeServers, serve } from '../support/backend-servers.js';
import { recording } from '../support/backend-replay.js';
import { cleanUp, loggedEvents, temporaryFolder } from '../support/massgen-process.js';

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
});
afterEach(async () => {
  await closeServers();
  await cleanUp();
});

/** A vendor's words for a request of `size` tokens where there is room for `limit`. */
type Words = (limit: number, size: number) => { readonly status: number; readonly body: object };

const VENDORS: readonly (readonly [name: string, wire: string, backend: object, words: Words])[] = [
  ['OpenAI, Responses', 'openai-responses', { type: 'openai', api: 'responses' }, () => ({ status: 400, body: { error: { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'Your input exceeds the context window of this model. Please adjust your input and try again.' } } })],
  ['OpenAI, Chat Completions', 'openai-chat', { type: 'openai', api: 'chat' }, (limit, size) => ({ status: 400, body: { error: { code: 'context_length_exceeded', message: `This model's maximum context length is ${String(limit)} tokens. However, your messages resulted in ${String(size)} tokens.` } } })],
  ['Claude', 'anthropic-messages', { type: 'claude' }, (limit, size) => ({ status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message: `prompt is too long: ${String(size)} tokens > ${String(limit)} maximum` } } })],
  ['Gemini', 'gemini-generate', { type: 'gemini' }, (limit, size) => ({ status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT', message: `The input token count (${String(size)}) exceeds the maximum number of tokens allowed (${String(limit)}).` } } })],
  ['LM Studio', 'openai-chat', { type: 'lmstudio' }, (limit, size) => ({ status: 400, body: { error: `Trying to keep the first ${String(size)} tokens when context the overflows. However, the model is loaded with context length of only ${String(limit)} tokens, which is not enough.` } })],
  ['vLLM', 'openai-chat', { type: 'vllm' }, (limit, size) => ({ status: 400, body: { object: 'error', message: `This model's maximum context length is ${String(limit)} tokens. However, you requested ${String(size)} tokens in the messages, Please reduce the length of the messages.`, type: 'BadRequestError', code: 400 } })],
];

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A vendor whose model takes `limit` tokens of four characters. */
async function startVendor(wire: string, words: Words, limit: number, sizes: number[]): Promise<string> {
  return serve((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data: [{ id: 'a-model', object: 'model' }] }));
        return;
      }
      const size = Math.ceil(body.length / 4);
      sizes.push(size);
      if (size <= limit) {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(recording(`${wire}/text.sse`));
        return;
      }
      const refusal = words(limit, size);
      response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(JSON.stringify(refusal.body));
    });
  });
}

const history = Array.from({ length: 200 }, (_unused, place) => ({ role: place % 2 === 0 ? ('user' as const) : ('assistant' as const), text: `${String(place)}: ${'Long ago we spoke of this. '.repeat(20)}` }));

async function ask(wire: string, backend: object, words: Words, limit: number): Promise<{ readonly result: RunResult; readonly sizes: readonly number[] }> {
  const sizes: number[] = [];
  const origin = await startVendor(wire, words, limit, sizes);
  const base_url = wire.startsWith('openai') ? `${origin}/v1` : origin;
  const config = { agents: [{ id: 'solo', backend: { model: 'a-model', api_key: 'k', ...backend, base_url } }] };
  const result = await run({ config, cwd, home: cwd, env: {}, prompt: 'What did we speak of?', history });
  return { result, sizes };
}

describe.each(VENDORS)('a conversation that is too long for %s', (_name, wire, backend, words) => {
  it('is shortened once, and answered', async () => {
    const { result, sizes } = await ask(wire, backend, words, 15_000);
    expect(result.error).toBeUndefined();
    expect(result).toMatchObject({ status: 'completed', final_answer: 'Grüße, 世界 👋 — done.' });
    expect(sizes).toHaveLength(2);
    expect(sizes[0]).toBeGreaterThan(15_000);
    expect(loggedEvents(cwd).filter(({ type }) => type === 'conversation-compact')).toHaveLength(1);
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
  });

  it('fails with the remedy when it is too long even then', async () => {
    const { result, sizes } = await ask(wire, backend, words, 20);
    expect(result.status).toBe('failed');
    expect(sizes.length).toBeLessThanOrEqual(2);
    expect(result.error?.message).toMatch(/too long for a-model of .*choose a model with a larger context window, lower max_tokens, or ask with less/);
  });
});
