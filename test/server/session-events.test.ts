import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp, parseLines, type LoggedEvent } from '../support/massgen-process.js';
import { AGREED, ECHO, looped, MUTE } from '../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { aloneAt, startVendor } from '../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const ask = async ({ chat }: TestServer, session?: string, content = 'Hello!'): Promise<string> => {
  const response = await chat({ messages: [{ role: 'user', content }] }, session === undefined ? {} : { headers: { 'x-massgen-session': session } });
  await response.text();
  return response.headers.get('x-massgen-session') ?? '';
};

const follow = ({ get }: TestServer, session: string, lastId?: string): Promise<Response> => get(`/v1/sessions/${session}/events`, lastId === undefined ? {} : { headers: { 'last-event-id': lastId } });

interface Sent {
  readonly id: string;
  readonly data: LoggedEvent;
}

const sentIn = (text: string): readonly Sent[] =>
  text.split('\n\n').flatMap((block) => {
    const [, id, data] = /^id: (.*)\nevent: .*\ndata: (.*)$/u.exec(block) ?? [];
    return id === undefined || data === undefined ? [] : [{ id, data: JSON.parse(data) as LoggedEvent }];
  });
const sentTo = async (server: TestServer, session: string, lastId?: string): Promise<readonly Sent[]> => sentIn(await (await follow(server, session, lastId)).text());

/** The log directory of the only session there is. */
function logOf({ cwd }: TestServer): string {
  const root = path.join(cwd, '.massgen/massgen_logs');
  return path.join(root, readdirSync(root)[0] ?? '');
}
const fileOf = (server: TestServer, turn: number): string => path.join(logOf(server), `turn_${String(turn)}/events.jsonl`);
const logged = (server: TestServer, turn: number): readonly LoggedEvent[] => parseLines(readFileSync(fileOf(server, turn), 'utf8')).slice(1);
const dataOf = (sent: readonly Sent[]): readonly LoggedEvent[] => sent.map(({ data }) => data);

/** What has come of a stream so far, and all of it. */
function reading(response: Response): { readonly seen: () => readonly Sent[]; readonly ended: Promise<void> } {
  let text = '';
  const ended = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of response.body!) text += decoder.decode(bytes as Uint8Array, { stream: true });
  })();
  return { seen: () => sentIn(text), ended };
}

