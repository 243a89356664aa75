import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { errorOf, eventsOf, reasoningOf, respond, steadyResponse, textOf, type SeenEvent } from '../../support/responses.js';
import { AGREED, looped, REFUSED } from '../../support/scripts.js';
import { bodyOf, framesOf, serveHere, stopServers, type TestServer } from '../../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor, type HeardBody, type Said, type Vendor } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const WEATHER = { type: 'function', name: 'get_weather', description: 'Weather', parameters: { type: 'object', properties: { city: { type: 'string' } } }, strict: true };
const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')}`;
const textFile = (text: string): string => `data:text/plain;base64,${Buffer.from(text).toString('base64')}`;

async function withVendor(answer: (body: HeardBody, place: number) => Said | Promise<Said>, more: object = {}): Promise<TestServer & { readonly vendor: Vendor }> {
  const vendor = await startVendor(answer);
  return { ...(await serveHere({ config: aloneAt(vendor.url, more) })), vendor };
}

describe('a response of a team', () => {
  it('is the documented resource, every field in it', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const response = await server.post('/v1/responses', { model: 'massgen', input: 'Hello!' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const body = await bodyOf(response);
    expect(body).toEqual({
      id: expect.stringMatching(/^resp_[0-9a-f]{48}$/),
      object: 'response',
      created_at: expect.any(Number),
      completed_at: expect.any(Number),
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: {},
      model: 'massgen',
      output: [
        { type: 'reasoning', id: expect.stringMatching(/^rs_/), summary: [{ type: 'summary_text', text: expect.stringContaining('[orchestrator] Winner: one with 2 of 2 votes') }] },
        { type: 'message', id: expect.stringMatching(/^msg_/), status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'The agreed answer.', annotations: [], logprobs: [] }] },
      ],
      parallel_tool_calls: true,
      presence_penalty: 0,
      frequency_penalty: 0,
      previous_response_id: null,
      prompt_cache_key: null,
      reasoning: { effort: null, summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: true,
      temperature: 1,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: 1,
      truncation: 'disabled',
      usage: { input_tokens: expect.any(Number), input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 }, output_tokens: expect.any(Number), output_tokens_details: { reasoning_tokens: 0 }, total_tokens: expect.any(Number) },
      user: null,
      massgen_metadata: expect.objectContaining({ selected_agent: 'one', session_id: response.headers.get('x-massgen-session') }),
    });
  });

  it('repeats what it was asked with', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const asked = { instructions: 'Be brief.', metadata: { project: 'x' }, temperature: 0.5, top_p: 0.9, max_output_tokens: 100, parallel_tool_calls: false, tool_choice: 'none', tools: [WEATHER], user: 'u', truncation: 'auto', reasoning: { effort: 'low', summary: 'concise' } };
    expect(await respond(server, { input: 'Hello!', ...asked, store: false })).toMatchObject({ ...asked, store: false });
  });

  it('streams its events in order, numbered from 0', async () => {
    const { post } = await serveHere({ config: looped(AGREED) });
    const response = await post('/v1/responses', { input: 'Hello!', stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = framesOf(await response.text());
    expect(frames.at(-1)!.data).toBe('[DONE]');
    const events = frames.slice(0, -1) as readonly { readonly event: string; readonly data: SeenEvent & { readonly delta: string } }[];
    expect(events.every(({ event, data }) => event === data.type)).toBe(true);
    expect(events.map(({ data }) => data.sequence_number)).toEqual(events.map((_event, index) => index));
    const kinds = events.map(({ event }) => event.replace('response.', '')).filter((kind, index, all) => kind !== all[index - 1]);
    expect(kinds).toEqual([
      ...['created', 'in_progress'],
      ...['output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta', 'reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done'],
      ...['output_item.added', 'content_part.added', 'output_text.delta', 'output_text.done', 'content_part.done', 'output_item.done'],
      'completed',
    ]);
    const deltas = events.filter(({ event }) => event === 'response.output_text.delta');
    expect(deltas.map(({ data }) => data.delta).join('')).toBe('The agreed answer.');
    const { response: last } = events.at(-1)!.data;
    expect(last).toMatchObject({ status: 'completed', usage: { total_tokens: expect.any(Number) }, massgen_metadata: { selected_agent: 'one' } });
    expect(last.output).toEqual(events.filter(({ event }) => event === 'response.output_item.done').map(({ data }) => data.item));
    expect(events[0]!.data.response).toMatchObject({ id: last.id, status: 'in_progress', output: [], usage: null });
  });

  it('tells as much of how it came about as is wanted', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const summary = async (more: object): Promise<string> => reasoningOf(await respond(server, { input: 'Hello!', ...more }));
    expect(await summary({ reasoning: { effort: 'none' } })).toBe('');
    expect(await summary({ massgen: { reasoning: 'off' } })).toBe('');
    expect(await summary({ reasoning: { summary: 'concise' } })).not.toContain('Another answer.');
    expect(await summary({ reasoning: { summary: 'detailed' } })).toContain('[two] Another answer.');
  });

  it('is an error with a status when no agent answered, and a failed one after the first event', async () => {
    const { post } = await serveHere({ config: REFUSED });
    expect(await errorOf(await post('/v1/responses', { input: 'Hello!' }))).toEqual([502, { message: expect.stringContaining('no agent answered'), type: 'server_error', param: null, code: 'agents_failed' }]);
    const events = await eventsOf(await post('/v1/responses', { input: 'Hello!', stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: expect.stringContaining('no agent answered') }, output: [{ type: 'reasoning' }], completed_at: null } });
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index));
  });
});

