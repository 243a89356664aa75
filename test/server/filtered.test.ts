import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers, serve } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { messageBody } from '../support/messages.js';
import { bodyOf, framesOf, serveHere, stopServers, type Frame, type TestServer } from '../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const FILTERED = { text: 'Half of the answer', pieces: 3, finish: 'content_filter', usage: { prompt_tokens: 11, completion_tokens: 4 } };
const SUM = { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 };
const CHAT = { messages: [{ role: 'user', content: 'Hello!' }] };
const STREAMED = { stream: true, stream_options: { include_usage: true } };

const filtered = async (): Promise<TestServer> => serveHere({ config: aloneAt((await startVendor(() => FILTERED)).url) });
const ask = async ({ post }: TestServer, path: string, body: object): Promise<any> => bodyOf(await post(path, body)); // eslint-disable-line @typescript-eslint/no-explicit-any
const stream = async ({ post }: TestServer, path: string, body: object): Promise<readonly Frame[]> => framesOf(await (await post(path, { ...STREAMED, ...body })).text()).filter(({ data }) => data !== '[DONE]');
const chatText = (frames: readonly Frame[]): string => frames.map(({ data }) => (data.choices[0]?.delta.content ?? '') as string).join('');
const reasonsOf = (frames: readonly Frame[]): readonly unknown[] => frames.map(({ data }) => data.choices[0]?.finish_reason as unknown).filter((reason) => reason != null);
const messageText = (frames: readonly Frame[]): string => frames.map(({ data }) => (data.delta?.type === 'text_delta' ? (data.delta.text as string) : '')).join('');

/** Without what another run has of its own. */
const steady = (body: object): unknown => JSON.parse(JSON.stringify(body).replaceAll(/resp_[0-9a-f]+|msg_[0-9a-f]+(?:o\d)?|api_session_\w+|log_[\d_]+|"(?:duration_seconds|completed_at|created_at)":[\d.]+/gu, (found) => (found.startsWith('"') ? '"time":0' : 'id')));

