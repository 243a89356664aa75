import Anthropic from '@anthropic-ai/sdk';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { closeServers, serve } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { askMessage, streamMessage } from '../support/messages.js';
import { eventsOf, respond } from '../support/responses.js';
import { bodyOf, framesOf, joined, serveHere, stopServers, type TestServer } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const TEXT = 'Lima, says https://a.example/lima.';
const [A, B] = [{ url: 'https://a.example/lima', title: 'Lima' }, { url: 'https://b.example/', title: '' }];

interface Asked {
  readonly input: unknown;
  readonly tools?: readonly { readonly type: string; readonly name?: string }[];
}

const frame = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;
const annotation = (source: object): object => ({ type: 'response.output_text.annotation.added', annotation: { type: 'url_citation', ...source, start_index: 0, end_index: 1 } });

/** A vendor of Responses whose model has searched the web; in a team it proposes, votes and presents. */
async function searching(): Promise<string> {
  const say = ({ input, tools = [] }: Asked): readonly object[] => {
    const call = (name: string, args: object): readonly object[] => {
      const item = { type: 'function_call', id: `fc_${name}`, call_id: `call_${name}`, name, arguments: JSON.stringify(args), status: 'completed' };
      return [{ type: 'response.output_item.added', output_index: 1, item: { ...item, arguments: '' } }, { type: 'response.output_item.done', output_index: 1, item }];
    };
    const found = [annotation(A), annotation(B), annotation(A), annotation({ url: 'javascript:alert(1)', title: 'no' })];
    if (!tools.some(({ name }) => name === 'new_answer')) return [{ type: 'response.output_text.delta', delta: TEXT, output_index: 0, content_index: 0 }, ...found];
    return JSON.stringify(input).includes('Vote, or submit') ? call('vote', { agent_id: 'agent1', reason: 'right' }) : [...found, ...call('new_answer', { content: TEXT })];
  };
  return serve((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => {
      const events = say(JSON.parse(text) as Asked);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${events.map(frame).join('')}${frame({ type: 'response.completed', response: { id: 'r', status: 'completed', output: [], usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } } })}`);
    });
  });
}

const agent = (id: string, url: string): object => ({ id, backend: { type: 'openai', api: 'responses', model: 'gpt-4.1', base_url: `${url}/v1`, api_key: 'k', enable_web_search: true } });

async function served(kind: string): Promise<TestServer> {
  const url = await searching();
  return serveHere({ config: { agents: kind === 'team' ? [agent('one', url), agent('two', url)] : [agent('solo', url)] } });
}

const PLACED = [{ start_index: 11, end_index: 33, ...A }, { start_index: 0, end_index: TEXT.length, ...B }];

describe.each(['single agent', 'team'])('the sources of an answer by a %s', (kind) => {
  it('are annotations of a chat message', async () => {
    const server = await served(kind);
    const annotations = PLACED.map((place) => ({ type: 'url_citation', url_citation: place }));
    const { message } = (await bodyOf(await server.chat())).choices[0];
    expect([message.content, message.annotations]).toEqual([TEXT, annotations]);
    const frames = framesOf(await (await server.chat({ stream: true })).text());
    const streamed = frames.flatMap(({ data }) => (data === '[DONE]' ? [] : ((data as { choices: { delta: { annotations?: object[] } }[] }).choices[0]?.delta.annotations ?? [])));
    expect([joined(frames).content, streamed]).toEqual([TEXT, annotations]);
  });

  it('are annotations of a response, streamed and stored', async () => {
    const server = await served(kind);
    const annotations = PLACED.map((place) => ({ type: 'url_citation', ...place }));
    const events = await eventsOf(await server.post('/v1/responses', { input: 'Where?', stream: true }));
    const names = events.map(({ type }) => type);
    expect(events.filter(({ type }) => type === 'response.output_text.annotation.added')).toMatchObject(annotations.map((each, index) => ({ annotation_index: index, content_index: 0, annotation: each })));
    expect(names.lastIndexOf('response.output_text.annotation.added')).toBe(names.indexOf('response.output_text.done') - 1);
    const { id } = events.at(-1)!.response;
    for (const body of [events.at(-1)!.response, await bodyOf(await server.get(`/v1/responses/${id}`)), await respond(server, { input: 'Where?' })]) {
      expect((body as { output: object[] }).output.at(-1)).toMatchObject({ type: 'message', content: [{ type: 'output_text', text: TEXT, annotations }] });
    }
  });

  it('are citations of a message', async () => {
    const server = await served(kind);
    const citations = [A, B].map(({ url, title }) => ({ type: 'web_search_result_location', url, title: title === '' ? null : title, encrypted_index: '', cited_text: '' }));
    expect((await bodyOf(await askMessage(server))).content).toEqual([{ type: 'text', text: TEXT, citations }]);
    const deltas = (await streamMessage(server)).flatMap(({ data }) => (data.type === 'content_block_delta' ? [data.delta as { type: string }] : []));
    expect(deltas.filter(({ type }) => type === 'citations_delta')).toEqual(citations.map((citation) => ({ type: 'citations_delta', citation })));
    const final = await new Anthropic({ baseURL: server.url, apiKey: 'any' }).messages.stream({ model: 'massgen', max_tokens: 100, messages: [{ role: 'user', content: 'Where?' }] }).finalMessage();
    expect(final.content).toEqual([{ type: 'text', text: TEXT, citations }]);
    // What was cited comes back with the next question.
    const again = { messages: [{ role: 'user', content: 'Where?' }, { role: 'assistant', content: final.content }, { role: 'user', content: 'Sure?' }] };
    expect((await askMessage(server, again)).status).toBe(200);
  });

  it('reach clients as their own', async () => {
    const server = await served(kind);
    const stream = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any' }).responses.stream({ model: 'massgen', input: 'Where?' });
    expect((await stream.finalResponse()).output.at(-1)).toMatchObject({ content: [{ annotations: [A, B] }] });
    const { sources } = await generateText({ model: createOpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any' }).responses('massgen'), prompt: 'Where?' });
    expect(sources).toMatchObject([A, B].map(({ url }) => ({ sourceType: 'url', url })));
  });
});
