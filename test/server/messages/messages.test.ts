import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { askMessage, messageBody, picture, PNG, streamMessage } from '../../support/messages.js';
import { breaksOff, soloAt, startProvider } from '../../support/provider.js';
import { AGREED, looped } from '../../support/scripts.js';
import { bodyOf, serveHere, stopServers, type Frame, type TestServer } from '../../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor, type HeardBody, type Said, type Vendor } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const TEAM = looped(AGREED);
const THINKING = { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000 };
const textOf = (frames: readonly Frame[]): string => frames.map(({ data }) => (data.delta?.type === 'text_delta' ? (data.delta.text as string) : '')).join('');
const endOf = (frames: readonly Frame[]): unknown => frames.find(({ event }) => event === 'message_delta')?.data.delta;

async function alone(answer: (body: HeardBody, place: number) => Said): Promise<TestServer & { readonly vendor: Vendor }> {
  const vendor = await startVendor(answer);
  return { ...(await serveHere({ config: aloneAt(vendor.url) })), vendor };
}

describe('a message', () => {
  it('of a team is the documented one', async () => {
    const server = await serveHere({ config: TEAM });
    const response = await askMessage(server);
    expect(response.status).toBe(200);
    const body = await bodyOf(response);
    expect(body).toEqual({
      id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
      type: 'message',
      role: 'assistant',
      model: 'massgen',
      content: [{ type: 'text', text: 'The agreed answer.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens_details: { thinking_tokens: 0 },
        cache_creation: null,
        inference_geo: null,
        server_tool_use: null,
        service_tier: 'standard',
        speed: null,
      },
      massgen_metadata: expect.objectContaining({ session_id: expect.stringMatching(/^api_session_/), selected_agent: 'one', answers: [expect.objectContaining({ label: 'answer1.1' }), expect.objectContaining({ label: 'answer2.1' })] }),
    });
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'));
    expect(response.headers.get('x-massgen-session')).toBe(body.massgen_metadata.session_id);
  });

  it('begins with the deliberation when thinking is asked for, and only then', async () => {
    const server = await serveHere({ config: TEAM });
    const content = async (more: object): Promise<any> => (await bodyOf(await askMessage(server, more))).content; // eslint-disable-line @typescript-eslint/no-explicit-any
    const [thought, said] = await content(THINKING);
    expect(thought).toEqual({ type: 'thinking', thinking: expect.stringContaining('[orchestrator] Winner: one with 2 of 2 votes'), signature: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) });
    expect(said).toEqual({ type: 'text', text: 'The agreed answer.' });
    expect((await content({ thinking: { type: 'adaptive' } }))[0].type).toBe('thinking');
    expect((await content({ thinking: { type: 'adaptive', display: 'omitted' } }))[0]).toEqual({ type: 'thinking', thinking: '', signature: expect.any(String) });
    expect(await content({ thinking: { type: 'disabled' } })).toEqual([{ type: 'text', text: 'The agreed answer.' }]);
    expect((await content({ massgen: { reasoning: 'full' } }))[0].thinking).toContain('[two] Another answer.');
    expect(await content({ ...THINKING, massgen: { reasoning: 'off' } })).toHaveLength(1);
  });

  it('streams in the order of Anthropic’s events', async () => {
    const server = await serveHere({ config: TEAM });
    const response = await askMessage(server, { stream: true, ...THINKING });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const text = await response.text();
    const golden = text
      .replace(/msg_[0-9a-f]{32}/, 'msg_ID')
      .replaceAll(/"massgen_metadata":\{.*\}\}(?=\n)/g, '"massgen_metadata":{}}')
      .replaceAll(/"(input|output)_tokens":\d+/g, '"$1_tokens":1')
      .replaceAll(/event: content_block_delta\ndata: \{"type":"content_block_delta","index":0,"delta":\{"type":"thinking_delta".*\n\n/g, '')
      .replaceAll(/"signature":"[^"]{44}"/g, '"signature":"SIGNED"');
    const usage = '"input_tokens":1,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"output_tokens_details":{"thinking_tokens":0}';
    expect(golden).toBe(
      [
        `event: message_start\ndata: {"type":"message_start","message":{"id":"msg_ID","type":"message","role":"assistant","model":"massgen","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"usage":{${usage},"cache_creation":null,"inference_geo":null,"server_tool_use":null,"service_tier":"standard","speed":null},"container":null,"diagnostics":null}}`,
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"SIGNED"}}',
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}',
        'event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}',
        ...['The ', 'agreed ', 'answer.'].map((piece) => `event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"${piece}"}}`),
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":1}',
        `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,"container":null},"usage":{${usage},"server_tool_use":null},"massgen_metadata":{}}`,
        'event: message_stop\ndata: {"type":"message_stop"}',
        '',
      ].join('\n\n'),
    );
  });

  it('is kept alive by pings after its start', async () => {
    const { url } = await alone(() => ({ text: 'Slow but sure.', pieces: 4, paceMs: 10 }));
    const { createSse } = await import('../../../src/server/http/sse.js');
    const { createMessagesDialect } = await import('../../../src/server/messages/messages-dialect.js');
    expect(url).toContain('http');
    const dialect = createMessagesDialect();
    const asked = dialect.read(messageBody({ stream: true }));
    const stream = dialect.stream({ requestId: 'req_1', session: 's', model: 'm', kind: 'team', created: 0, request: asked, agentToolsInMessage: false });
    const written: string[] = [];
    const gone = new AbortController();
    createSse({ gone: gone.signal, begun: () => true, begin: () => undefined, write: (text) => written.push(text), end: () => undefined, behind: () => undefined }, { heartbeatMs: 5, ping: stream.ping!, onBegin: () => stream.open() });
    while (written.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    expect(written[0]).toMatch(/^event: message_start\ndata: .*\n\nevent: ping\ndata: \{"type":"ping"\}\n\n$/);
    expect(written[1]).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  });
});

