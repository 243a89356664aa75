import { afterEach, describe, expect, it } from '@jest/globals';
import { startAnthropic } from '../support/anthropic-vendor.js';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { bodyOf, framesOf, joined, serveHere, stopServers } from '../support/server.js';
import { agentAt, agreeing, aloneAt, pairAt, startVendor } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const WISHES = { temperature: 0.1, top_p: 0.5, max_tokens: 99, stop: ['END'], seed: 7, presence_penalty: 0.2, frequency_penalty: 0.3, user: 'ann' };
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const FORMAT = { type: 'json_schema', json_schema: { name: 'place', schema: SCHEMA, strict: true } };

describe('the parameters of a request', () => {
  it("reach a single agent's provider, over those of its configuration", async () => {
    const vendor = await startVendor(() => ({ text: 'Hi.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url, { temperature: 1.5, max_tokens: 10 }) });
    await chat({ ...WISHES, max_completion_tokens: 50 });
    expect(vendor.heard[0]).toMatchObject({ ...WISHES, max_tokens: 50 });
    await chat();
    expect(vendor.heard[1]).toMatchObject({ temperature: 1.5, max_tokens: 10 });
    expect(vendor.heard[1]!['stop']).toBeUndefined();
  });

  it('are left out where they are null, also inside others', async () => {
    const vendor = await startVendor(() => ({ text: 'Hi.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const part = { type: 'text', text: 'Hello!', image_url: null };
    const response = await chat({ messages: [{ role: 'user', content: [part, { type: 'text', text: null }], name: null }], temperature: null, stream: true, stream_options: { include_usage: null }, massgen: { reasoning: null } });
    expect(response.status).toBe(200);
    expect(joined(framesOf(await response.text()))).toMatchObject({ content: 'Hi.', finish: 'stop' });
    expect(vendor.heard[0]).toMatchObject({ messages: [{ role: 'user', content: 'Hello!' }] });
  });

  it('shape the presentation of a team and nothing before it', async () => {
    const vendor = await startVendor(agreeing());
    const { chat } = await serveHere({ config: pairAt(vendor.url) });
    const body = await bodyOf(await chat(WISHES));
    expect(body.choices[0].message.content).toBe('The presented answer.');
    const last = vendor.heard.at(-1)!;
    expect(last).toMatchObject(WISHES);
    for (const earlier of vendor.heard.slice(0, -1)) expect([earlier['temperature'], earlier['stop'], earlier['max_tokens'], earlier['user']]).toEqual([undefined, undefined, undefined, undefined]);
    expect(vendor.heard).toHaveLength(5);
  });

  it('leave a unanimous answer as it is where they cannot change it', async () => {
    const vendor = await startVendor(agreeing());
    const { chat } = await serveHere({ config: pairAt(vendor.url) });
    expect((await bodyOf(await chat({ temperature: 0 }))).choices[0].message.content).toBe('An answer.');
    expect(vendor.heard).toHaveLength(4);
  });

  it('say so when the limit of tokens cut the answer', async () => {
    const vendor = await startVendor((body) => (body.tools === undefined ? { text: 'Half of', finish: 'length' } : agreeing()(body)));
    const solo = await serveHere({ config: aloneAt(vendor.url) });
    expect((await bodyOf(await solo.chat({ max_tokens: 2 }))).choices[0]).toMatchObject({ message: { content: 'Half of' }, finish_reason: 'length' });
    const pair = await serveHere({ config: pairAt(vendor.url) });
    expect((await bodyOf(await pair.chat({ max_tokens: 2 }))).choices[0]).toMatchObject({ message: { content: 'Half of' }, finish_reason: 'length' });
    expect(joined(framesOf(await (await pair.chat({ max_tokens: 2, stream: true })).text()))).toMatchObject({ content: 'Half of', finish: 'length' });
  });
});

describe('a form', () => {
  it('is given to the provider and checked', async () => {
    const vendor = await startVendor(() => ({ text: '{"city":"Lima"}' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const body = await bodyOf(await chat({ response_format: FORMAT }));
    expect(body.choices[0].message.content).toBe('{"city":"Lima"}');
    expect(vendor.heard[0]!['response_format']).toEqual(FORMAT);
    await chat({ response_format: { type: 'json_object' } });
    expect(vendor.heard[1]!['response_format']).toEqual({ type: 'json_object' });
  });

  it('is repaired once', async () => {
    const vendor = await startVendor((_body, place) => ({ text: place === 0 ? 'Lima, of course' : '{"city":"Lima"}' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const frames = framesOf(await (await chat({ response_format: FORMAT, stream: true })).text());
    expect(joined(frames)).toMatchObject({ content: '{"city":"Lima"}', finish: 'stop', done: true });
    expect(JSON.stringify(vendor.heard[1]!.messages)).toContain('it is not JSON');
  });

  it.each([['{"city":5}'], ['{"town":"Lima"}'], ['[]'], ['']])('that %s misses twice is an error', async (text) => {
    const vendor = await startVendor(() => ({ text }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const response = await chat({ response_format: FORMAT });
    expect([response.status, (await bodyOf(response)).error.code]).toEqual([502, 'format_unmet']);
    expect(vendor.heard).toHaveLength(2);
  });

  it.each([
    ['{"pair":["a",1]}', 200],
    ['{"pair":["a","b"]}', 502],
    ['{"pair":["a",1,2]}', 502],
  ])('of a list with places of its own, as zod writes it, takes %s with %i', async (text, status) => {
    const pair = { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false, minItems: 2 };
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { pair }, required: ['pair'] };
    const vendor = await startVendor(() => ({ text }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    expect((await chat({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } })).status).toBe(status);
  });

  it('shapes what a team presents', async () => {
    const vendor = await startVendor(agreeing({ text: '{"city":"Lima"}' }));
    const { chat } = await serveHere({ config: pairAt(vendor.url) });
    expect((await bodyOf(await chat({ response_format: FORMAT }))).choices[0].message.content).toBe('{"city":"Lima"}');
    expect(vendor.heard.filter((body) => body['response_format'] !== undefined)).toHaveLength(1);
  });

  it('whose pattern never ends is given up, and the server goes on', async () => {
    const vendor = await startVendor(() => ({ text: JSON.stringify(`${'a'.repeat(40)}!`) }));
    const { chat, get } = await serveHere({ config: aloneAt(vendor.url) });
    const response = await chat({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'string', pattern: '^(a+)+$' } } } });
    expect(response.status).toBe(502);
    expect((await get('/health')).status).toBe(200);
  });
});

describe('a conversation', () => {
  it('reaches a single agent whole', async () => {
    const vendor = await startVendor(() => ({ text: 'Fine.' }));
    const { chat } = await serveHere({ config: { agents: [{ ...(aloneAt(vendor.url)['agents'] as object[])[0], system_message: 'You are Sam.' }] } });
    await chat({
      messages: [
        { role: 'system', content: 'Answer in French.' },
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Bonjour' },
        { role: 'user', content: [{ type: 'text', text: 'How' }, { type: 'text', text: 'are you?' }] },
      ],
    });
    expect(vendor.heard[0]!.messages).toEqual([
      { role: 'system', content: 'You are Sam.\n\nAnswer in French.\n\nBe brief.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Bonjour' },
      { role: 'user', content: 'How\nare you?' },
    ]);
  });

  it('reaches every agent of a team', async () => {
    const vendor = await startVendor(agreeing());
    const { chat } = await serveHere({ config: pairAt(vendor.url) });
    await chat({ messages: [{ role: 'system', content: 'Answer in French.' }, { role: 'user', content: 'My name is Ann.' }, { role: 'assistant', content: 'Hello Ann.' }, { role: 'user', content: 'Who am I?' }] });
    for (const { messages } of vendor.heard.slice(0, 2)) {
      expect(messages[0]!.content).toContain('Answer in French.');
      expect(messages[1]!.content).toContain('User: My name is Ann.\nAssistant: Hello Ann.');
      expect(messages[1]!.content).toContain('<ORIGINAL MESSAGE> Who am I? <END OF ORIGINAL MESSAGE>');
    }
  });
});

const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n and some more', 'latin1').toString('base64')}`;

describe('an image', () => {
  const asking = (url: unknown, text = 'What is this?'): object => ({ messages: [{ role: 'user', content: [...(text === '' ? [] : [{ type: 'text', text }]), { type: 'image_url', image_url: { url } }] }] });

  it('reaches a model that sees', async () => {
    const vendor = await startVendor(() => ({ text: 'A dot.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    expect((await chat(asking(PNG))).status).toBe(200);
    expect(vendor.heard[0]!.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: PNG } }] }]);
    expect((await chat(asking(PNG, ''))).status).toBe(200);
    expect(vendor.heard[1]!.messages).toEqual([{ role: 'user', content: [{ type: 'image_url', image_url: { url: PNG } }] }]);
  });

  it('reaches those of a team who see', async () => {
    const vendor = await startVendor(agreeing());
    const { chat } = await serveHere({ config: pairAt(vendor.url) });
    await chat(asking(PNG));
    for (const { messages } of vendor.heard) expect(JSON.stringify(messages)).toContain(PNG);
  });

  it('of the web is never fetched: it is left out with a note', async () => {
    let fetched = 0;
    const vendor = await startVendor(() => {
      fetched += 1;
      return { text: 'Nothing to see.' };
    });
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const body = await bodyOf(await chat(asking(`${vendor.url}/picture.png`)));
    expect(body.choices[0].message).toMatchObject({ content: 'Nothing to see.', reasoning_content: '[system] an image was left out: URLs are not fetched, send it as a data URI\n' });
    expect(vendor.heard[0]!.messages).toEqual([{ role: 'user', content: 'What is this?' }]);
    const nothing = await chat(asking(`${vendor.url}/picture.png`, ''));
    expect([nothing.status, (await bodyOf(nothing)).error.code, fetched]).toEqual([400, 'missing_message', 1]);
  });

  it('is left out where nobody sees', async () => {
    const { chat } = await serveHere({ config: { agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text: 'Blind.' }] } } } });
    expect((await bodyOf(await chat(asking(PNG)))).choices[0].message.reasoning_content).toContain('no model here can see');
    const alone = await chat(asking(PNG, ''));
    expect([alone.status, (await bodyOf(alone)).error.code]).toEqual([400, 'image_unsupported']);
  });

  it.each([
    ['no data URI', 'file:///etc/passwd'],
    ['another type', 'data:image/svg+xml;base64,PHN2Zz4='],
    ['no base64', 'data:image/png,abc'],
    ['broken base64', 'data:image/png;base64,@@@@'],
    ['nothing', 'data:image/png;base64,'],
    ['something else under its name', `data:image/png;base64,${Buffer.from('GIF89a').toString('base64')}`],
    ['too large', `data:image/png;base64,${'A'.repeat(14 * 1024 * 1024)}`],
    ['a number', 5],
  ])('that is %s is a 400', async (_name, url) => {
    const { chat } = await serveHere({ config: aloneAt('http://127.0.0.1:1/v1') });
    const response = await chat(asking(url));
    expect([response.status, (await bodyOf(response)).error]).toEqual([400, expect.objectContaining({ code: 'invalid_image', param: 'messages[0].content[1].image_url' })]);
  });
});

describe('how much a model thinks and writes', () => {
  const wished = { reasoning_effort: 'high', verbosity: 'low' };

  it('is said to a single agent that is known to take it', async () => {
    const vendor = await startVendor(() => ({ text: 'Fine.' }));
    const server = await serveHere({ config: aloneAt(vendor.url, { reasoning: {} }) });
    await server.chat(wished);
    await server.post('/v1/responses', { input: 'Hello!', reasoning: { effort: 'minimal' }, text: { verbosity: 'low' }, truncation: 'auto' });
    const message = { model: 'solo', max_tokens: 30_000, messages: [{ role: 'user', content: 'Hello!' }] };
    for (const more of [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { thinking: { type: 'enabled', budget_tokens: 20_000 } }, { thinking: { type: 'disabled' } }, { output_config: { effort: 'xhigh' } }, {}]) await server.post('/v1/messages', { ...message, ...more });
    expect(vendor.heard.map((body) => body['reasoning_effort'])).toEqual(['high', 'minimal', 'low', 'high', 'none', 'xhigh', undefined]);
  });

  it('is to Claude the number of tokens that an Anthropic client names', async () => {
    const vendor = await startAnthropic(() => ({ blocks: [{ text: 'Fine.' }] }));
    const server = await serveHere({ config: { agents: [{ id: 'solo', backend: { type: 'claude', model: 'claude-sonnet-4-5', base_url: vendor.url, api_key: 'k' } }] } });
    const pairs = [[1024, 2000], [2000, 4000], [3000, 4000], [1024, 20_000], [5000, 20_000]] as const;
    for (const [budget_tokens, max_tokens] of pairs) {
      const response = await server.post('/v1/messages', { model: 'solo', max_tokens, messages: [{ role: 'user', content: 'Hello!' }], thinking: { type: 'enabled', budget_tokens } });
      expect(response.status).toBe(200);
    }
    expect(vendor.heard.map(({ body }) => [body['thinking'], body['max_tokens']])).toEqual(pairs.map(([budget_tokens, most]) => [{ type: 'enabled', budget_tokens }, most]));
    // Others hear the word for it alone.
    const other = await startVendor(() => ({ text: 'Fine.' }));
    const elsewhere = await serveHere({ config: aloneAt(other.url, { reasoning: {} }) });
    await elsewhere.post('/v1/messages', { model: 'solo', max_tokens: 4000, messages: [{ role: 'user', content: 'Hello!' }], thinking: { type: 'enabled', budget_tokens: 3000 } });
    expect([other.heard[0]!['reasoning_effort'], Object.keys(other.heard[0]!)]).toEqual(['low', expect.not.arrayContaining(['thinking_budget'])]);
  });

  it('is not said to one that may not know the word', async () => {
    const vendor = await startVendor(() => ({ text: 'Fine.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    expect((await chat(wished)).status).toBe(200);
    expect(Object.keys(vendor.heard[0]!)).not.toEqual(expect.arrayContaining(['reasoning_effort']));
    expect(Object.keys(vendor.heard[0]!)).not.toEqual(expect.arrayContaining(['verbosity']));
  });

  it('is said by a team to the one who presents', async () => {
    const vendor = await startVendor(agreeing());
    const thinking = (id: string): object => agentAt(id, vendor.url, { reasoning: { effort: 'low' } });
    const { chat } = await serveHere({ config: { agents: [thinking('one'), thinking('two')] } });
    await chat({ ...wished, max_tokens: 3 });
    expect(vendor.heard.map((body) => body['reasoning_effort'])).toEqual(['low', 'low', 'low', 'low', 'high']);
  });
});
