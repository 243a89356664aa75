import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { errorOf, eventsOf, lastOf, respond, textOf, type SeenItem, type SeenResponse } from '../../support/responses.js';
import { AGREED, ECHO, looped } from '../../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../../support/server.js';
import { until } from '../../support/until.js';
import { aloneAt, startVendor } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const missing = (id: string): unknown[] => [404, { message: `Response with id '${id}' not found.`, type: 'invalid_request_error', param: null, code: 'response_not_found' }];
const filesOf = ({ cwd }: TestServer, owner = 'local'): readonly string[] => {
  const folder = path.join(cwd, '.massgen/responses', owner);
  // One that is being written has another name yet.
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
};

describe('a stored response', () => {
  it('is the same when it is asked for, streamed again, and after a restart', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const events = await eventsOf(await server.post('/v1/responses', { input: 'Hello!', stream: true }));
    const { response } = events.at(-1)!;
    expect(await bodyOf(await server.get(`/v1/responses/${response.id}`))).toEqual(response);
    expect(await eventsOf(await server.get(`/v1/responses/${response.id}?stream=true`))).toEqual(events);
    expect(await eventsOf(await server.get(`/v1/responses/${response.id}?stream=true&starting_after=7`))).toEqual(events.slice(8));
    await until(() => filesOf(server).length === 1);
    await stopServers();
    const again = await serveHere({ config: looped(AGREED), cwd: server.cwd });
    expect(await bodyOf(await again.get(`/v1/responses/${response.id}`))).toEqual(response);
    expect(await eventsOf(await again.get(`/v1/responses/${response.id}?stream=true&starting_after=7`))).toEqual(events.slice(8));
    expect(statSync(path.join(server.cwd, '.massgen/responses/local', filesOf(server)[0]!)).mode & 0o777).toBe(0o600);
  });

  it('refuses a number to go on after that is none', async () => {
    const server = await serveHere({ config: looped(ECHO) });
    const { id } = await respond(server, { input: 'Hello!' });
    expect(await errorOf(await server.get(`/v1/responses/${id}?stream=true&starting_after=x`))).toEqual([400, expect.objectContaining({ param: 'starting_after' })]);
  });

  it('is not there with store: false, nor once it was deleted', async () => {
    const server = await serveHere({ config: looped(ECHO) });
    const { id: unkept } = await respond(server, { input: 'Hello!', store: false });
    expect(await errorOf(await server.get(`/v1/responses/${unkept}`))).toEqual(missing(unkept));
    const { id } = await respond(server, { input: 'Hello!' });
    await until(() => filesOf(server).length === 1);
    const deleted = await server.get(`/v1/responses/${id}`, { method: 'DELETE' });
    expect([deleted.status, await bodyOf(deleted)]).toEqual([200, { id, object: 'response', deleted: true }]);
    expect(filesOf(server)).toEqual([]);
    for (const method of ['GET', 'DELETE']) expect(await errorOf(await server.get(`/v1/responses/${id}`, { method }))).toEqual(missing(id));
    expect((await respond(server, { input: 'x', previous_response_id: id })).error).toEqual({ message: `Previous response with id '${id}' not found.`, type: 'invalid_request_error', param: 'previous_response_id', code: 'previous_response_not_found' });
  });

  it('is there for the key that made it only', async () => {
    const server = await serveHere({ config: looped(ECHO), apiKey: ['first-key', 'second-key'] });
    const as = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });
    const { id } = await respond(server, { input: 'Hello!' }, as('first-key'));
    const at = `/v1/responses/${id}`;
    expect((await server.get(at, as('first-key'))).status).toBe(200);
    for (const [place, init] of [[at, {}], [`${at}?stream=true`, {}], [`${at}/input_items`, {}], [at, { method: 'DELETE' }], [`${at}/cancel`, { method: 'POST' }]] as const) {
      expect(await errorOf(await server.get(place, { ...as('second-key'), ...init }))).toEqual(missing(id));
    }
    expect((await respond(server, { input: 'x', previous_response_id: id }, as('second-key'))).error.code).toBe('previous_response_not_found');
    expect((await respond(server, { input: [{ type: 'item_reference', id: `msg_${id.slice(5)}o0` }, { role: 'user', content: 'x' }] }, as('second-key'))).error.code).toBe('item_not_found');
    expect((await server.get(at)).status).toBe(401);
    expect(readdirSync(path.join(server.cwd, '.massgen/responses')).join()).not.toMatch(/first-key/);
  });

  it.each(['resp_x', '..%2F..%2Fconfig', 'resp_%00', `resp_${'0'.repeat(48)}`])('is not looked for outside its folder: %s', async (id) => {
    const { get } = await serveHere({ config: looped(ECHO) });
    expect((await get(`/v1/responses/${id}`)).status).toBe(404);
  });

  it('that cannot be read is not there', async () => {
    const server = await serveHere({ config: looped(ECHO) });
    const { id } = await respond(server, { input: 'Hello!' });
    await until(() => filesOf(server).length === 1);
    writeFileSync(path.join(server.cwd, '.massgen/responses/local', `${id}.json`), '{"version":1');
    expect((await server.get(`/v1/responses/${id}`)).status).toBe(404);
  });

  it('answers other methods with those it takes', async () => {
    const { get } = await serveHere({ config: looped(ECHO) });
    const allowed = async (place: string, method: string): Promise<unknown[]> => {
      const response = await get(place, { method });
      return [response.status, response.headers.get('allow')];
    };
    expect(await allowed('/v1/responses/resp_1', 'PUT')).toEqual([405, 'GET, DELETE']);
    expect(await allowed('/v1/responses/resp_1/cancel', 'GET')).toEqual([405, 'POST']);
    expect(await allowed('/v1/responses/resp_1/input_items', 'POST')).toEqual([405, 'GET']);
  });
});