describe('what goes in', () => {
  it('reaches the model as a conversation', async () => {
    const { vendor, ...server } = await withVendor(() => ({ text: 'Good.' }));
    const input = [
      { role: 'developer', content: 'Answer in French.' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What is the weather?' }] },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: '{"city":"Lima"}' },
      { type: 'function_call', call_id: 'c2', name: 'get_weather', arguments: '{"city":"Quito"}', status: 'completed' },
      { type: 'function_call_output', call_id: 'c1', output: 'sunny' },
      { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'rain' }] },
      { type: 'message', role: 'assistant', id: 'msg_1', status: 'completed', content: [{ type: 'output_text', text: 'Sunny and rain.', annotations: [] }] },
      { role: 'user', content: [{ type: 'input_text', text: 'And here?' }, { type: 'input_file', filename: 'here.txt', file_data: textFile('It snows.') }] },
    ];
    expect(textOf(await respond(server, { model: 'solo', input, instructions: 'Be brief.', tools: [WEATHER] }))).toBe('Good.');
    const { messages } = vendor.heard[0]!;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'tool', 'assistant', 'user']);
    expect(messages[0]!.content).toMatch(/Be brief\.[^]*Answer in French\./);
    expect(messages[2]!.tool_calls!.map(({ id }) => id)).toEqual(['c1', 'c2']);
    expect(messages.slice(3, 5)).toMatchObject([{ content: 'sunny', tool_call_id: 'c1' }, { content: 'rain', tool_call_id: 'c2' }]);
    expect(JSON.stringify(messages[6]!.content)).toMatch(/And here\?[^]*File here\.txt:[^]*It snows\./);
  });

  it('may be what tools have shown, behind all their results', async () => {
    const { vendor, ...server } = await withVendor(() => ({ text: 'I see.' }), { model: 'gpt-4o' });
    const calls = ['a', 'b'].map((call_id) => ({ type: 'function_call', call_id, name: 'look', arguments: '{}' }));
    const outputs = [{ call_id: 'a', output: [{ type: 'input_image', image_url: PNG }] }, { call_id: 'b', output: 'dark' }].map((each) => ({ type: 'function_call_output', ...each }));
    await respond(server, { model: 'solo', input: [{ role: 'user', content: 'Look!' }, ...calls, ...outputs] });
    expect(vendor.heard[0]!.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '(an image, which follows)' },
      { role: 'tool', tool_call_id: 'b', content: 'dark' },
      { role: 'user', content: [{ type: 'text', text: '(The image is the result of look.)' }, { type: 'image_url', image_url: { url: PNG } }] },
    ]);
  });

  it('may be refusals, which were said like anything else', async () => {
    const { vendor, ...server } = await withVendor(() => ({ text: 'Because.' }));
    const refusal = { type: 'refusal', refusal: 'I will not.' };
    await respond(server, { model: 'solo', input: [{ role: 'user', content: 'Do it!' }, { role: 'assistant', content: [refusal] }, { role: 'user', content: 'Why?' }] });
    for (const said of [{ content: [refusal] }, { content: null, refusal: 'I will not.' }]) await server.chat({ messages: [{ role: 'user', content: 'Do it!' }, { role: 'assistant', ...said }, { role: 'user', content: 'Why?' }] });
    const conversation = [{ role: 'user', content: 'Do it!' }, { role: 'assistant', content: 'I will not.' }, { role: 'user', content: 'Why?' }];
    expect(vendor.heard.map(({ messages }) => messages)).toEqual([conversation, conversation, conversation]);
  });

  it('may hold images, which reach those that see', async () => {
    const vendor = await startVendor(() => ({ text: 'A dot.' }));
    const server = await serveHere({ config: aloneAt(vendor.url, { model: 'gpt-4o' }) });
    const content = [{ type: 'input_text', text: 'What is it?' }, { type: 'input_image', image_url: PNG, detail: 'auto' }];
    expect(textOf(await respond(server, { input: [{ role: 'user', content }] }))).toBe('A dot.');
    const partly = await respond(server, { input: [{ role: 'user', content: [content[0], { type: 'input_image', image_url: 'https://x.example/a.png' }, { type: 'input_file', file_url: 'https://x.example/a.txt' }] }] });
    expect(reasoningOf(partly)).toMatch(/an image was left out[^]*a file was left out/);
    expect(partly).toMatchObject({ massgen_metadata: { notes: [expect.stringContaining('image'), expect.stringContaining('file')] } });
  });

  it('shapes the reply', async () => {
    const { vendor, ...server } = await withVendor(() => ({ text: 'Hel', finish: 'length' }));
    const body = await respond(server, { input: 'Hello!', temperature: 0.5, top_p: 0.25, max_output_tokens: 3 });
    expect(vendor.heard[0]).toMatchObject({ temperature: 0.5, top_p: 0.25 });
    expect(body).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, completed_at: null, output: [{ type: 'message', status: 'incomplete', content: [{ text: 'Hel' }] }] });
    const events = await eventsOf(await server.post('/v1/responses', { input: 'Hello!', max_output_tokens: 3, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: { status: 'incomplete' } });
  });

  it('gets an incomplete response when the provider’s filter withholds the reply', async () => {
    const server = await withVendor(() => ({ text: '', finish: 'content_filter' }));
    const withheld = { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, error: null };
    const response = await server.post('/v1/responses', { input: 'Hello!' });
    expect([response.status, await bodyOf(response)]).toEqual([200, expect.objectContaining(withheld)]);
    const events = await eventsOf(await server.post('/v1/responses', { input: 'Hello!', stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: withheld });
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index));
  });

  it('has the form that text.format wants, or is an error', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const format = { type: 'json_schema', name: 'place', schema, strict: true };
    const { vendor, ...server } = await withVendor((_body, place) => ({ text: place === 0 ? 'Lima' : '{"city":"Lima"}' }));
    const body = await respond(server, { input: 'Where?', text: { format } });
    expect(JSON.parse(textOf(body))).toEqual({ city: 'Lima' });
    expect(body.text.format).toEqual(format);
    expect(vendor.heard).toHaveLength(2);
    const { vendor: other, ...stubborn } = await withVendor(() => ({ text: 'no' }));
    expect((await respond(stubborn, { input: 'Where?', text: { format } })).error).toMatchObject({ code: 'format_unmet' });
    expect(other.heard.length).toBeGreaterThan(1);
    expect((await respond(server, { input: 'x', text: { format: { ...format, schema: { type: 'nonsense' } } } })).error).toMatchObject({ param: 'text.format.schema', code: 'invalid_schema', type: 'invalid_request_error' });
  });
});

