import { createAnthropic } from '@ai-sdk/anthropic';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { PNG, WEATHER } from '../../support/messages.js';
import { breaksOff, soloAt, startProvider } from '../../support/provider.js';
import { AGREED, looped, REFUSED } from '../../support/scripts.js';
import { serveHere, stopServers, type TestServer } from '../../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor, type HeardBody, type Said, type Vendor } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const clientOf = ({ url }: TestServer, more: object = {}): Anthropic => new Anthropic({ baseURL: url, apiKey: 'not-needed', authToken: null, maxRetries: 0, ...more });
const ASKED = { model: 'massgen', max_tokens: 1000, messages: [{ role: 'user' as const, content: 'Hello!' }] };
const TEAM = looped(AGREED);
const hasResult = ({ messages }: HeardBody): boolean => messages.some(({ role }) => role === 'tool') || JSON.stringify(messages).includes('Tool get_weather: sunny');
const looksFirst = (body: HeardBody): Said => (hasResult(body) ? { text: 'Sunny.' } : { text: 'Let me look.', calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] });

async function alone(answer: (body: HeardBody, place: number) => Said): Promise<TestServer & { readonly vendor: Vendor }> {
  const vendor = await startVendor(answer);
  return { ...(await serveHere({ config: aloneAt(vendor.url) })), vendor };
}

