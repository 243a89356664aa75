import { readdirSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp, loggedEvents, logTexts } from '../support/massgen-process.js';
import { AGREED, ECHO, looped } from '../support/scripts.js';
import { bodyOf, framesOf, joined, serveHere, stopServers, type TestServer } from '../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor } from '../support/vendor.js';
import { until } from '../support/until.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const bearer = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });
/** The status of a request under another name of this machine, which `fetch` does not let one say. */
const statusUnder = (host: string, url: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    httpGet(`${url}/v1/sessions`, { headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
const sessionOf = (response: Response): string => response.headers.get('x-massgen-session') ?? '';

describe('a session', () => {
  it('is listed with the key that made it, and with no other', async () => {
    const { chat, get } = await serveHere({ config: looped(ECHO), apiKey: ['a', 'b'] });
    const id = sessionOf(await chat({}, bearer('a')));
    expect(await bodyOf(await get('/v1/sessions', bearer('a')))).toMatchObject({ object: 'list', data: [{ id, model: 'massgen', status: 'completed', turn: 1 }] });
    expect(await bodyOf(await get('/v1/sessions', bearer('b')))).toEqual({ object: 'list', data: [] });
    expect((await get(`/v1/sessions/${id}`, bearer('a'))).status).toBe(200);
    for (const where of [`/v1/sessions/${id}`, `/v1/sessions/${id}/events`]) expect((await get(where, bearer('b'))).status).toBe(404);
    expect((await get(`/v1/sessions/${id}`, { ...bearer('b'), method: 'DELETE' })).status).toBe(404);
  });

  it('of a server without keys is shown to this machine, but not to what a proxy passes on', async () => {
    const { chat, get, url } = await serveHere({ config: looped(ECHO) });
    const id = sessionOf(await chat());
    expect((await get(`/v1/sessions/${id}`)).status).toBe(200);
    expect((await get(`/v1/sessions/${id}`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404);
    expect((await get('/v1/sessions', { headers: { forwarded: 'for=203.0.113.9' } })).status).toBe(404);
    expect(await statusUnder('evil.example', url)).toBe(404);
    expect(await statusUnder('localhost', url)).toBe(200);
  });

  it('shows its events: all of them when it has ended, and from any of them on', async () => {
    const { chat, get, cwd } = await serveHere({ config: looped(AGREED) });
    const id = sessionOf(await chat());
    const response = await get(`/v1/sessions/${id}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = framesOf(await response.text());
    expect(frames.map(({ data }) => data as unknown)).toEqual(loggedEvents(cwd));
    expect(frames.at(-1)).toMatchObject({ event: 'run-end', data: { status: 'completed' } });
    const rest = framesOf(await (await get(`/v1/sessions/${id}/events`, { headers: { 'last-event-id': '5' } })).text());
    expect(rest[0]!.data).toMatchObject({ seq: 6 });
  });

  it('shows its events while it runs', async () => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const vendor = await startVendor(async () => {
      await held;
      return { text: 'a b c d', pieces: 4, paceMs: 20 };
    });
    const { chat, get } = await serveHere({ config: aloneAt(vendor.url) });
    const asked = chat({ stream: true });
    await until(() => vendor.heard.length === 1);
    const { data } = await bodyOf(await get('/v1/sessions'));
    expect(data).toMatchObject([{ status: 'running' }]);
    const following = await get(`/v1/sessions/${data[0].id as string}/events`);
    free();
    const frames = framesOf(await following.text());
    expect(frames[0]).toMatchObject({ event: 'run-start' });
    expect(frames.at(-1)).toMatchObject({ event: 'run-end' });
    expect(joined(framesOf(await (await asked).text())).content).toBe('a b c d');
  });

  it('is cancelled by its owner', async () => {
    const vendor = await startVendor(() => ({ text: 'and then', hang: true }));
    const { chat, get, cwd } = await serveHere({ config: aloneAt(vendor.url) });
    const asked = chat();
    await until(() => vendor.heard.length === 1);
    const { data } = await bodyOf(await get('/v1/sessions'));
    expect(await bodyOf(await get(`/v1/sessions/${data[0].id as string}`, { method: 'DELETE' }))).toMatchObject({ id: data[0].id, cancelled: true });
    const response = await asked;
    expect([response.status, (await bodyOf(response)).error]).toEqual([499, expect.objectContaining({ code: 'run_cancelled', message: 'the session was cancelled (its owner cancelled it)' })]);
    await until(() => vendor.left.length === 1 && loggedEvents(cwd).at(-1)?.type === 'run-end');
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
    expect(await bodyOf(await get(`/v1/sessions/${data[0].id as string}`))).toMatchObject({ status: 'cancelled', ended: expect.any(Number) });
  });

  it('goes on as its next turn, with what was said before', async () => {
    const vendor = await startVendor((body) => ({ text: `I heard ${String(body.messages.length)} messages.` }));
    const { chat, cwd } = await serveHere({ config: aloneAt(vendor.url), apiKey: ['a', 'b'] });
    const session = sessionOf(await chat({ messages: [{ role: 'user', content: 'My name is Ann.' }] }, bearer('a')));
    const goOn = (key: string, id = session): Promise<Response> => chat({ messages: [{ role: 'user', content: 'Who am I?' }] }, { headers: { authorization: `Bearer ${key}`, 'x-massgen-session': id } });
    const second = await goOn('a');
    expect((await bodyOf(second)).massgen_metadata).toMatchObject({ session_id: session, final_answer_path: expect.stringMatching(/turn_2\/final$/) });
    expect(vendor.heard[1]!.messages.map(({ content }) => content)).toEqual(['My name is Ann.', 'I heard 1 messages.', 'Who am I?']);
    expect(readdirSync(path.join(cwd, '.massgen/massgen_logs'))).toHaveLength(1);
    for (const [key, id] of [['b', session], ['a', `${session.slice(0, -1)}x`], ['a', 'latest'], ['a', '../../etc']] as const) expect((await goOn(key, id)).status).toBe(404);
  });

  it('goes on with the results of calls, whose question is told once, and tells later turns what was called', async () => {
    const vendor = await startVendor((body) => (body.messages.at(-1)?.content === 'How is Lima?' ? { text: 'Let me see.', calls: [{ name: 'look', arguments: { at: 'Lima' } }] } : { text: 'Sunny.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url), apiKey: 'a' });
    const tools = [{ type: 'function', function: { name: 'look' } }];
    const question = { role: 'user', content: 'How is Lima?' };
    const first = await chat({ messages: [question], tools }, bearer('a'));
    const goOn = (messages: readonly object[]): Promise<Response> => chat({ messages, tools }, { headers: { authorization: 'Bearer a', 'x-massgen-session': sessionOf(first) } });
    const { message } = (await bodyOf(first)).choices[0];
    await goOn([{ role: 'user', content: 'Never mind.' }]);
    const contents = (place: number): readonly unknown[] => vendor.heard[place]!.messages.map(({ content }) => content);
    const called = 'Let me see.\n\n[This turn ended with calls of tools: look {"at":"Lima"}]';
    expect(contents(1)).toEqual(['How is Lima?', called, 'Never mind.']);
    await goOn([question]);
    await goOn([question, message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'sunny' }]);
    expect(contents(3)).toEqual(['How is Lima?', called, 'Never mind.', 'Sunny.', 'How is Lima?', 'Let me see.', 'sunny']);
    await goOn([{ role: 'user', content: 'Thanks.' }]);
    expect(contents(4)).toEqual(['How is Lima?', called, 'Never mind.', 'Sunny.', 'How is Lima?', 'Sunny.', 'Thanks.']);
  });

  it('has a directory of its own, whoever else is there', async () => {
    const { chat, cwd } = await serveHere({ config: looped(AGREED), concurrency: 8 });
    await Promise.all(Array.from({ length: 8 }, () => chat()));
    expect(logTexts(cwd)).toHaveLength(8);
  });
});

describe('the queue', () => {
  const holding = async (more: object = {}): Promise<{ readonly server: TestServer; readonly free: () => void; readonly heard: () => number }> => {
    const waiting: (() => void)[] = [];
    const vendor = await startVendor(async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { text: 'Done.' };
    });
    const server = await serveHere({ config: aloneAt(vendor.url), concurrency: 1, ...more });
    return { server, free: () => waiting.shift()?.(), heard: () => vendor.heard.length };
  };

  it('tells a waiting stream its position at once', async () => {
    const { server: { chat }, free, heard } = await holding();
    const first = chat();
    await until(() => heard() === 1);
    const second = await chat({ stream: true });
    const reader = second.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe(': waiting, position 1\n\n');
    free();
    expect((await first).status).toBe(200);
    await until(() => heard() === 2);
    free();
    let text = '';
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += new TextDecoder().decode(read.value);
    expect(joined(framesOf(text))).toMatchObject({ content: 'Done.', roles: ['assistant'], done: true });
  });

  it('refuses whoever finds it full, and sends away who waits too long', async () => {
    const { server: { chat, get }, free, heard } = await holding({ queueLimit: 1, queueTimeoutSeconds: 3 });
    const first = chat();
    await until(() => heard() === 1);
    const second = chat();
    await until(async () => (await bodyOf(await get('/health/ready'))).waiting === 1);
    const full = await chat({ stream: true });
    expect([full.status, full.headers.get('retry-after'), (await bodyOf(full)).error]).toEqual([429, '10', expect.objectContaining({ type: 'rate_limit_error', code: 'queue_full' })]);
    const late = await second;
    expect([late.status, late.headers.get('retry-after'), (await bodyOf(late)).error.code]).toEqual([503, '10', 'queue_timeout']);
    free();
    expect((await first).status).toBe(200);
  });

  it('costs nothing for a client that leaves it', async () => {
    const { server: { chat, get }, free, heard } = await holding();
    const first = chat();
    await until(() => heard() === 1);
    const leaving = new AbortController();
    const second = chat({ stream: true }, { signal: leaving.signal });
    await second;
    expect(await bodyOf(await get('/health/ready'))).toMatchObject({ running: 1, waiting: 1 });
    leaving.abort();
    await until(async () => (await bodyOf(await get('/health/ready'))).waiting === 0);
    free();
    await first;
    expect(heard()).toBe(1);
  });

  it('is of one port alone', async () => {
    const { server: { urls }, heard } = await holding({ completionPorts: [0, 0], completionConcurrency: 1 });
    expect(urls).toHaveLength(2);
    const ask = (url: string): Promise<Response> => fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] }) });
    for (const url of urls) ask(url).catch(() => undefined);
    await until(() => heard() === 2);
  });
});

describe('a client that leaves', () => {
  /** Some milliseconds where nothing else runs; the limit tells an abort from calls that are left to end by themselves, which these never do. */
  const AT_ONCE_MS = 5000;
  const phases = ['while agents answer', 'while it is presented'] as const;

  it.each(phases)('%s has its provider calls aborted at once, and its session logged as cancelled', async (phase) => {
    const vendor = await startVendor(phase === 'while agents answer' ? () => ({ text: '', hang: true }) : agreeing({ text: 'The answer is', hang: true }));
    const { chat, cwd } = await serveHere({ config: pairAt(vendor.url, { orchestrator: { final_answer_strategy: 'winner_present' } }) });
    const leaving = new AbortController();
    const response = await chat({ stream: true }, { signal: leaving.signal });
    const calls = phase === 'while agents answer' ? 2 : 1;
    let text = '';
    const reading = (async () => {
      for await (const bytes of response.body!) text += new TextDecoder().decode(bytes);
    })().catch(() => undefined);
    await until(() => vendor.heard.length === (calls === 2 ? 2 : 5) && (calls === 2 || text.includes('"content":"The answer is"')));
    const at = performance.now();
    leaving.abort();
    await Promise.all([until(() => vendor.left.length === calls), reading]);
    for (const left of vendor.left) expect(left - at).toBeLessThan(AT_ONCE_MS);
    await until(() => loggedEvents(cwd).at(-1)?.type === 'run-end');
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ status: 'cancelled' });
  });

  it('before it streams anything has them aborted too, JSON or not', async () => {
    const vendor = await startVendor(() => ({ text: '', hang: true }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    for (const [index, stream] of [true, false].entries()) {
      const leaving = new AbortController();
      const asked = chat({ stream }, { signal: leaving.signal }).catch(() => 'left');
      await until(() => vendor.heard.length === index + 1);
      const at = performance.now();
      leaving.abort();
      expect(await asked).toBe('left');
      await until(() => vendor.left.length === index + 1);
      expect(vendor.left.at(-1)! - at).toBeLessThan(AT_ONCE_MS);
    }
  });
});
