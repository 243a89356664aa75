import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, Output, streamText, tool } from 'ai';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { breaksOff, soloAt, startProvider } from '../support/provider.js';
import { AGREED, looped, REFUSED } from '../support/scripts.js';
import { serveHere, stopServers, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { aloneAt, startVendor, type HeardBody, type Said, type Vendor } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const clientOf = ({ url }: TestServer, more: object = {}): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'not-needed', ...more });
const MESSAGES = [{ role: 'user' as const, content: 'Hello!' }];
const WEATHER = { type: 'function' as const, function: { name: 'get_weather', description: 'Weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } };
const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')}`;

async function withVendor(answer: (body: HeardBody, place: number) => Said): Promise<TestServer & { readonly vendor: Vendor }> {
  const vendor = await startVendor(answer);
  return { ...(await serveHere({ config: aloneAt(vendor.url) })), vendor };
}

describe('the openai client', () => {
  it('lists and finds models', async () => {
    const client = clientOf(await serveHere({ config: looped(AGREED) }));
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(['massgen', 'one', 'two']);
    expect(await client.models.retrieve('one')).toEqual({ id: 'one', object: 'model', created: 0, owned_by: 'massgen' });
    await expect(client.models.retrieve('none')).rejects.toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  });

  it('asks a team', async () => {
    const client = clientOf(await serveHere({ config: looped(AGREED) }));
    const { data, request_id: id } = await client.chat.completions.create({ model: 'massgen', messages: MESSAGES }).withResponse();
    expect(data.choices[0]).toMatchObject({ message: { role: 'assistant', content: 'The agreed answer.' }, finish_reason: 'stop' });
    expect(data.id).toBe(`chatcmpl-${id!}`);
  });

  it('streams, with its own accumulation', async () => {
    const client = clientOf(await serveHere({ config: looped(AGREED) }));
    const stream = client.chat.completions.stream({ model: 'massgen', messages: MESSAGES, stream_options: { include_usage: true } });
    const deltas: string[] = [];
    stream.on('content', (delta) => deltas.push(delta));
    expect(await stream.finalContent()).toBe('The agreed answer.');
    expect(deltas.join('')).toBe('The agreed answer.');
    expect((await stream.totalUsage()).total_tokens).toBeGreaterThan(0);
  });

  it('runs its tools', async () => {
    const server = await withVendor((body) => (body.messages.some(({ role }) => role === 'tool') ? { text: 'Sunny.' } : { calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] }));
    const asked: string[] = [];
    const runner = clientOf(server).chat.completions.runTools({
      model: 'solo',
      messages: MESSAGES,
      stream: true,
      tools: [{ type: 'function', function: { name: 'get_weather', description: 'Weather', parse: JSON.parse, parameters: { type: 'object', properties: { city: { type: 'string' } } }, function: ({ city }: { city: string }) => (asked.push(city), 'sunny') } }],
    });
    expect(await runner.finalContent()).toBe('Sunny.');
    expect(asked).toEqual(['Lima']);
    expect(server.vendor.heard).toHaveLength(2);
  });

  it('sends images', async () => {
    const server = await withVendor(() => ({ text: 'A dot.' }));
    const reply = await clientOf(server).chat.completions.create({ model: 'solo', messages: [{ role: 'user', content: [{ type: 'text', text: 'What?' }, { type: 'image_url', image_url: { url: PNG } }] }] });
    expect(reply.choices[0]!.message.content).toBe('A dot.');
    expect(JSON.stringify(server.vendor.heard[0]!.messages)).toContain(PNG);
  });

  it('parses what a schema promises', async () => {
    const server = await withVendor(() => ({ text: '{"city":"Lima"}' }));
    const reply = await clientOf(server).chat.completions.parse({ model: 'solo', messages: MESSAGES, response_format: { type: 'json_schema', json_schema: { name: 'place', schema: { type: 'object', properties: { city: { type: 'string' } } }, strict: true } } });
    expect(JSON.parse(reply.choices[0]!.message.content!)).toEqual({ city: 'Lima' });
  });

  it('aborts', async () => {
    const server = await withVendor(() => ({ text: 'and', hang: true }));
    const stream = await clientOf(server).chat.completions.create({ model: 'solo', messages: MESSAGES, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'and') break;
    await until(() => server.vendor.left.length > 0);
  });

  it('throws typed errors, also in the middle of a stream', async () => {
    const breaking = await startProvider(breaksOff('Half', 'end'));
    const client = clientOf(await serveHere({ config: soloAt(breaking.url) as never, env: { STAND_IN_KEY: 'k' } }), { maxRetries: 0 });
    await expect(client.chat.completions.create({ model: 'solo', messages: [] })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    const stream = await client.chat.completions.create({ model: 'solo', messages: MESSAGES, stream: true });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) expect(chunk.object).toBe('chat.completion.chunk');
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
    const locked = await serveHere({ config: looped(AGREED), apiKey: 'k' });
    await expect(clientOf(locked).models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('reads what a provider’s filter left of a reply, and why there is no more', async () => {
    const client = clientOf(await withVendor(() => ({ text: 'Half', finish: 'content_filter' })), { maxRetries: 0 });
    const asked = { model: 'solo', messages: MESSAGES };
    expect((await client.chat.completions.create(asked)).choices).toMatchObject([{ message: { content: 'Half' }, finish_reason: 'content_filter' }]);
    expect((await client.chat.completions.stream(asked).finalChatCompletion()).choices).toMatchObject([{ message: { content: 'Half' }, finish_reason: 'content_filter' }]);
    await expect(client.chat.completions.parse({ ...asked, response_format: { type: 'json_object' } })).rejects.toThrow('content filter');
    expect(await client.responses.stream({ model: 'solo', input: 'Hello!' }).finalResponse()).toMatchObject({ output_text: 'Half', status: 'incomplete', incomplete_details: { reason: 'content_filter' } });
  });

  it('tries again after a 429 that says when', async () => {
    const server = await serveHere({ config: looped(AGREED), rateLimit: 1 });
    const waits: number[] = [];
    const impatient: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (response.status !== 429) return response;
      waits.push(Number(response.headers.get('retry-after')));
      return new Response(response.body, { status: 429, headers: { 'retry-after-ms': '1', 'x-should-retry': String(waits.length < 2) } });
    };
    const client = clientOf(server, { fetch: impatient });
    await client.chat.completions.create({ model: 'massgen', messages: MESSAGES });
    await expect(client.chat.completions.create({ model: 'massgen', messages: MESSAGES })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    expect(waits).toEqual([expect.any(Number), expect.any(Number)]);
    expect(waits[0]).toBeGreaterThan(0);
  });

  it('asks once where the same request would fail again, and again where another run may do better', async () => {
    const keyless = await serveHere({ config: { agents: [{ id: 'solo', backend: { type: 'openai', model: 'gpt-5-nano' } }] } });
    const down = await serveHere({ config: looped(REFUSED) });
    let asked: (string | null)[] = [];
    const counting: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      asked.push(response.headers.get('x-should-retry'));
      return response;
    };
    await expect(clientOf(keyless, { fetch: counting }).chat.completions.create({ model: 'massgen', messages: MESSAGES })).rejects.toMatchObject({ status: 500, code: 'key_missing' });
    expect(asked).toEqual(['false']);
    asked = [];
    await expect(clientOf(down, { fetch: counting, maxRetries: 1 }).chat.completions.create({ model: 'massgen', messages: MESSAGES })).rejects.toMatchObject({ status: 502, code: 'agents_failed' });
    expect(asked).toEqual([null, null]);
  });
});

describe('the AI SDK', () => {
  const modelOf = ({ url }: TestServer, id: string): ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']> => createOpenAICompatible({ name: 'massgen', baseURL: `${url}/v1`, apiKey: 'any', includeUsage: true, supportsStructuredOutputs: true }).chatModel(id);

  it('generates, and sees the reasoning', async () => {
    const { text, reasoningText, usage, finishReason } = await generateText({ model: modelOf(await serveHere({ config: looped(AGREED) }), 'massgen'), prompt: 'Hello!' });
    expect([text, finishReason]).toEqual(['The agreed answer.', 'stop']);
    expect(reasoningText).toContain('Winner: one');
    expect(usage.totalTokens).toBeGreaterThan(0);
  });

  it('streams', async () => {
    const result = streamText({ model: modelOf(await serveHere({ config: looped(AGREED) }), 'massgen'), prompt: 'Hello!' });
    let text = '';
    for await (const part of result.textStream) text += part;
    expect(text).toBe('The agreed answer.');
    expect(await result.reasoningText).toContain('Winner: one');
    expect((await result.usage).totalTokens).toBeGreaterThan(0);
  });

  it('calls tools and gets objects', async () => {
    const server = await withVendor((body) => (body.tools === undefined ? { text: '{"city":"Lima"}' } : { calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] }));
    const { toolCalls } = await generateText({ model: modelOf(server, 'solo'), prompt: 'Weather?', tools: { get_weather: tool({ description: 'Weather', inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }) }) } });
    expect(toolCalls).toMatchObject([{ toolName: 'get_weather', input: { city: 'Lima' } }]);
    const { output } = await generateText({ model: modelOf(server, 'solo'), prompt: 'Where?', output: Output.object({ schema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }) }) });
    expect(output).toEqual({ city: 'Lima' });
  });
});

describe('LangChain', () => {
  const modelOf = ({ url }: TestServer, model: string): ChatOpenAI => new ChatOpenAI({ model, apiKey: 'any', maxRetries: 0, configuration: { baseURL: `${url}/v1` } });

  it('invokes and streams', async () => {
    const model = modelOf(await serveHere({ config: looped(AGREED) }), 'massgen');
    const reply = await model.invoke('What is the meaning of life?');
    expect(reply.content).toBe('The agreed answer.');
    expect(reply.usage_metadata).toMatchObject({ total_tokens: expect.any(Number) });
    let text = '';
    for await (const chunk of await model.stream('Again?')) text += chunk.content as string;
    expect(text).toBe('The agreed answer.');
  });

  it('binds tools', async () => {
    const server = await withVendor(() => ({ calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] }));
    const reply = await modelOf(server, 'solo').bindTools([WEATHER]).invoke('Weather?');
    expect(reply.tool_calls).toMatchObject([{ name: 'get_weather', args: { city: 'Lima' } }]);
  });
});