describe('tools of the caller', () => {
  it('are called in items of their own, with their events', async () => {
    const { post } = await withVendor(() => ({ text: 'Let me see.', calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }, { name: 'get_weather', arguments: { city: 'Quito' } }] }));
    const events = await eventsOf(await post('/v1/responses', { input: 'Weather?', tools: [WEATHER], stream: true, reasoning: { effort: 'none' } }));
    const { response } = events.at(-1)!;
    expect(response).toMatchObject({
      status: 'completed',
      output: [
        { type: 'message', content: [{ text: 'Let me see.' }] },
        { type: 'function_call', status: 'completed', call_id: 'call_0_0', name: 'get_weather', arguments: '{"city":"Lima"}' },
        { type: 'function_call', call_id: 'call_0_1', arguments: '{"city":"Quito"}' },
      ],
    });
    const ofCall = events.filter(({ output_index: index }) => index === 1);
    expect(ofCall.map(({ type }) => type)).toEqual(['response.output_item.added', 'response.function_call_arguments.delta', 'response.function_call_arguments.done', 'response.output_item.done']);
    expect(ofCall[0]!.item).toMatchObject({ status: 'in_progress', arguments: '' });
    expect(ofCall[2]).toMatchObject({ name: 'get_weather', arguments: '{"city":"Lima"}', item_id: response.output[1]!.id });
  });

  it('are called by the presenter of a team', async () => {
    const vendor = await startVendor(agreeing({ calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] }));
    const server = await serveHere({ config: pairAt(vendor.url) });
    const { output } = await respond(server, { input: 'Weather?', tools: [WEATHER], tool_choice: { type: 'function', name: 'get_weather' } });
    expect(output.map(({ type }) => type)).toEqual(['reasoning', 'function_call']);
  });

  it('may be custom ones, which take a text', async () => {
    const { vendor, ...server } = await withVendor((body) => (body.messages.some(({ role }) => role === 'tool') ? { text: 'Done.' } : { calls: [{ name: 'patch', arguments: { input: '*** Begin' } }] }));
    const tools = [{ type: 'custom', name: 'patch', description: 'Applies a patch' }, { type: 'web_search' }];
    const first = await respond(server, { input: 'Change it.', tools });
    expect(first.output.at(-1)).toMatchObject({ type: 'custom_tool_call', name: 'patch', input: '*** Begin', call_id: 'call_0_0' });
    expect(reasoningOf(first)).toContain('tools of type web_search were left out');
    expect(vendor.heard[0]!.tools!.map(({ function: { name } }) => name)).toEqual(['patch']);
    const second = await respond(server, { previous_response_id: first.id, input: [{ type: 'custom_tool_call_output', call_id: 'call_0_0', output: 'applied' }], tools });
    expect(textOf(second)).toBe('Done.');
    expect(vendor.heard[1]!.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    const events = await eventsOf(await server.post('/v1/responses', { input: 'Change it.', tools, stream: true }));
    expect(events.find(({ type }) => type === 'response.custom_tool_call_input.done')).toMatchObject({ input: '*** Begin' });
  });

  it('may be allowed in part', async () => {
    const { vendor, ...server } = await withVendor(() => ({ text: 'No.' }));
    await respond(server, { input: 'Weather?', tools: [WEATHER, { type: 'function', name: 'other' }], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'other' }] } });
    expect(vendor.heard[0]!.tools!.map(({ function: { name } }) => name)).toEqual(['other']);
  });
});

describe('a stream', () => {
  const FOLDER = fileURLToPath(new URL('../../fixtures/streams/', import.meta.url));
  it.each<[string, (body: HeardBody) => Said, object]>([
    ['response', () => ({ text: 'Hello! How are you?', reasoning: 'A greeting.', pieces: 3, paceMs: 20 }), {}],
    ['response-tools', () => ({ calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] }), { tools: [WEATHER] }],
    ['response-length', () => ({ text: 'Hello', finish: 'length' }), { max_output_tokens: 16 }],
  ])('is the recorded one: %s', async (name, answer, body) => {
    // MASSGEN_TEST_RECORD=1 writes it anew; read the difference before it is kept.
    const { post } = await withVendor(answer);
    const text = steadyResponse(await (await post('/v1/responses', { model: 'solo', input: 'Hello!', stream: true, ...body })).text());
    const file = `${FOLDER}${name}.txt`;
    if (process.env['MASSGEN_TEST_RECORD'] === '1') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});