describe('the anthropic client', () => {
  it('asks a team', async () => {
    const client = clientOf(await serveHere({ config: TEAM }));
    const { data, request_id: id } = await client.messages.create(ASKED).withResponse();
    expect(data).toMatchObject({ content: [{ type: 'text', text: 'The agreed answer.' }], stop_reason: 'end_turn' });
    expect(id).toMatch(/^req_/);
    expect(data).toHaveProperty('massgen_metadata.selected_agent', 'one');
  });

  it('streams, with its own accumulation', async () => {
    const client = clientOf(await serveHere({ config: TEAM }));
    const stream = client.messages.stream({ ...ASKED, max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 1024 } });
    const heard = { text: '', thinking: '', signature: '' };
    stream.on('text', (delta) => (heard.text += delta)).on('thinking', (delta) => (heard.thinking += delta)).on('signature', (signature) => (heard.signature = signature));
    const message = await stream.finalMessage();
    expect(message.content).toEqual([
      { type: 'thinking', thinking: heard.thinking, signature: heard.signature },
      { type: 'text', text: 'The agreed answer.' },
    ]);
    expect(heard.thinking).toContain('Winner: one');
    expect(heard.text).toBe('The agreed answer.');
    expect(await stream.finalText()).toBe('The agreed answer.');
    expect(message.usage.output_tokens).toBeGreaterThan(0);
    expect(message.stop_reason).toBe('end_turn');
  });

  it('gets the same message streamed and whole', async () => {
    const client = clientOf(await alone(looksFirst));
    const asked = { ...ASKED, model: 'solo', tools: [WEATHER] };
    const whole = await client.messages.create(asked);
    const streamed = await client.messages.stream(asked).finalMessage();
    const same = ({ content, stop_reason, stop_sequence, usage: { input_tokens, output_tokens } }: Anthropic.Message): unknown => JSON.parse(JSON.stringify({ content, stop_reason, stop_sequence, input_tokens, output_tokens }).replace(/call_\d_0/u, 'ID'));
    expect(same(streamed)).toEqual(same(whole));
  });

  it.each([['one agent', aloneAt, looksFirst], ['a team', pairAt, (body: HeardBody) => agreeing(looksFirst(body))(body)]] as const)('runs its tools with %s', async (_name, config, answer) => {
    const vendor = await startVendor(answer);
    const client = clientOf(await serveHere({ config: config(vendor.url) }));
    const places: unknown[] = [];
    const runner = client.beta.messages.toolRunner({
      ...ASKED,
      tools: [{ ...WEATHER, type: 'custom', parse: (input) => input, run: (input) => { places.push(input); return 'sunny'; } }],
    });
    const last = await runner;
    expect(places).toEqual([{ city: 'Lima' }]);
    expect(last.content).toEqual([{ type: 'text', text: 'Sunny.' }]);
  });

  it('sends images', async () => {
    const server = await alone(() => ({ text: 'A dot.' }));
    const content = [{ type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png' as const, data: PNG } }, { type: 'text' as const, text: 'What is it?' }];
    const message = await clientOf(server).messages.create({ ...ASKED, messages: [{ role: 'user', content }] });
    expect(message.content[0]).toMatchObject({ text: 'A dot.' });
    expect(server.vendor.heard[0]!.messages[0]!.content).toEqual([{ type: 'text', text: 'What is it?' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }]);
  });

  it('sees each error as what it is', async () => {
    const server = await serveHere({ config: TEAM, apiKey: 'secret', strictModels: true });
    const refused = await clientOf(server).messages.create(ASKED).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(refused).toMatchObject({ status: 401, type: 'authentication_error', requestID: expect.stringMatching(/^req_/) });
    const client = clientOf(server, { apiKey: 'secret' });
    await expect(client.messages.create({ ...ASKED, model: 'nobody' })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    await expect(client.messages.create({ ...ASKED, max_tokens: 0 })).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    await expect(client.messages.create({ ...ASKED, max_tokens: 0 })).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    await expect(client.beta.messages.create({ ...ASKED, thread: { type: 'create' } })).rejects.toMatchObject({ status: 400, errorCode: 'thread_unsupported_request' });
    await expect(client.messages.batches.list()).rejects.toMatchObject({ status: 404, type: 'not_found_error' });
    expect((await clientOf(server, { apiKey: null, authToken: 'secret' }).messages.create(ASKED)).content).toHaveLength(1);
  });

  it('sees an error of the team, before and in a stream', async () => {
    const client = clientOf(await serveHere({ config: REFUSED }));
    await expect(client.messages.create(ASKED)).rejects.toMatchObject({ status: 502, type: 'api_error' });
    const breaking = await startProvider(breaksOff('Half of', 'end'));
    const other = clientOf(await serveHere({ config: soloAt(breaking.url) as never, env: { STAND_IN_KEY: 'k' } }));
    await expect(other.messages.stream(ASKED).finalMessage()).rejects.toMatchObject({ type: 'api_error', apiMessage: expect.stringContaining('broke off') });
  });

  it('leaves, and the work ends', async () => {
    const vendor = await startVendor(() => ({ text: 'So it begins', hang: true }));
    const server = await serveHere({ config: aloneAt(vendor.url) });
    const stream = clientOf(server).messages.stream(ASKED);
    stream.on('text', () => {
      stream.abort();
    });
    await expect(stream.done()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    while (vendor.left.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(vendor.open()).toBe(0);
  });

  it('counts tokens', async () => {
    const client = clientOf(await serveHere({ config: TEAM }));
    const { input_tokens: count } = await client.messages.countTokens({ model: 'massgen', messages: ASKED.messages, system: 'Be kind.' });
    expect(count).toBeGreaterThan(5);
  });

  it('lists models by the page, and finds one', async () => {
    const client = clientOf(await serveHere({ config: TEAM }));
    const page = await client.models.list({ limit: 2 });
    expect(page).toMatchObject({ has_more: true, first_id: 'massgen', last_id: 'one', data: [{ type: 'model', id: 'massgen', display_name: 'massgen', created_at: '1970-01-01T00:00:00Z' }, { id: 'one' }] });
    const ids: string[] = [];
    for await (const { id } of client.models.list({ limit: 1 })) ids.push(id);
    expect(ids).toEqual(['massgen', 'one', 'two']);
    expect((await client.models.list({ before_id: 'two', limit: 1 })).data.map(({ id }) => id)).toEqual(['one']);
    expect(await client.models.retrieve('two')).toMatchObject({ type: 'model', id: 'two', created_at: '1970-01-01T00:00:00Z' });
    await expect(client.models.retrieve('none')).rejects.toMatchObject({ status: 404, type: 'not_found_error' });
    await expect(client.models.list({ after_id: 'none' })).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    await expect(client.models.list({ limit: 0 })).rejects.toMatchObject({ status: 400 });
  });
});

(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

describe('the Vercel AI SDK', () => {
  const modelOf = ({ url }: TestServer, name = 'massgen'): ReturnType<ReturnType<typeof createAnthropic>> => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'not-needed' })(name);

  it('asks and streams', async () => {
    const model = modelOf(await serveHere({ config: TEAM }));
    const { text, finishReason, usage } = await generateText({ model, prompt: 'Hello!', maxRetries: 0 });
    expect([text, finishReason]).toEqual(['The agreed answer.', 'stop']);
    expect(usage.outputTokens).toBeGreaterThan(0);
    const streamed = streamText({ model, prompt: 'Hello!', maxRetries: 0, providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } } });
    let said = '';
    for await (const delta of streamed.textStream) said += delta;
    expect(said).toBe('The agreed answer.');
    expect(await streamed.reasoningText).toContain('Winner: one');
    expect(await streamed.finishReason).toBe('stop');
  });

  it('runs its tools, and gets objects', async () => {
    const server = await alone((body) => (body['response_format'] === undefined ? looksFirst(body) : { text: '{"city":"Lima"}' }));
    const model = modelOf(server, 'solo');
    const get_weather = tool({ description: 'Weather', inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }), execute: () => 'sunny' });
    const { text, steps } = await generateText({ model, prompt: 'How is Lima?', tools: { get_weather }, stopWhen: stepCountIs(3), maxRetries: 0 });
    expect([text, steps.length]).toEqual(['Sunny.', 2]);
    const { output } = await generateText({ model: modelOf(server, 'claude-sonnet-4-5'), prompt: 'Where?', output: Output.object({ schema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }) }), maxRetries: 0 });
    expect(output).toEqual({ city: 'Lima' });
  });
});
