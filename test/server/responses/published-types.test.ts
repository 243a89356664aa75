import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { typeFaults, type Claim } from '../../support/published-types.js';
import { ended, eventsOf, respond } from '../../support/responses.js';
import { AGREED, looped, REFUSED } from '../../support/scripts.js';
import { bodyOf, framesOf, serveHere, stopServers, type TestServer } from '../../support/server.js';
import { aloneAt, startVendor, type Said } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

// What the package of OpenAI says a response and its events are, made by them from their description of the API. `output_text` is
// added by their client; `usage` and `user` are null in the API (and in the Open Responses description) where these types leave them out.
const IMPORTS = `import type OpenAI from 'openai';
import type { ResponseItemList } from 'openai/resources/responses/input-items.js';
type Published = Omit<OpenAI.Responses.Response, 'output_text' | 'usage' | 'user'> & { usage: OpenAI.Responses.ResponseUsage | null; user: string | null };
type PublishedEvent = OpenAI.Responses.ResponseStreamEvent extends infer Event ? (Event extends { response: unknown } ? Omit<Event, 'response'> & { response: Published } : Event) : never;
type Chunk = Omit<OpenAI.Completion, 'usage' | 'choices'> & { choices: (Omit<OpenAI.CompletionChoice, 'finish_reason'> & { finish_reason: OpenAI.CompletionChoice['finish_reason'] | null })[] };`;
const RESPONSE = 'Published';
const EVENT = 'PublishedEvent';

const WEATHER = { type: 'function', name: 'get_weather', parameters: { type: 'object' } };
const FORMAT = { type: 'json_schema', name: 'place', schema: { type: 'object' }, description: 'A place' };

async function claimsOf(server: TestServer, body: object): Promise<readonly Claim[]> {
  const response = await respond(server, body);
  const events = await eventsOf(await server.post('/v1/responses', { ...body, stream: true }));
  const items: unknown = await bodyOf(await server.get(`/v1/responses/${response.id}/input_items`));
  const queued = await respond(server, { ...body, background: true });
  const later = await ended(server, queued.id);
  const followed = await eventsOf(await server.get(`/v1/responses/${queued.id}?stream=true`));
  return [...[response, queued, later].map((value) => ({ type: RESPONSE, value })), ...[...events, ...followed].map((value) => ({ type: EVENT, value })), { type: 'ResponseItemList', value: items }];
}

describe('what the server sends', () => {
  it('is of the types that OpenAI publishes', async () => {
    const team = await serveHere({ config: looped(AGREED) });
    const alone = async (said: Said): Promise<TestServer> => serveHere({ config: aloneAt((await startVendor(() => said)).url) });
    const items = [{ role: 'user', content: 'Weather?' }, { type: 'function_call', call_id: 'c', name: 'get_weather', arguments: '{}' }, { type: 'function_call_output', call_id: 'c', output: 'sunny' }, { role: 'assistant', content: 'Sunny.' }, { role: 'user', content: [{ type: 'input_text', text: 'And now?' }] }];
    const failing = await serveHere({ config: REFUSED });
    const failed = await respond(failing, { input: 'Hello!', background: true });
    const claims = [
      ...(await claimsOf(team, { input: 'Hello!', metadata: { a: 'b' }, reasoning: { effort: 'low', summary: 'detailed' }, instructions: 'Be brief.', max_output_tokens: 100 })),
      ...(await claimsOf(await alone({ text: 'See:', calls: [{ name: 'get_weather', arguments: {} }] }), { input: 'Weather?', tools: [WEATHER, { type: 'custom', name: 'patch', description: 'A patch' }], tool_choice: 'auto' })),
      ...(await claimsOf(await alone({ calls: [{ name: 'patch', arguments: { input: 'x' } }] }), { input: 'Patch.', tools: [{ type: 'custom', name: 'patch' }] })),
      ...(await claimsOf(await alone({ text: 'Hel', finish: 'length' }), { input: items, max_output_tokens: 3 })),
      ...(await claimsOf(await alone({ text: '{}' }), { input: 'Where?', text: { format: FORMAT, verbosity: 'low' } })),
      { type: RESPONSE, value: await ended(failing, failed.id) },
      ...(await eventsOf(await failing.get(`/v1/responses/${failed.id}?stream=true`))).map((value) => ({ type: EVENT, value })),
      { type: 'OpenAI.Completion', value: await bodyOf(await team.post('/v1/completions', { prompt: 'Hello!' })) },
      ...framesOf(await (await team.post('/v1/completions', { prompt: 'Hello!', stream: true, stream_options: { include_usage: true } })).text()).flatMap(({ data }) => (data === '[DONE]' ? [] : [{ type: 'Chunk', value: data as unknown }])),
    ];
    expect(claims.length).toBeGreaterThan(100);
    expect(typeFaults(IMPORTS, claims).slice(0, 5)).toEqual([]);
  });

  it('would be found out if it were not', () => {
    const faults = typeFaults(IMPORTS, [{ type: EVENT, value: { type: 'response.output_text.delta', sequence_number: 1, delta: 'x' } }, { type: RESPONSE, value: { id: 'resp_1', object: 'response' } }]);
    expect(faults).toHaveLength(2);
  });
});