interface Page extends Pick<SeenResponse, 'error'> {
  readonly data: readonly SeenItem[];
  readonly last_id: string;
}

describe('the items of a request', () => {
  it('are listed in pages, the last first', async () => {
    const server = await serveHere({ config: looped(ECHO) });
    const { id } = await respond(server, { input: ['a', 'b', 'c'].map((content) => ({ role: 'user', content })) });
    const page = async (query: string): Promise<Page> => (await bodyOf(await server.get(`/v1/responses/${id}/input_items${query}`))) as Page;
    const all = await page('');
    expect(all).toMatchObject({ object: 'list', has_more: false, first_id: all.data[0]!.id, last_id: all.data[2]!.id });
    expect(all.data.map(({ content }) => content[0]!.text)).toEqual(['c', 'b', 'a']);
    expect(all.data[0]).toEqual({ id: expect.stringMatching(/^msg_/), type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'c' }] });
    expect((await page('?order=asc')).data.map(({ id: item }) => item)).toEqual(all.data.map(({ id: item }) => item).toReversed());
    const first = await page('?limit=2');
    expect(first).toMatchObject({ has_more: true, last_id: all.data[1]!.id });
    expect((await page(`?limit=2&after=${first.last_id}`)).data).toEqual([all.data[2]]);
    expect((await page('?limit=0')).error.param).toBe('limit');
    expect((await page('?order=up')).error.param).toBe('order');
    expect((await page('?after=nobody')).error.param).toBe('after');
  });
});

describe('previous_response_id', () => {
  it('goes on with all that was said, but not with the instructions', async () => {
    const vendor = await startVendor((_body, place) => ({ text: `Answer ${String(place)}.` }));
    const server = await serveHere({ config: aloneAt(vendor.url) });
    const first = await respond(server, { model: 'solo', input: 'My name is Ada.', instructions: 'Be brief.' });
    const second = await respond(server, { model: 'solo', input: [{ role: 'user', content: 'And I like tea.' }], previous_response_id: first.id });
    const third = await respond(server, { model: 'solo', input: 'Who am I?', previous_response_id: second.id });
    expect([second.previous_response_id, third.previous_response_id]).toEqual([first.id, second.id]);
    expect(vendor.heard[2]!.messages.map(({ role, content }) => `${role}: ${String(content)}`)).toEqual(['user: My name is Ada.', 'assistant: Answer 0.', 'user: And I like tea.', 'assistant: Answer 1.', 'user: Who am I?']);
    expect((await bodyOf(await server.get(`/v1/responses/${third.id}/input_items`))).data).toHaveLength(1);
  });

  it('may branch, also after a restart and while the file is only just written', async () => {
    const vendor = await startVendor((body) => ({ text: `I heard ${String(body.messages.length)}.` }));
    const server = await serveHere({ config: aloneAt(vendor.url) });
    const first = await lastOf(await server.post('/v1/responses', { input: 'One', stream: true }));
    expect(textOf(await respond(server, { input: 'Two', previous_response_id: first.id }))).toBe('I heard 3.');
    await stopServers();
    const again = await serveHere({ config: aloneAt(vendor.url), cwd: server.cwd });
    expect(textOf(await respond(again, { input: 'Other two', previous_response_id: first.id }))).toBe('I heard 3.');
  });

  it('takes items of stored responses by reference', async () => {
    const vendor = await startVendor((_body, place) => ({ text: `Answer ${String(place)}.` }));
    const server = await serveHere({ config: aloneAt(vendor.url) });
    const first = await respond(server, { input: 'My name is Ada.' });
    const message = first.output.find(({ type }) => type === 'message')!;
    await respond(server, { input: [{ role: 'user', content: 'My name is Ada.' }, { type: 'item_reference', id: message.id }, { role: 'user', content: 'Who am I?' }] });
    expect(vendor.heard[1]!.messages.map(({ content }) => content)).toEqual(['My name is Ada.', 'Answer 0.', 'Who am I?']);
  });
});
