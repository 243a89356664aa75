import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { ended, errorOf, eventsOf, respond, textOf, type SeenResponse } from '../../support/responses.js';
import { AGREED, ECHO, looped, MUTE, REFUSED } from '../../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../../support/server.js';
import { until } from '../../support/until.js';
import { aloneAt, startVendor } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const filesOf = ({ cwd }: TestServer): readonly string[] => {
  const folder = path.join(cwd, '.massgen/responses/local');
  // One that is being written has another name yet.
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
};
const statusOf = async (response: Response): Promise<string> => ((await bodyOf(response)) as SeenResponse).status;

describe('a response in the background', () => {
  it('is queued at once and asked for until it has ended', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const response = await server.post('/v1/responses', { input: 'Hello!', background: true });
    const queued = (await bodyOf(response)) as SeenResponse;
    expect([response.status, queued]).toEqual([200, expect.objectContaining({ status: 'queued', background: true, output: [], usage: null, completed_at: null })]);
    const body = await ended(server, queued.id);
    expect(body).toMatchObject({ id: queued.id, status: 'completed', background: true });
    expect(textOf(body)).toBe('The agreed answer.');
    expect(textOf(await respond(server, { input: 'And?', previous_response_id: queued.id }))).toBe('The agreed answer.');
  });

  it('goes on when its reader leaves, and is followed from any event on', async () => {
    let goOn: () => void = () => undefined;
    const pause = new Promise<void>((resolve) => (goOn = resolve));
    const vendor = await startVendor(() => ({ text: 'One two three four five.', pieces: 12, paceMs: 10, pause }));
    const server = await serveHere({ config: aloneAt(vendor.url) });
    const leaving = new AbortController();
    const response = await server.post('/v1/responses', { input: 'Count.', background: true, stream: true }, { signal: leaving.signal });
    const reader = response.body!.getReader();
    let seen = '';
    while (!seen.includes('output_text.delta')) seen += new TextDecoder().decode((await reader.read()).value);
    leaving.abort();
    const id = /resp_[0-9a-f]{48}/.exec(seen)![0];
    expect(await statusOf(await server.get(`/v1/responses/${id}`))).toBe('in_progress');
    const following = await server.get(`/v1/responses/${id}?stream=true&starting_after=3`);
    goOn();
    const rest = await eventsOf(following);
    expect(rest.map(({ sequence_number: number }) => number)).toEqual(rest.map((_event, index) => index + 4));
    expect(rest.at(-1)).toMatchObject({ type: 'response.completed' });
    const all = await eventsOf(await server.get(`/v1/responses/${id}?stream=true`));
    expect(all.map(({ type }) => type).slice(0, 3)).toEqual(['response.created', 'response.queued', 'response.in_progress']);
    expect(all[0]!.response.status).toBe('queued');
    expect(all.slice(4)).toEqual(rest);
    expect(textOf(all.at(-1)!.response)).toBe('One two three four five.');
    expect(vendor.left).toHaveLength(0);
  });

  it('is cancelled, as often as one likes', async () => {
    const vendor = await startVendor(() => ({ text: 'Begun', hang: true }));
    const server = await serveHere({ config: aloneAt(vendor.url) });
    const { id } = await respond(server, { input: 'Wait.', background: true });
    await until(() => vendor.heard.length === 1);
    const following = server.get(`/v1/responses/${id}?stream=true`).then(eventsOf);
    for (const time of [1, 2]) {
      const response = await server.get(`/v1/responses/${id}/cancel`, { method: 'POST' });
      expect([time, response.status, await statusOf(response)]).toEqual([time, 200, 'cancelled']);
    }
    expect((await following).at(-1)).toMatchObject({ type: 'response.cancelled', response: { status: 'cancelled' } });
    await until(() => vendor.left.length === 1);
    expect(vendor.left).toHaveLength(1);
    expect(await statusOf(await server.get(`/v1/responses/${id}`))).toBe('cancelled');
    expect((await respond(server, { input: 'x', previous_response_id: id })).error.param).toBe('previous_response_id');
  });

  it('waits its turn, and costs nothing when it is cancelled before', async () => {
    const server = await serveHere({ config: MUTE, concurrency: 1 });
    const first = await respond(server, { input: 'Wait.', background: true });
    const second = await respond(server, { input: 'Wait.', background: true });
    await until(() => server.server.isRunning());
    expect(await statusOf(await server.get(`/v1/responses/${second.id}`))).toBe('queued');
    expect((await respond(server, { input: 'x', previous_response_id: second.id })).error).toMatchObject({ param: 'previous_response_id', code: 'previous_response_in_progress' });
    expect(await statusOf(await server.get(`/v1/responses/${second.id}/cancel`, { method: 'POST' }))).toBe('cancelled');
    expect((await bodyOf(await server.get(`/v1/responses/${first.id}`, { method: 'DELETE' }))).deleted).toBe(true);
    expect((await server.get(`/v1/responses/${first.id}`)).status).toBe(404);
    await until(() => filesOf(server).length === 1);
    expect(filesOf(server)).toEqual([`${second.id}.json`]);
  });

  it('that fails says so in its status, and one of a server that was killed as well', async () => {
    const server = await serveHere({ config: REFUSED });
    const failed = await ended(server, (await respond(server, { input: 'x', background: true })).id);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'server_error', message: expect.any(String) }, completed_at: null });
    const { id } = await respond(server, { input: 'x', background: true });
    await ended(server, id);
    const file = path.join(server.cwd, '.massgen/responses/local', `${id}.json`);
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('"ending":{'));
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), said: [], ending: null }));
    expect(await bodyOf(await server.get(`/v1/responses/${id}`))).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('was stopped') } });
  });

  it('is one response for twins with the same Idempotency-Key', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const twice = await Promise.all([1, 2].map(async () => respond(server, { input: 'Hello!', background: true }, { headers: { 'idempotency-key': 'k' } })));
    expect(twice[0]!.id).toBe(twice[1]!.id);
  });

  it('is refused with a status when it cannot begin', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    expect(await errorOf(await server.post('/v1/responses', { input: 'x', model: 'massgen:nobody', background: true }))).toEqual([404, expect.objectContaining({ code: 'model_not_found', param: 'model' })]);
  });

  it('is the only kind that can be cancelled', async () => {
    const server = await serveHere({ config: looped(ECHO) });
    const { id } = await respond(server, { input: 'Hello!' });
    expect(await errorOf(await server.get(`/v1/responses/${id}/cancel`, { method: 'POST' }))).toEqual([400, expect.objectContaining({ message: 'Cannot cancel a synchronous response.', type: 'invalid_request_error' })]);
  });
});

describe('a client that leaves', () => {
  it('ends its run; the response it had seen of is cancelled', async () => {
    const vendor = await startVendor(() => ({ text: 'Begun', hang: true }));
    const server = await serveHere({ config: aloneAt(vendor.url) });
    const leaving = new AbortController();
    const response = await server.post('/v1/responses', { input: 'Wait.', stream: true }, { signal: leaving.signal });
    const { value } = await response.body!.getReader().read();
    const id = /resp_[0-9a-f]{48}/.exec(new TextDecoder().decode(value))![0];
    leaving.abort();
    expect(await ended(server, id)).toMatchObject({ status: 'cancelled' });
    await until(() => vendor.left.length === 1);
    expect(vendor.left).toHaveLength(1);
  });
});