describe('the events of a session', () => {
  it('are those of all its turns, in order, and go on behind any of them', async () => {
    const server = await serveHere({ config: looped(AGREED) });
    const session = await ask(server);
    const one = await sentTo(server, session);
    expect(one.map(({ id }) => id)).toEqual(logged(server, 1).map(({ seq }) => String(seq)));
    await ask(server, session);
    await ask(server, session);
    const all = await sentTo(server, session);
    expect(dataOf(all)).toEqual([1, 2, 3].flatMap((turn) => logged(server, turn)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.slice(0, one.length)).toEqual(one);
    expect(all[one.length]).toMatchObject({ id: '2.1', data: { type: 'run-start' } });
    const middle = all.findIndex(({ id }) => id === '2.4');
    for (const at of [0, one.length - 1, one.length, middle, all.length - 2, all.length - 1]) expect(await sentTo(server, session, all[at]!.id)).toEqual(all.slice(at + 1));
    expect(await sentTo(server, session, '0')).toEqual(all);
    expect(await sentTo(server, session, 'none of ours')).toEqual(all);
  });

  it('come at once of the turns that are over, while the next one waits and when it runs', async () => {
    const frees: (() => void)[] = [];
    const vendor = await startVendor(async (body) => {
      if (JSON.stringify(body.messages.at(-1)).includes('wait')) await new Promise<void>((resolve) => frees.push(resolve));
      return { text: 'Hello.' };
    });
    const server = await serveHere({ config: aloneAt(vendor.url), concurrency: 1 });
    const session = await ask(server);
    const other = ask(server, undefined, 'wait');
    await until(() => frees.length === 1);
    const next = ask(server, session, 'wait');
    await until(async () => (await bodyOf(await server.get('/health/ready'))).waiting === 1);
    const first = reading(await follow(server, session));
    await until(() => first.seen().at(-1)?.data.type === 'run-end');
    const last = first.seen().at(-1)!.id;
    const back = reading(await follow(server, session, last));
    frees.shift()?.();
    await until(() => frees.length === 1);
    await until(() => back.seen().some(({ data }) => data.type === 'call-start'));
    const later = reading(await follow(server, session, back.seen()[0]!.id));
    frees.shift()?.();
    await Promise.all([other, next, first.ended, back.ended, later.ended]);
    const all = await sentTo(server, session);
    expect(all.map(({ data }) => data.type).filter((type) => type === 'run-start' || type === 'run-end')).toEqual(['run-start', 'run-end', 'run-start', 'run-end']);
    expect(first.seen()).toEqual(all);
    expect(back.seen()).toEqual(all.slice(all.findIndex(({ id }) => id === '2.1')));
    expect(later.seen()).toEqual(back.seen().slice(1));
  });

  it('are there of turns that another server ran, whether or not it could end them', async () => {
    const before = await serveHere({ config: looped(ECHO) });
    const session = await ask(before);
    await ask(before, session);
    await stopServers();
    // As if it had been killed: the log has no end, and its process has the number of the next one, as in a container.
    const [whole, cut] = [logged(before, 1), logged(before, 1).length];
    writeFileSync(fileOf(before, 1), readFileSync(fileOf(before, 1), 'utf8').split('\n').slice(0, cut).join('\n'));
    const server = await serveHere({ config: looped(ECHO), cwd: before.cwd });
    expect((await follow(server, session)).status).toBe(404);
    await ask(server, session);
    expect(dataOf(await sentTo(server, session))).toEqual([...whole.slice(0, -2), ...logged(server, 2), ...logged(server, 3)]);
  });

  it('are not held up by turns that logged nothing, or nothing that can be read', async () => {
    const server = await serveHere({ config: looped(ECHO) });
    const session = await ask(server);
    for (const turn of [2, 3]) mkdirSync(path.join(logOf(server), `turn_${String(turn)}`));
    writeFileSync(fileOf(server, 3), 'This is no log.\n');
    await ask(server, session);
    const text = await (await follow(server, session)).text();
    expect(dataOf(sentIn(text))).toEqual([...logged(server, 1), ...logged(server, 4)]);
    expect(text).toContain(': turn 3 cannot be read\n\n');
    expect(text).not.toContain(server.cwd);
  });

  it('of a session without a log are none, and that is said', async () => {
    const server = await serveHere({ config: { ...looped(ECHO), ui: { logging_enabled: false } }, apiKey: 'k' });
    const response = await server.chat({}, { headers: { 'x-api-key': 'k' } });
    const session = response.headers.get('x-massgen-session') ?? '';
    expect(await (await server.get(`/v1/sessions/${session}/events`, { headers: { 'x-api-key': 'k' } })).text()).toBe(`: session ${session}\n\n: this session has no log\n\n`);
  });
});

describe('HEAD', () => {
  it('of a session’s events is answered at once, while the session lives', async () => {
    const server = await serveHere({ config: looped(MUTE) });
    server.chat().catch(() => undefined);
    let session = '';
    await until(async () => {
      const { data } = await bodyOf(await server.get('/v1/sessions'));
      session = (data as { id: string; status: string }[]).find(({ status }) => status === 'running')?.id ?? '';
      return session !== '';
    });
    const response = await server.get(`/v1/sessions/${session}/events`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
    expect((await server.get('/v1/sessions/nobody/events', { method: 'HEAD' })).status).toBe(404);
  });

  it('of a response’s events is answered at once, while it is made', async () => {
    const server = await serveHere({ config: looped(MUTE) });
    const { id } = (await bodyOf(await server.post('/v1/responses', { input: 'Hello!', background: true }))) as { id: string };
    const response = await fetch(`${server.url}/v1/responses/${id}?stream=true`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
  });

  it('says of every other route what GET says, without its body', async () => {
    const server = await serveHere({ config: looped(ECHO) });
    const session = await ask(server);
    const { id } = (await bodyOf(await server.post('/v1/responses', { input: 'Hello!' }))) as { id: string };
    const paths = ['/health', '/health/ready', '/metrics', '/openapi.json', '/docs', '/docs/start.js', '/docs/files/swagger-ui.css', '/redoc', '/v1/models', '/v1/models/massgen', '/v1/sessions', `/v1/sessions/${session}`, `/v1/sessions/${session}/events`, `/v1/responses/${id}`, `/v1/responses/${id}?stream=true`, `/v1/responses/${id}/input_items`];
    for (const at of [...paths, '/v1/models/nobody', '/v1/nothing', '/v1/chat/completions']) {
      const [head, got] = [await fetch(`${server.url}${at}`, { method: 'HEAD' }), await server.get(at)];
      expect([at, head.status, head.headers.get('content-type'), await head.text()]).toEqual([at, got.status, got.headers.get('content-type'), '']);
      expect((await got.text()).length).toBeGreaterThan(0);
      expect(got.status === 200).toBe(paths.includes(at));
    }
  });
});
