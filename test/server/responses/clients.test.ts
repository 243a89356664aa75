import { createOpenAI } from '@ai-sdk/openai';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import {  } from '../../support/responses.js';
import { AGREED, looped } from '../../support/scripts.js';
import { serveHere, stopServers, type TestServer } from '../../support/server.js';
import { until } from '../../support/until.js';
import { agreeing, aloneAt, pairAt, startVendor, type HeardBody, type Said, type Vendor } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const clientOf = ({ url }: TestServer): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'not-needed' });
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false } as const;
const WEATHER = { type: 'function' as const, name: 'get_weather', description: 'Weather', parameters: SCHEMA, strict: true };
const usesTool = (body: HeardBody): Said => (body.messages.some(({ role }) => role === 'tool') ? { text: 'Sunny.' } : { calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] });

async function withVendor(answer: (body: HeardBody, place: number) => Said): Promise<TestServer & { readonly vendor: Vendor }> {
  const vendor = await startVendor(answer);
  return { ...(await serveHere({ config: aloneAt(vendor.url) })), vendor };
}

describe('the openai client', () => {
  it('asks a team', async () => {
    const client = clientOf(await serveHere({ config: looped(AGREED) }));
    const response = await client.responses.create({ model: 'massgen', input: 'Hello!' });
    expect(response.output_text).toBe('The agreed answer.');
    expect(response.usage!.total_tokens).toBeGreaterThan(0);
  });

  it('streams, with its own accumulation', async () => {
    const client = clientOf(await serveHere({ config: looped(AGREED) }));
    const stream = client.responses.stream({ model: 'massgen', input: 'Hello!' });
    const deltas: string[] = [];
    const thoughts: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    stream.on('response.reasoning_summary_text.delta', ({ delta }) => thoughts.push(delta));
    const final = await stream.finalResponse();
    expect([final.output_text, deltas.join('')]).toEqual(['The agreed answer.', 'The agreed answer.']);
    expect(thoughts.join('')).toContain('Winner: one');
  });

  it('calls tools, and goes on with their results', async () => {
    const client = clientOf(await withVendor(usesTool));
    const first = await client.responses.create({ model: 'solo', input: 'Weather in Lima?', tools: [WEATHER] });
    const call = first.output.find((item) => item.type === 'function_call')!;
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Lima' });
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' };
    const byId = await client.responses.create({ model: 'solo', previous_response_id: first.id, input: [output], tools: [WEATHER] });
    const byItems = await client.responses.create({ model: 'solo', store: false, input: [{ role: 'user', content: 'Weather in Lima?' }, ...first.output.filter((item) => item.type === 'function_call'), output], tools: [WEATHER] });
    expect([byId.output_text, byItems.output_text]).toEqual(['Sunny.', 'Sunny.']);
  });

  it('parses structured output, of a team too', async () => {
    const vendor = await startVendor(agreeing({ text: '{"city":"Lima"}' }));
    const client = clientOf(await serveHere({ config: pairAt(vendor.url) }));
    const { output_parsed: parsed } = await client.responses.parse({ model: 'massgen', input: 'Where?', text: { format: { type: 'json_schema', name: 'place', schema: SCHEMA, strict: true } } });
    expect(parsed).toEqual({ city: 'Lima' });
  });

  it('goes on with an earlier response, lists what was asked, retrieves and deletes', async () => {
    const server = await withVendor((_body, place) => ({ text: `Answer ${String(place)}.` }));
    const client = clientOf(server);
    const first = await client.responses.create({ model: 'solo', input: 'My name is Ada.' });
    const second = await client.responses.create({ model: 'solo', input: 'Who am I?', previous_response_id: first.id });
    expect(server.vendor.heard[1]!.messages).toHaveLength(3);
    const items = [];
    for await (const item of client.responses.inputItems.list(second.id)) items.push(item);
    expect(items).toMatchObject([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Who am I?' }] }]);
    expect((await client.responses.retrieve(second.id)).output_text).toBe('Answer 1.');
    await client.responses.delete(second.id);
    await expect(client.responses.retrieve(second.id)).rejects.toMatchObject({ status: 404, type: 'invalid_request_error' });
    await expect(client.responses.create({ model: 'solo', input: 'x', previous_response_id: second.id })).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
  });

  it('runs in the background, polls, follows and cancels', async () => {
    const server = await withVendor((_body, place) => (place === 0 ? { text: 'One two three.', pieces: 6, paceMs: 20 } : { text: 'Begun', hang: true }));
    const client = clientOf(server);
    const { id, status } = await client.responses.create({ model: 'solo', input: 'Count.', background: true });
    expect(status).toBe('queued');
    const numbers: number[] = [];
    let text = '';
    for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 1 })) {
      numbers.push(event.sequence_number);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect([numbers[0], text]).toEqual([2, 'One two three.']);
    expect((await client.responses.retrieve(id)).status).toBe('completed');
    const other = await client.responses.create({ model: 'solo', input: 'Wait.', background: true });
    await until(() => server.vendor.heard.length === 2);
    expect((await client.responses.cancel(other.id)).status).toBe('cancelled');
    expect((await client.responses.retrieve(other.id)).status).toBe('cancelled');
  });

  it('completes a text the old way', async () => {
    const client = clientOf(await serveHere({ config: looped(AGREED) }));
    const { choices, usage } = await client.completions.create({ model: 'massgen', prompt: 'Hello!' });
    expect(choices).toEqual([{ text: 'The agreed answer.', index: 0, logprobs: null, finish_reason: 'stop' }]);
    expect(usage).toMatchObject({ total_tokens: expect.any(Number) });
    let text = '';
    for await (const chunk of await client.completions.create({ model: 'massgen', prompt: 'Hello!', stream: true })) text += chunk.choices[0]?.text ?? '';
    expect(text).toBe('The agreed answer.');
  });
});

