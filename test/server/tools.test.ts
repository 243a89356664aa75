import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { bodyOf, framesOf, joined, serveHere, stopServers } from '../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor, type HeardBody } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const WEATHER = { type: 'function', function: { name: 'get_weather', description: 'The weather of a city.', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } };
const PNG = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const CALL = { calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] };
const hasResult = ({ messages }: HeardBody): boolean => JSON.stringify(messages).includes('sunny');

describe("a caller's tools", () => {
  it('are passed through to a single agent, and its calls back', async () => {
    const vendor = await startVendor((body) => (hasResult(body) ? { text: 'It is sunny in Lima.' } : CALL));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const asked = { role: 'user', content: 'How is Lima?' };
    const body = await bodyOf(await chat({ messages: [asked], tools: [WEATHER], tool_choice: 'required', parallel_tool_calls: false }));
    expect(vendor.heard[0]).toMatchObject({ tools: [WEATHER], tool_choice: 'required', parallel_tool_calls: false });
    expect(body.choices).toEqual([
      { index: 0, message: { role: 'assistant', content: null, tool_calls: [{ index: 0, id: 'call_0_0', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lima"}' } }] }, finish_reason: 'tool_calls' },
    ]);
    const answer = await bodyOf(await chat({ messages: [asked, body.choices[0].message, { role: 'tool', tool_call_id: 'call_0_0', content: 'sunny' }], tools: [WEATHER] }));
    expect(answer.choices[0]).toEqual({ index: 0, message: { role: 'assistant', content: 'It is sunny in Lima.' }, finish_reason: 'stop' });
    expect(vendor.heard[1]!.messages).toEqual([
      { role: 'user', content: 'How is Lima?' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_0_0', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lima"}' } }] },
      { role: 'tool', tool_call_id: 'call_0_0', content: 'sunny' },
    ]);
  });

  it('stay strict where they are', async () => {
    const vendor = await startVendor(() => CALL);
    const { chat, url } = await serveHere({ config: aloneAt(vendor.url) });
    const strict = { ...WEATHER, function: { ...WEATHER.function, strict: true } };
    await chat({ tools: [strict, { ...WEATHER, function: { ...WEATHER.function, name: 'other', strict: null } }] });
    expect(vendor.heard[0]).toMatchObject({ tools: [strict, { function: { name: 'other' } }] });
    expect(JSON.stringify(vendor.heard[0]).match(/strict/gu)).toHaveLength(1);
    await fetch(`${url}/v1/responses`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'massgen', input: 'Hi', tools: [{ type: 'function', ...strict.function }] }) });
    expect(vendor.heard[1]).toMatchObject({ tools: [strict] });
  });

  it('are streamed as calls with an index, after whatever was said', async () => {
    const vendor = await startVendor(() => ({ text: 'Let me look.', calls: [...CALL.calls, { name: 'get_weather', arguments: { city: 'Rome' } }] }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const frames = framesOf(await (await chat({ tools: [WEATHER], stream: true })).text());
    const deltas = frames.slice(0, -1).map(({ data }) => data.choices[0].delta as object);
    expect(deltas.filter((delta) => 'tool_calls' in delta)).toEqual([
      { content: null, tool_calls: [{ index: 0, id: 'call_0_0', type: 'function', function: { name: 'get_weather', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"city":"Lima"}' } }] },
      { content: null, tool_calls: [{ index: 1, id: 'call_0_1', type: 'function', function: { name: 'get_weather', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{"city":"Rome"}' } }] },
    ]);
    expect(joined(frames)).toMatchObject({ content: 'Let me look.', finish: 'tool_calls', done: true });
  });

  it('are known to a team while it deliberates, and called by the presenter', async () => {
    const vendor = await startVendor((body) => agreeing(hasResult(body) ? { text: 'Sunny.' } : CALL)(body));
    const { chat } = await serveHere({ config: pairAt(vendor.url) });
    const asked = { role: 'user', content: 'How is Lima?' };
    const body = await bodyOf(await chat({ messages: [asked], tools: [WEATHER] }));
    expect(body.choices[0]).toMatchObject({ message: { content: null, tool_calls: [{ index: 0, function: { name: 'get_weather', arguments: '{"city":"Lima"}' } }] }, finish_reason: 'tool_calls' });
    for (const { messages, tools } of vendor.heard.slice(0, 4)) {
      expect(messages[0]!.content).toContain('- get_weather: The weather of a city.');
      expect(tools!.map((tool) => tool.function.name)).toEqual(['new_answer', 'vote']);
    }
    expect(vendor.heard[4]!.tools).toEqual([WEATHER]);
    const call = body.choices[0].message.tool_calls[0];
    const answer = await bodyOf(await chat({ messages: [asked, body.choices[0].message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }], tools: [WEATHER] }));
    expect(answer.choices[0]).toMatchObject({ message: { content: 'Sunny.' }, finish_reason: 'stop' });
    expect(vendor.heard[5]!.messages[1]!.content).toContain('Assistant called get_weather with {"city":"Lima"}\nTool get_weather: sunny');
  });

  it('are named by the choice', async () => {
    const vendor = await startVendor(() => CALL);
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    await chat({ tools: [WEATHER], tool_choice: { type: 'function', function: { name: 'get_weather' } } });
    expect(vendor.heard[0]!.tool_choice).toEqual({ type: 'function', function: { name: 'get_weather' } });
  });

  it('may be allowed in part', async () => {
    const vendor = await startVendor(() => CALL);
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const other = { ...WEATHER, function: { ...WEATHER.function, name: 'other' } };
    const allowing = (...names: readonly string[]): object => ({ tools: [WEATHER, other], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: names.map((name) => ({ type: 'function', function: { name } })) } } });
    await chat(allowing('get_weather'));
    expect(vendor.heard[0]).toMatchObject({ tools: [WEATHER], tool_choice: 'required' });
    const refused = await chat(allowing('get_weather', 'third'));
    expect([refused.status, (await bodyOf(refused)).error.param]).toEqual([400, 'tool_choice.allowed_tools.tools[1]']);
  });

  it('may show images, which reach the model behind all results', async () => {
    const vendor = await startVendor(() => ({ text: 'I see.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url, { model: 'gpt-4o' }) });
    const image = { type: 'image_url', image_url: { url: PNG } };
    const tool_calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } }));
    const results = [{ tool_call_id: 'a', content: [image] }, { tool_call_id: 'b', content: 'dark' }].map((each) => ({ role: 'tool', ...each }));
    await chat({ messages: [{ role: 'user', content: 'Look!' }, { role: 'assistant', content: null, tool_calls }, ...results] });
    expect(vendor.heard[0]!.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '(an image, which follows)' },
      { role: 'tool', tool_call_id: 'b', content: 'dark' },
      { role: 'user', content: [{ type: 'text', text: '(The image is the result of look.)' }, image] },
    ]);
    const body = await bodyOf(await chat({ messages: [{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }, image] }, { role: 'user', content: 'Look!' }] }));
    expect(body.choices[0].message.reasoning_content).toContain('an image was left out: only users and tools show images');
  });

  it('whose calls got no result are said to have none', async () => {
    const vendor = await startVendor(() => ({ text: 'Well.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const tool_calls = [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }];
    await chat({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: null, tool_calls }, { role: 'user', content: 'never mind' }], tools: [WEATHER] });
    expect(vendor.heard[0]!.messages.map(({ role, content }) => `${role} ${String(content)}`)).toEqual(['user a', 'assistant null', 'tool (no result was given)', 'user never mind']);
  });
});