describe('what a request says', () => {
  it('reaches a provider: system, blocks, images, samplers, who asks', async () => {
    const server = await alone(() => ({ text: 'Hi.' }));
    await askMessage(server, {
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }, { type: 'text', text: 'Be kind.' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'One' }] },
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 'whose' }, { type: 'redacted_thinking', data: 'x' }, { type: 'text', text: 'Two' }] },
        { role: 'system', content: 'Mind the gap.' },
        { role: 'user', content: [picture(), { type: 'text', text: 'Three', cache_control: null }, { type: 'document', title: 'a.txt', source: { type: 'text', media_type: 'text/plain', data: 'Four' } }] },
      ],
      temperature: 0.5,
      top_p: 0.9,
      metadata: { user_id: 'ann' },
    });
    const [heard] = server.vendor.heard;
    expect(heard).toMatchObject({ temperature: 0.5, top_p: 0.9, max_tokens: 1000, user: 'ann' });
    expect(heard!.messages.slice(0, -1)).toEqual([
      { role: 'system', content: 'Be brief.\n\nBe kind.' },
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'Two' },
      { role: 'system', content: 'Mind the gap.' },
    ]);
    expect(heard!.messages.at(-1)!.content).toEqual([
      { type: 'text', text: 'Three\nDocument a.txt:\n```\nFour\n```' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
    ]);
  });

  it('may be a top_k, where the provider takes one', async () => {
    const vendor = await startVendor(() => ({ text: 'Hi.' }));
    await askMessage(await serveHere({ config: aloneAt(vendor.url, { type: 'vllm' }) }), { top_k: 3 });
    expect(vendor.heard[0]).toMatchObject({ top_k: 3 });
  });

  it('names what was left out', async () => {
    const server = await serveHere({ config: TEAM });
    const body = await bodyOf(
      await askMessage(server, {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }, { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }] }],
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      }),
    );
    expect(body.massgen_metadata.notes).toEqual([expect.stringContaining('URLs and file ids are not followed'), expect.stringContaining('a document was left out'), 'the tool web_search_20250305 was left out: only Anthropic has it']);
    // Clients read the answer from the first block.
    expect(body.content).toEqual([expect.objectContaining({ type: 'text' })]);
  });

  it('joins turns of the user that follow each other', async () => {
    const server = await alone(() => ({ text: 'Hi.' }));
    await askMessage(server, { messages: [{ role: 'user', content: 'One' }, { role: 'user', content: 'Two' }] });
    expect(server.vendor.heard[0]!.messages).toEqual([{ role: 'user', content: 'One\n\nTwo' }]);
  });

  it('has a form that the answer meets', async () => {
    const server = await alone((_body, place) => ({ text: place === 0 ? 'no' : '{"city":"Lima"}' }));
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const body = await bodyOf(await askMessage(server, { output_config: { format: { type: 'json_schema', schema } } }));
    expect(body.content).toEqual([{ type: 'text', text: '{"city":"Lima"}' }]);
    expect(server.vendor.heard[0]!['response_format']).toMatchObject({ json_schema: { schema } });
  });

  it('needs no presentation for the limit of tokens that an answer surely keeps', async () => {
    const vendor = await startVendor(agreeing());
    const server = await serveHere({ config: pairAt(vendor.url) });
    expect((await bodyOf(await askMessage(server))).content[0].text).toBe('An answer.');
    expect(vendor.heard).toHaveLength(4);
    expect((await bodyOf(await askMessage(server, { max_tokens: 5 }))).content[0].text).toBe('The presented answer.');
    expect(vendor.heard.at(-1)).toMatchObject({ max_tokens: 5 });
  });
});