describe('LangChain with its Responses API', () => {
  const modelOf = ({ url }: TestServer, more: object = {}): ChatOpenAI => new ChatOpenAI({ model: 'massgen', apiKey: 'k', useResponsesApi: true, configuration: { baseURL: `${url}/v1` }, ...more });

  it('asks and streams', async () => {
    const model = modelOf(await serveHere({ config: looped(AGREED) }));
    const reply = await model.invoke([new HumanMessage('Hello!')]);
    expect(reply.text).toBe('The agreed answer.');
    expect(reply.usage_metadata).toMatchObject({ total_tokens: expect.any(Number) });
    let text = '';
    for await (const chunk of await model.stream('Hello!')) text += chunk.text;
    expect(text).toBe('The agreed answer.');
  });

  it('calls tools and holds a conversation', async () => {
    const model = modelOf(await withVendor(usesTool), { model: 'solo' }).bindTools([{ type: 'function', function: { name: 'get_weather', description: 'Weather', parameters: SCHEMA } }]);
    const question = new HumanMessage('Weather in Lima?');
    const first = await model.invoke([question]);
    expect(first.tool_calls).toMatchObject([{ name: 'get_weather', args: { city: 'Lima' } }]);
    const second = await model.invoke([question, first, { role: 'tool', content: 'sunny', tool_call_id: first.tool_calls![0]!.id! }]);
    expect(second.text).toBe('Sunny.');
  });
});

describe('the AI SDK with its Responses API, which checks what it gets', () => {
  const modelOf = ({ url }: TestServer, id = 'massgen'): ReturnType<ReturnType<typeof createOpenAI>['responses']> => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).responses(id);

  it('asks and streams', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const { text, reasoningText, usage } = await generateText({ model: modelOf(server), prompt: 'Hello!' });
    expect([text, reasoningText]).toEqual(['The agreed answer.', expect.stringContaining('Winner: one')]);
    expect(usage.totalTokens).toBeGreaterThan(0);
    const errors: unknown[] = [];
    const stream = streamText({ model: modelOf(server), prompt: 'Hello!', onError: ({ error }) => void errors.push(error) });
    expect([await stream.text, await stream.finishReason, errors]).toEqual(['The agreed answer.', 'stop', []]);
    expect(await stream.reasoningText).toContain('Winner: one');
  });

  it('runs tools to the end, over items by reference', async () => {
    const server = await withVendor(usesTool);
    const asked: unknown[] = [];
    const { text } = await generateText({
      model: modelOf(server, 'solo'),
      prompt: 'Weather in Lima?',
      stopWhen: stepCountIs(3),
      tools: {
        get_weather: tool({
          description: 'Weather',
          inputSchema: jsonSchema<{ city: string }>(SCHEMA as never),
          execute: (input) => {
            asked.push(input);
            return 'sunny';
          },
        }),
      },
    });
    expect([text, asked]).toEqual(['Sunny.', [{ city: 'Lima' }]]);
    expect(server.vendor.heard[1]!.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  });

  it('gets objects', async () => {
    const server = await withVendor(() => ({ text: '{"city":"Lima"}' }));
    const { output } = await generateText({ model: modelOf(server, 'solo'), prompt: 'Where?', output: Output.object({ schema: jsonSchema<{ city: string }>(SCHEMA as never) }) });
    expect(output).toEqual({ city: 'Lima' });
  });
});
