import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp } from '../support/massgen-process.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../support/server.js';
import { startCapableModel, type CapableModel } from './model/capable-model.js';
import { rewordedBody } from './reword.js';
import { configurations } from './targets.js';

const models: CapableModel[] = [];

afterEach(async () => {
  await stopServers();
  await Promise.all(models.splice(0).map((model) => model.close()));
  await cleanUp();
});

async function served(kind: 'single' | 'team'): Promise<TestServer> {
  const model = await startCapableModel();
  models.push(model);
  return serveHere({ config: configurations(model.url)[kind] as Readonly<Record<string, unknown>> });
}

const chatText = (body: any): string => body.choices[0].message.content as string; // eslint-disable-line @typescript-eslint/no-explicit-any
const said = async (server: TestServer, question: string, more: object = {}): Promise<string> => chatText(await bodyOf(await server.chat({ messages: [{ role: 'user', content: question }], ...more })));

const CITY = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' }, unit: { enum: ['celsius', 'kelvin'] } }, required: ['city'] };
const FORECAST = { type: 'function', function: { name: 'forecast', description: 'The weather of the next days', parameters: CITY } };
const TIDES = { type: 'function', function: { name: 'tides', description: 'High and low water', parameters: { type: 'object', properties: { harbour: { type: 'string' } } } } };

describe.each(['single', 'team'] as const)('what no probe asks, asked of a %s', (kind) => {
  it.each([
    ['Recite the numbers four to nine.', '4, 5, 6, 7, 8, 9'],
    ['Divide 84 by twelve, please.', '7'],
    ['I forgot: the seat of government of Peru is which city?', 'Lima'],
    ['Echo this unchanged: größer · 東京 · 🎈', 'größer · 東京 · 🎈'],
    ['Hey there, hello!', 'Hello!'],
  ])('%s', async (question, answer) => {
    expect(await said(await served(kind), question)).toBe(answer);
  });

  it('is remembered from earlier turns, and gone on with', async () => {
    const server = await served(kind);
    const messages = [{ role: 'user', content: 'People call me Ottilie, by the way. Call me Ottilie.' }, { role: 'assistant', content: 'All right.' }, { role: 'user', content: 'So what am I called?' }];
    expect(chatText(await bodyOf(await server.chat({ messages })))).toBe('Ottilie');
    const begun = await server.post('/v1/messages', { model: 'massgen', max_tokens: 50, messages: [{ role: 'user', content: 'Capital of Hungary?' }, { role: 'assistant', content: 'It must be Buda' }] });
    expect((await bodyOf(begun)).content).toEqual([{ type: 'text', text: 'pest.' }]);
  });

  it('is in the form of a schema, and no longer than allowed', async () => {
    const server = await served(kind);
    const format = { type: 'json_schema', json_schema: { name: 'trip', schema: CITY, strict: true } };
    expect(JSON.parse(await said(server, 'A week, that is 7 days, in Lisbon; degrees in kelvin.', { response_format: format }))).toEqual({ city: 'Lisbon', days: 7, unit: 'kelvin' });
    const body = await bodyOf(await server.chat({ messages: [{ role: 'user', content: 'An article on moss, in detail.' }], max_tokens: 5 }));
    expect(body).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 5 } });
  });

  it('calls the tools that fit, and tells what they found', async () => {
    const server = await served(kind);
    const question = { role: 'user', content: 'Sailing to Bergen: I need the forecast for 3 days and the tides.' };
    const { choices: [{ message, finish_reason: finish }] } = await bodyOf(await server.chat({ messages: [question], tools: [FORECAST, TIDES] }));
    expect(finish).toBe('tool_calls');
    expect(message.tool_calls).toMatchObject([{ function: { name: 'forecast' } }, { function: { name: 'tides' } }]);
    expect(JSON.parse(message.tool_calls[0].function.arguments)).toMatchObject({ city: 'Bergen', days: 3 });
    const calls = message.tool_calls as readonly { readonly id: string }[];
    const results = calls.map(({ id }, index) => ({ role: 'tool', tool_call_id: id, content: index === 0 ? 'gales' : 'high at noon' }));
    const told = chatText(await bodyOf(await server.chat({ messages: [question, { role: 'assistant', content: null, tool_calls: message.tool_calls }, ...results], tools: [FORECAST, TIDES] })));
    expect([told.includes('gales'), told.includes('high at noon')]).toEqual([true, true]);
  });
});

describe('a probe with other words', () => {
  it('has other words, and everything else is the same', () => {
    const body = { model: 'm', messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Count from 1 to 100.' }], max_tokens: 8 };
    expect(JSON.parse(rewordedBody(JSON.stringify(body)))).toEqual({ ...body, messages: [body.messages[0], { role: 'user', content: 'Please write down the numbers one through 100.' }] });
  });
});
