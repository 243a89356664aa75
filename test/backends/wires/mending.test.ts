import { describe, expect, it } from '@jest/globals';
import type { BackendRequest } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendConfig, FetchLike } from '../../../src/backends/spec.js';
import { callsOf, collect, requestOf, textOf } from '../../support/backend-collect.js';
import { recording } from '../../support/backend-replay.js';

type Body = Readonly<Record<string, unknown>>;

/** OpenAI, which refuses with these words whatever holds what they are about. */
function openai(config: BackendConfig, reply: (body: Body) => Response, ...refusals: readonly (readonly [said: string, isRefused: (body: Body) => boolean])[]): { readonly ask: (request?: Partial<BackendRequest>) => ReturnType<typeof collect>; readonly bodies: Body[] } {
  const bodies: Body[] = [];
  const fetch: FetchLike = (_url, init) => {
    const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Body;
    bodies.push(body);
    const refused = refusals.find(([, isRefused]) => isRefused(body));
    return Promise.resolve(refused === undefined ? reply(body) : new Response(JSON.stringify({ error: { message: refused[0], type: 'invalid_request_error', code: 'unsupported_value' } }), { status: 400 }));
  };
  const backend = createBackend({ api_key: 'sk-x', ...config }, { env: {}, fetch });
  return { ask: (request) => collect(backend, requestOf(request)), bodies };
}

const streamed = (name: string): Response => new Response(recording(name), { headers: { 'content-type': 'text/event-stream' } });
const whole = (body: object): Response => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });

const VERIFY = 'Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.';

describe('a request that OpenAI refuses an account', () => {
  const noSummaries = [`Your organization must be verified to generate reasoning summaries. ${VERIFY}`, ({ reasoning }: Body) => JSON.stringify(reasoning ?? {}).includes('summary')] as const;
  const noStream = [`Your organization must be verified to stream this model. ${VERIFY}`, ({ stream }: Body) => stream === true] as const;

  it('is sent without summaries, and those after it too', async () => {
    const { ask, bodies } = openai({ type: 'openai', model: 'gpt-5.2', reasoning: { effort: 'low' } }, () => streamed('openai-responses/text.sse'), noSummaries);
    for (let call = 0; call < 2; call += 1) expect((await ask()).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map(({ reasoning }) => reasoning)).toEqual([{ effort: 'low', summary: 'auto' }, { effort: 'low' }, { effort: 'low' }]);
  });

  it('is answered in one piece where the account may not stream, whatever else is refused it', async () => {
    const output = [{ type: 'message', id: 'm', content: [{ type: 'output_text', text: 'Hello.', annotations: [] }] }, { type: 'function_call', id: 'f', call_id: 'c', name: 'vote', arguments: '{}' }];
    const { ask, bodies } = openai({ type: 'openai', model: 'gpt-5.2' }, () => whole({ status: 'completed', output }), noStream, noSummaries);
    const events = await ask();
    expect([textOf(events), callsOf(events).map(({ name }) => name)]).toEqual(['Hello.', ['vote']]);
    expect(bodies.map(({ stream, reasoning }) => [stream, reasoning])).toEqual([[true, { summary: 'auto' }], [false, { summary: 'auto' }], [false, {}]]);
  });

  it('is answered in one piece by chat completions, too', async () => {
    const { ask, bodies } = openai({ type: 'openai', model: 'gpt-5.2', api: 'chat' }, () => whole({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }), noStream);
    expect(textOf(await ask())).toBe('Hello.');
    expect(bodies.map(({ stream, stream_options }) => [stream, stream_options])).toEqual([[true, { include_usage: true }], [false, undefined]]);
  });

  it('goes without thoughts that were sealed for another account, this once', async () => {
    const thought = { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'x' };
    const call = { type: 'function_call', id: 'fc', call_id: 'a', name: 'vote', arguments: '{}' };
    const said = 'The encrypted content gAAA could not be verified. Reason: Encrypted content could not be decrypted or parsed.';
    const { ask, bodies } = openai({ type: 'openai', model: 'gpt-5.2' }, () => streamed('openai-responses/text.sse'), [said, ({ input }) => JSON.stringify(input).includes('encrypted_content')]);
    const messages = [{ role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'vote', argumentsText: '{}' }], items: [thought, call].map((item) => ({ wire: 'openai-responses', item })) }] as const;
    expect((await ask({ messages })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map(({ input }) => input)).toEqual([[thought, call], [call]]);
  });

  it('stays refused where it holds nothing of what was refused', async () => {
    const { ask, bodies } = openai({ type: 'openai', model: 'gpt-4.1' }, () => streamed('openai-responses/text.sse'), ['Your reasoning summary is unwelcome', () => true]);
    expect((await ask()).at(-1)).toMatchObject({ type: 'error', error: { code: 'request-rejected' } });
    expect(bodies).toHaveLength(1);
  });
});