describe('the end of a message', () => {
  it('is the limit of tokens', async () => {
    const server = await alone(() => ({ text: 'Half of', finish: 'length' }));
    expect(await bodyOf(await askMessage(server, { max_tokens: 2 }))).toMatchObject({ stop_reason: 'max_tokens', content: [{ text: 'Half of' }] });
  });

  it.each([
    ['alpha beta gamma', ['beta'], 'alpha ', 'beta'],
    ['alpha beta gamma', ['gamma', 'a b'], 'alph', 'a b'],
    ['alpha be', ['beta'], 'alpha be', null],
    ['beta', ['beta'], '', 'beta'],
    ['one\n\ntwo', ['\n\n'], 'one', '\n\n'],
  ])('of %j with the stop sequences %j is before the first of them', async (said, stop_sequences, text, met) => {
    const server = await alone(() => ({ text: said, pieces: said.length }));
    const wanted = { stop_reason: met === null ? 'end_turn' : 'stop_sequence', stop_sequence: met };
    const body = await bodyOf(await askMessage(server, { stop_sequences }));
    expect(body).toMatchObject({ ...wanted, content: text === '' ? [] : [{ type: 'text', text }] });
    const frames = await streamMessage(server, { stop_sequences });
    expect([textOf(frames), endOf(frames)]).toEqual([text, expect.objectContaining(wanted)]);
  });

  it('is a refusal when the provider withholds its reply, streamed or not', async () => {
    const refusing = { agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text: '', finish: 'content-filter' }] } } };
    const server = await serveHere({ config: refusing });
    const response = await askMessage(server);
    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toMatchObject({ type: 'message', content: [], stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: expect.stringContaining('content filter') } });
    expect((await streamMessage(server)).map(({ event }) => event)).toEqual(['message_start', 'message_delta', 'message_stop']);
  });

  it('is an error event when a stream breaks off', async () => {
    const breaking = await startProvider(breaksOff('Half of', 'end'));
    const frames = await streamMessage(await serveHere({ config: soloAt(breaking.url) as never, env: { STAND_IN_KEY: 'k' } }));
    expect(textOf(frames)).toBe('Half of');
    const last = frames.at(-1)!;
    expect([last.event, last.data]).toEqual(['error', { type: 'error', error: { type: 'api_error', message: expect.any(String) }, request_id: expect.stringMatching(/^req_/) }]);
  });
});

describe('a reply that the caller has begun', () => {
  const begun = { messages: [{ role: 'user', content: 'The capital of France?' }, { role: 'assistant', content: 'The capital of France' }] };

  it.each([['is Paris.'], ['The capital of France is Paris.']])('goes on where it ended, if the model says %j', async (said) => {
    const server = await alone(() => ({ text: said, pieces: 7 }));
    expect(((await bodyOf(await askMessage(server, begun))).content[0].text as string).trim()).toBe('is Paris.');
    expect(textOf(await streamMessage(server, begun)).trim()).toBe('is Paris.');
    expect(server.vendor.heard[0]!.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('is asked for in words that every vendor takes', async () => {
    const server = await alone(() => ({ text: 'The capital' }));
    expect((await bodyOf(await askMessage(server, begun))).content[0].text).toBe('The capital');
    expect(server.vendor.heard[0]!.messages.at(-1)).toEqual({ role: 'user', content: expect.stringContaining('Continue it from exactly where it ends') });
  });
});

describe('the usage of a message', () => {
  it('is of the call that wrote it, and the sum over all agents is beside it', async () => {
    const agent = (id: string): object => ({ id, backend: { type: 'scripted', loop: true, script: [{ answer: 'Same.', usage: { input: 10, output: 3 } }, { vote: 'agent1', usage: { input: 100, output: 30 } }] } });
    const server = await serveHere({ config: { agents: [agent('one'), agent('two')] } });
    const usage = { input_tokens: 10, output_tokens: 3 };
    const body = await bodyOf(await askMessage(server));
    expect([body.usage, body.massgen_metadata.usage]).toMatchObject([usage, { prompt_tokens: 220, completion_tokens: 66 }]);
    expect((await streamMessage(server)).at(-2)!.data).toMatchObject({ usage, massgen_metadata: { usage: { prompt_tokens: 220, completion_tokens: 66 } } });
  });

  it('is of the presentation, if there is one', async () => {
    const presented = { prompt_tokens: 70, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 20 }, completion_tokens_details: { reasoning_tokens: 1 } };
    const vendor = await startVendor((body) => ({ ...agreeing()(body), usage: body.tools === undefined ? presented : { prompt_tokens: 1000, completion_tokens: 100 } }));
    const body = await bodyOf(await askMessage(await serveHere({ config: pairAt(vendor.url) }), { max_tokens: 5 }));
    expect([body.usage, body.massgen_metadata.usage]).toMatchObject([{ input_tokens: 50, cache_read_input_tokens: 20, output_tokens: 5, output_tokens_details: { thinking_tokens: 1 } }, { prompt_tokens: 4070, completion_tokens: 405 }]);
  });
});