describe('a reply that the provider’s filter ends, of a single agent', () => {
  it('is what came of it with finish_reason content_filter, in a chat', async () => {
    const server = await filtered();
    const body = await ask(server, '/v1/chat/completions', CHAT);
    expect(body).toMatchObject({ choices: [{ message: { content: FILTERED.text }, finish_reason: 'content_filter' }], usage: SUM, massgen_metadata: { status: 'failed', usage: SUM } });
    const frames = await stream(server, '/v1/chat/completions', CHAT);
    expect([chatText(frames), reasonsOf(frames)]).toEqual([FILTERED.text, ['content_filter']]);
    expect(frames.at(-1)!.data).toMatchObject({ choices: [], usage: SUM });
    const legacy = await ask(server, '/v1/completions', { prompt: 'Hello!' });
    expect(legacy).toMatchObject({ choices: [{ text: FILTERED.text, finish_reason: 'content_filter' }], usage: SUM });
  });

  it('is one incomplete response, whole or streamed', async () => {
    const server = await filtered();
    const body = await ask(server, '/v1/responses', { input: 'Hello!' });
    expect(body).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      error: null,
      output: [{ type: 'message', status: 'incomplete', content: [{ text: FILTERED.text }] }],
      usage: { input_tokens: 11, output_tokens: 4, total_tokens: 15 },
      massgen_metadata: { status: 'failed', answers: [], usage: SUM },
    });
    const last = (await stream(server, '/v1/responses', { input: 'Hello!' })).at(-1)!.data;
    expect(last.type).toBe('response.incomplete');
    expect(steady(last.response as object)).toEqual(steady(body as object));
  });

  it('is a refusal with its text and usage, whole or streamed, as a message', async () => {
    const server = await filtered();
    const body = await ask(server, '/v1/messages', messageBody());
    expect(body).toMatchObject({ content: [{ type: 'text', text: FILTERED.text }], stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: expect.any(String) }, usage: { input_tokens: 11, output_tokens: 4 }, massgen_metadata: { usage: SUM } });
    const frames = await stream(server, '/v1/messages', messageBody());
    expect(messageText(frames)).toBe(FILTERED.text);
    expect(frames.at(-2)!.data).toMatchObject({ type: 'message_delta', delta: { stop_reason: 'refusal' }, usage: { input_tokens: 11, output_tokens: 4 }, massgen_metadata: { usage: SUM } });
  });

  it('is the same where the provider breaks its stream off with an error of its filter, and where the text was held back for its form', async () => {
    const half = { choices: [{ index: 0, delta: { content: FILTERED.text } }] };
    const error = { error: { message: 'content_filter: the reply was withheld', code: 'content_filter', type: 'content_filter' } };
    const origin = await serve((_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify(half)}\n\ndata: ${JSON.stringify(error)}\n\n`));
    const broken = await serveHere({ config: aloneAt(`${origin}/v1`) });
    const ended = { choices: [{ message: { content: FILTERED.text }, finish_reason: 'content_filter' }] };
    expect(await ask(broken, '/v1/chat/completions', CHAT)).toMatchObject(ended);
    const frames = await stream(broken, '/v1/chat/completions', CHAT);
    expect([chatText(frames), reasonsOf(frames)]).toEqual([FILTERED.text, ['content_filter']]);
    const form = { ...CHAT, response_format: { type: 'json_object' } };
    const server = await filtered();
    expect(await ask(server, '/v1/chat/completions', form)).toMatchObject(ended);
    expect(chatText(await stream(server, '/v1/chat/completions', form))).toBe(FILTERED.text);
  });

  it('is an error of a chat where nothing came', async () => {
    const server = await serveHere({ config: aloneAt((await startVendor(() => ({ text: '', finish: 'content_filter' }))).url) });
    const response = await server.post('/v1/chat/completions', CHAT);
    expect([response.status, (await bodyOf(response)).error.code]).toEqual([502, 'reply_filtered']);
  });
});

describe('a presentation that the provider’s filter ends', () => {
  // Fewer tokens than the winner's answer has bytes: it is presented.
  const presented = async (): Promise<TestServer> => serveHere({ config: pairAt((await startVendor(agreeing(FILTERED))).url) });

  it('is the winner’s own answer where nothing of it was sent', async () => {
    const body = await ask(await presented(), '/v1/responses', { input: 'Hello!', max_output_tokens: 5 });
    expect(body).toMatchObject({ status: 'completed', massgen_metadata: { marks: ['presentation-failed'] } });
    expect(JSON.stringify(body.output)).toContain('An answer.');
  });

  it('ends what was streamed of it with the word for a filter, in every dialect', async () => {
    const server = await presented();
    const marks = ['presentation-failed'];
    const frames = await stream(server, '/v1/chat/completions', { ...CHAT, max_tokens: 5 });
    expect([chatText(frames), reasonsOf(frames)]).toEqual([FILTERED.text, ['content_filter']]);
    expect(frames.at(-2)!.data).toMatchObject({ massgen_metadata: { status: 'completed', marks } });
    expect(frames.at(-1)!.data).toMatchObject({ usage: SUM });
    const last = (await stream(server, '/v1/responses', { input: 'Hello!', max_output_tokens: 5 })).at(-1)!.data;
    expect(last).toMatchObject({ type: 'response.incomplete', response: { incomplete_details: { reason: 'content_filter' }, error: null, usage: { input_tokens: 11, output_tokens: 4 }, massgen_metadata: { marks } } });
    expect((last.response.output as readonly object[]).at(-1)).toMatchObject({ type: 'message', content: [{ text: FILTERED.text }] });
    const events = await stream(server, '/v1/messages', messageBody({ max_tokens: 5 }));
    expect([messageText(events), events.some(({ event }) => event === 'error')]).toEqual([FILTERED.text, false]);
    expect(events.at(-2)!.data).toMatchObject({ delta: { stop_reason: 'refusal' }, usage: { input_tokens: 11, output_tokens: 4 } });
  });
});
