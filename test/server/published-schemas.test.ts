import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { messageBody, WEATHER } from '../support/messages.js';
import { checked, schemaFaults } from '../support/published-schemas.js';
import { typeFaults, type Claim } from '../support/published-types.js';
import { AGREED, looped } from '../support/scripts.js';
import { bodyOf, framesOf, serveHere, stopServers, type TestServer } from '../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor, type Said } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

// What the vendors' packages say bodies and events are, made by them from their descriptions of the APIs.
// `refusal` and `logprobs`, which are null where there are none, are left out, as most servers of this API do and all clients bear.
// An empty object of theirs refuses what it does not know; `reasoning_content` is DeepSeek's, and everybody's by now.
// Anthropic's API leaves `citations` out where there are none, as its reference shows.
const IMPORTS = `import type OpenAI from 'openai';
import type Anthropic from '@anthropic-ai/sdk';
type Said = OpenAI.ChatCompletion.Choice;
type Chat = Omit<OpenAI.ChatCompletion, 'choices'> & { choices: (Omit<Said, 'message' | 'logprobs'> & { message: Omit<Said['message'], 'refusal'> })[] };
type Choice = OpenAI.ChatCompletionChunk.Choice;
type Chunk = Omit<OpenAI.ChatCompletionChunk, 'choices'> & { choices: (Omit<Choice, 'delta'> & { delta: Choice['delta'] & { reasoning_content?: string } })[] };
type Uncited<Block> = Block extends Anthropic.TextBlock ? Omit<Block, 'citations'> & { citations?: Anthropic.TextCitation[] } : Block;
type Reply = Omit<Anthropic.Message, 'content'> & { content: Uncited<Anthropic.ContentBlock>[] };
type Sent = Anthropic.RawMessageStreamEvent;
type Event = Sent extends infer One ? (One extends Anthropic.RawContentBlockStartEvent ? Omit<One, 'content_block'> & { content_block: Uncited<One['content_block']> } : One) : never;`;

const TOOL = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } };

const isEvent = ({ data }: { readonly data: unknown }): boolean => data !== '[DONE]' && (data as { readonly type?: string }).type !== 'ping';

async function chatClaims({ chat }: TestServer, body: object): Promise<readonly Claim[]> {
  const frames = framesOf(await (await chat({ ...body, stream: true, stream_options: { include_usage: true } })).text());
  return [{ type: 'Chat', value: await bodyOf(await chat(body)) }, ...frames.filter(isEvent).map(({ data }) => ({ type: 'Chunk', value: data as unknown }))];
}

async function messageClaims({ post }: TestServer, more: object): Promise<readonly Claim[]> {
  const frames = framesOf(await (await post('/v1/messages', messageBody({ ...more, stream: true }))).text());
  return [{ type: 'Reply', value: await bodyOf(await post('/v1/messages', messageBody(more))) }, ...frames.filter(isEvent).map(({ data }) => ({ type: 'Event', value: data as unknown }))];
}

describe('chats and messages', () => {
  it('are of the types that OpenAI and Anthropic publish', async () => {
    const team = await serveHere({ config: looped(AGREED) });
    const alone = async (said: Said): Promise<TestServer> => serveHere({ config: aloneAt((await startVendor(() => said)).url) });
    const calling = await alone({ text: 'Let me see.', reasoning: 'Hm.', calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] });
    const cut = await alone({ text: 'Hel', finish: 'length' });
    const presenting = await serveHere({ config: pairAt((await startVendor(agreeing({ calls: [{ name: 'get_weather', arguments: {} }] }))).url) });
    const claims = (await Promise.all([
      chatClaims(team, {}),
      chatClaims(calling, { tools: [TOOL] }),
      chatClaims(cut, { max_tokens: 3 }),
      chatClaims(presenting, { tools: [TOOL] }),
      messageClaims(team, { thinking: { type: 'adaptive' } }),
      messageClaims(calling, { tools: [WEATHER], thinking: { type: 'adaptive' } }),
      messageClaims(cut, { max_tokens: 3 }),
      messageClaims(presenting, { tools: [WEATHER], stop_sequences: ['never'] }),
    ])).flat();
    expect(claims.length).toBeGreaterThan(60);
    expect(typeFaults(IMPORTS, claims).slice(0, 5)).toEqual([]);
  });

  it('would be found out if they were not', () => {
    expect(typeFaults(IMPORTS, [{ type: 'Chat', value: { id: 'x', object: 'chat.completion' } }, { type: 'Event', value: { type: 'message_stop', index: '0' } }, { type: 'Event', value: { type: 'content_block_stop' } }])).toHaveLength(2);
  });
});

describe('every body that a test of the server reads', () => {
  it('is held against the published schemas', async () => {
    const wrong = (at: string, body: string, type = 'application/json'): Response => checked(at, new Response(body, { headers: { 'content-type': type } }));
    await expect(wrong('/v1/chat/completions', '{"id":"x"}').json()).rejects.toThrow('chat body: object: Required');
    await expect(wrong('/v1/responses/resp_1', '{"id":"x"}').text()).rejects.toThrow('responses body: ');
    await expect(wrong('/v1/messages', 'event: x\ndata: {"type":"x"}\n\n', 'text/event-stream').text()).rejects.toThrow('messages event: ');
    expect(await wrong('/v1/models', '{"id":"x"}').json()).toEqual({ id: 'x' });
  });

  it('is wrong when a field is', async () => {
    const body = (await bodyOf(await (await serveHere({ config: looped(AGREED) })).chat())) as object;
    expect(schemaFaults('chat', 'body', body)).toEqual([]);
    expect(schemaFaults('chat', 'body', { ...body, created: 'now' })).toEqual([expect.stringContaining('created: Expected number')]);
  });
});
