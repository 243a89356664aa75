import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { errorOf } from '../support/responses.js';
import { AGREED, ECHO, looped } from '../support/scripts.js';
import { bodyOf, framesOf, serveHere, stopServers } from '../support/server.js';
import { aloneAt, startVendor } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

describe('a completion', () => {
  it('is the documented one', async () => {
    const { post } = await serveHere({ config: looped(AGREED) });
    const response = await post('/v1/completions', { prompt: ['Hello!'], echo: true });
    expect([response.status, await bodyOf(response)]).toEqual([
      200,
      {
        id: expect.stringMatching(/^cmpl-req_[0-9a-f]{32}$/),
        object: 'text_completion',
        created: expect.any(Number),
        model: 'massgen',
        choices: [{ text: 'Hello!The agreed answer.', index: 0, logprobs: null, finish_reason: 'stop' }],
        usage: expect.objectContaining({ total_tokens: expect.any(Number) }),
        massgen_metadata: expect.objectContaining({ selected_agent: 'one' }),
      },
    ]);
  });

  it('streams its text, and its usage when it is asked for', async () => {
    const vendor = await startVendor(() => ({ text: 'One two', pieces: 2, finish: 'length' }));
    const { post } = await serveHere({ config: aloneAt(vendor.url) });
    const frames = framesOf(await (await post('/v1/completions', { model: 'solo', prompt: 'Count: ', stream: true, echo: true, max_tokens: 2, stop: 'x', stream_options: { include_usage: true } })).text());
    const chunks = frames.slice(0, -1).map(({ data }) => data as { readonly choices: readonly { readonly text: string; readonly finish_reason: string | null }[]; readonly usage: unknown });
    expect(chunks.flatMap(({ choices }) => choices.map(({ text }) => text)).join('')).toBe('Count: One two');
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('length');
    expect([chunks.at(-1)!.usage, frames.at(-1)!.data]).toEqual([expect.objectContaining({ total_tokens: 12 }), '[DONE]']);
    expect(vendor.heard[0]).toMatchObject({ stop: 'x', max_tokens: 2 });
  });

  it.each<[string, object, string]>([
    ['no prompt', {}, 'prompt'],
    ['an empty one', { prompt: ' ' }, 'prompt'],
    ['several', { prompt: ['a', 'b'] }, 'prompt'],
    ['tokens', { prompt: [1, 2] }, 'prompt'],
    ['several answers', { prompt: 'a', n: 2 }, 'n'],
    ['the best of several', { prompt: 'a', best_of: 2 }, 'best_of'],
    ['a suffix', { prompt: 'a', suffix: 'b' }, 'suffix'],
  ])('is refused with %s', async (_name, body, param) => {
    const { post } = await serveHere({ config: looped(ECHO) });
    expect(await errorOf(await post('/v1/completions', body))).toEqual([400, { message: expect.any(String), type: 'invalid_request_error', param, code: expect.any(String) }]);
  });

  it('is asked for with POST', async () => {
    const { get } = await serveHere({ config: looped(ECHO) });
    const response = await get('/v1/completions');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('what OpenAI serves and massgen does not', () => {
  it.each(['embeddings', 'images/generations', 'audio/speech', 'moderations', 'files', 'files/file_1/content', 'batches', 'assistants', 'threads/t/runs', 'vector_stores', 'responses/compact', 'responses/input_tokens', 'conversations', 'fine_tuning/jobs'])('is said not to be there: %s', async (name) => {
    const { post, get } = await serveHere({ config: looped(ECHO) });
    for (const response of [await post(`/v1/${name}`, {}), await get(`/v1/${name}`)]) expect(await errorOf(response)).toEqual([404, { message: expect.stringContaining(`massgen does not serve ${name}`), type: 'invalid_request_error', param: null, code: 'not_found' }]);
  });
});
