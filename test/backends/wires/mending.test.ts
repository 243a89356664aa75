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
    expect(bodies.map(({ input }) => input)).toEqual([[thought, call], [{ type: 'function_call', call_id: 'a', name: 'vote', arguments: '{}' }]]);
  });

  it('stays refused where it holds nothing of what was refused', async () => {
    const { ask, bodies } = openai({ type: 'openai', model: 'gpt-4.1' }, () => streamed('openai-responses/text.sse'), ['Your reasoning summary is unwelcome', () => true]);
    expect((await ask()).at(-1)).toMatchObject({ type: 'error', error: { code: 'request-rejected' } });
    expect(bodies).toHaveLength(1);
  });
});

describe('a request that some server does not understand', () => {
  const CHAT: BackendConfig = { type: 'chatcompletion', base_url: 'http://127.0.0.1:9/v1', model: 'm' };
  const plain = (): Response => streamed('openai-chat/text.sse');
  const forced = ({ tool_choice: choice }: Body): boolean => choice !== undefined && choice !== 'auto';

  it.each<[string, BackendConfig, () => Response]>([
    ['qwen', { type: 'qwen', model: 'qwen3.5-plus' }, plain],
    ['chatcompletion', CHAT, plain],
    ['grok', { type: 'grok', model: 'grok-4.3' }, () => streamed('openai-responses/text.sse')],
  ])('forces no tool where the model of %s refuses it', async (_name, config, reply) => {
    const { ask, bodies } = openai(config, reply, ['<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or object in thinking mode', forced]);
    for (let call = 0; call < 2; call += 1) expect((await ask({ toolChoice: { name: 'vote' } })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map((body) => body['tool_choice'])).toEqual([expect.objectContaining({ type: 'function' }), 'auto', 'auto']);
  });

  it('learns nothing from a mend that did not help', async () => {
    let calls = 0;
    const { ask, bodies } = openai(CHAT, plain, ['tool_choice names no tool', () => calls++ < 2]);
    expect((await ask({ toolChoice: { name: 'vote' } })).at(-1)).toMatchObject({ type: 'error', error: { code: 'request-rejected' } });
    expect((await ask({ toolChoice: { name: 'vote' } })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map(forced)).toEqual([true, false, true]);
  });

  it('does without what one mend left out, however much it is', async () => {
    const sampling = { temperature: 0.7, top_p: 0.5, presence_penalty: 1, frequency_penalty: 1 };
    const refuses = (...names: string[]) => [names.map((name) => `Unsupported parameter: '${name}' is not supported with this model.`).join(' '), (body: Body) => names.some((name) => name in body)] as const;
    const { ask, bodies } = openai(CHAT, plain, refuses('temperature'), refuses('top_p'), refuses('presence_penalty', 'frequency_penalty'));
    for (let call = 0; call < 2; call += 1) expect((await ask({ sampling })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map((body) => Object.keys(sampling).filter((name) => name in body).length)).toEqual([4, 3, 2, 1, 0, 0]);
  });

  it('learns of two mends the one that helped', async () => {
    const { ask, bodies } = openai(CHAT, plain, ["'temperature' is not supported beside tool_choice", (body) => 'temperature' in body]);
    for (let call = 0; call < 2; call += 1) expect((await ask({ toolChoice: { name: 'vote' }, sampling: { temperature: 0.7 } })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map((body) => [forced(body), 'temperature' in body])).toEqual([[true, true], [false, true], [false, false], [true, false]]);
  });

  it('learns of two mends both where it takes both', async () => {
    const { ask, bodies } = openai(CHAT, plain, ["neither 'temperature' nor tool_choice is supported", (body) => 'temperature' in body || forced(body)]);
    for (let call = 0; call < 3; call += 1) expect((await ask({ toolChoice: { name: 'vote' }, sampling: { temperature: 0.7 } })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map((body) => [forced(body), 'temperature' in body])).toEqual([[true, true], [false, true], [false, false], [true, false], [false, false], [false, false]]);
  });

  it.each(["tool_choice: tool 'look' not found in tools", 'The tool specified in `tool_choice` does not match any of the specified `tools`'])('forces a tool again after one that was not there: %s', async (said) => {
    const { ask, bodies } = openai(CHAT, plain, [said, (body) => JSON.stringify(body['tool_choice']).includes('look')]);
    for (const name of ['look', 'vote']) expect((await ask({ toolChoice: { name } })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map(forced)).toEqual([true, false, true]);
  });

  it('does not ask for usage where that is an unknown field, whatever the status', async () => {
    const bodies: Body[] = [];
    const fetch: FetchLike = (_url, init) => {
      const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Body;
      bodies.push(body);
      const refused = { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }] };
      return Promise.resolve('stream_options' in body ? new Response(JSON.stringify(refused), { status: 422 }) : plain());
    };
    expect(textOf(await collect(createBackend(CHAT, { env: {}, fetch }), requestOf()))).toBe('Grüße, 世界 👋 — done.');
    expect(bodies.map((body) => 'stream_options' in body)).toEqual([true, false]);
  });

  it.each([
    ["Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.", 'temperature'],
    ['Model grok-4.3 does not support parameter presencePenalty.', 'presence_penalty'],
    ['Argument not supported on this model: frequencyPenalty', 'frequency_penalty'],
  ])('leaves out what only the request wants: %s', async (said, name) => {
    const sampling = { temperature: 0.7, presence_penalty: 1, frequency_penalty: 1 };
    const { ask, bodies } = openai(CHAT, plain, [said, (body) => name in body]);
    expect((await ask({ sampling })).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map((body) => Object.keys(sampling).filter((key) => key in body))).toEqual([Object.keys(sampling), Object.keys(sampling).filter((key) => key !== name)]);
  });

  it('does not leave out what the configuration says', async () => {
    const { ask, bodies } = openai({ ...CHAT, temperature: 0.7 }, plain, ["'temperature' is not supported", (body) => 'temperature' in body]);
    expect((await ask({ sampling: { top_p: 0.5 } })).at(-1)).toMatchObject({ type: 'error', error: { code: 'request-rejected' } });
    expect(bodies).toHaveLength(1);
  });
});
