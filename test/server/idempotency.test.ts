import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers, serve } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { messageBody } from '../support/messages.js';
import { ended, errorOf, respond, textOf } from '../support/responses.js';
import { ECHO, looped } from '../support/scripts.js';
import { bodyOf, framesOf, joined, serveHere, stopServers } from '../support/server.js';
import { aloneAt, startVendor } from '../support/vendor.js';
import { until } from '../support/until.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const withKey = (key: string, more: object = {}): RequestInit => ({ headers: { 'idempotency-key': key, ...more } });
const isReplayed = ({ headers }: Response): boolean => headers.get('idempotency-replayed') === 'true';

const frame = (delta: object, finish: string | null = null): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** A provider that fails its first caller in this way, and gives all others an answer. */
async function failingOnce(fail: (response: ServerResponse) => void): Promise<string> {
  let asked = 0;
  const origin = await serve((request, response) => {
    request.resume();
    asked += 1;
    if (asked === 1) fail(response);
    else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${frame({ content: 'Whole.' })}${frame({}, 'stop')}data: [DONE]\n\n`);
  });
  return `${origin}/v1`;
}

describe('an idempotency key', () => {
  it('gives a repeated request the first reply', async () => {
    const vendor = await startVendor((_body, place) => ({ text: `Answer ${String(place)}.` }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const first = await (await chat({}, withKey('k'))).text();
    const again = await chat({}, withKey('k'));
    expect([await again.text(), again.headers.get('idempotency-replayed')]).toEqual([first, 'true']);
    expect(await (await chat({}, withKey('other'))).text()).toContain('Answer 1.');
    expect(vendor.heard).toHaveLength(2);
  });

  it('lets a twin join a request that runs, streams included', async () => {
    const vendor = await startVendor(() => ({ text: 'one two three four', pieces: 6, paceMs: 40 }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const first = chat({ stream: true }, withKey('k'));
    await until(() => vendor.heard.length === 1);
    const twin = chat({ stream: true }, withKey('k'));
    const [one, other] = await Promise.all([first, twin].map(async (response) => (await response).text()));
    expect(joined(framesOf(one!)).content).toBe('one two three four');
    expect(other).toBe(one);
    expect(vendor.heard).toHaveLength(1);
  });

  it('is a conflict with another body, and each caller has its own', async () => {
    const { chat } = await serveHere({ config: looped(ECHO), apiKey: ['a', 'b'] });
    const send = (key: string, content: string): Promise<Response> => chat({ messages: [{ role: 'user', content }] }, { headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'k' } });
    await send('a', 'first');
    const conflict = await send('a', 'second');
    expect([conflict.status, (await bodyOf(conflict)).error.code]).toEqual([409, 'idempotency_conflict']);
    expect((await bodyOf(await send('b', 'second'))).choices[0].message.content).toBe('<second>');
  });

  it('is not shared by strangers where no keys are asked for', async () => {
    const { chat } = await serveHere({ config: looped(ECHO) });
    const send = (key: string, content: string): Promise<Response> => chat({ messages: [{ role: 'user', content }] }, { headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'k', 'x-forwarded-for': '203.0.113.7' } });
    await send('a', 'first');
    expect((await bodyOf(await send('b', 'second'))).choices[0].message.content).toBe('<second>');
    expect((await send('a', 'second')).status).toBe(409);
  });

  it('keeps no failure', async () => {
    const vendor = await startVendor((_body, place) => (place === 0 ? { text: '', finish: 'content_filter' } : { text: 'Fine.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    expect((await chat({}, withKey('k'))).status).toBe(502);
    expect((await chat({}, withKey('k'))).status).toBe(200);
  });

  it.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hello!' }] }],
    ['/v1/completions', { prompt: 'Hello!' }],
    ['/v1/responses', { input: 'Hello!' }],
    ['/v1/messages', messageBody()],
  ])('keeps no stream that broke off, at %s, but the next one', async (path, body) => {
    let breakOff: () => void = () => undefined;
    const url = await failingOnce((response) => {
      breakOff = () => void response.destroy();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frame({ content: 'Half' }));
    });
    const { post } = await serveHere({ config: aloneAt(url) });
    const send = async (): Promise<readonly [boolean, string]> => {
      const response = await post(path, { ...body, model: 'solo', stream: true }, withKey('k'));
      let text = '';
      for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
        text += bytes;
        if (text.includes('Half')) breakOff();
      }
      return [isReplayed(response), text];
    };
    expect(await send()).toEqual([false, expect.stringContaining('broke off')]);
    const [isOld, whole] = await send();
    expect([isOld, whole]).toEqual([false, expect.stringContaining('Whole.')]);
    expect(await send()).toEqual([true, whole]);
  });

  it('keeps no stream that waited for its turn in vain', async () => {
    let free: () => void = () => undefined;
    const pause = new Promise<void>((resolve) => (free = resolve));
    const vendor = await startVendor((_body, place) => (place === 0 ? { text: 'a b', pieces: 2, pause } : { text: 'Fine.' }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url), concurrency: 1, queueTimeoutSeconds: 0.05 });
    const running = chat();
    await until(() => vendor.heard.length === 1);
    const inVain = await (await chat({ stream: true }, withKey('k'))).text();
    expect(inVain).toMatch(/^: waiting, position 1\n[^]*"code":"queue_timeout"/u);
    free();
    await (await running).text();
    const again = await chat({ stream: true }, withKey('k'));
    expect([isReplayed(again), joined(framesOf(await again.text())).content]).toEqual([false, 'Fine.']);
  });

  it('keeps no stream whose session was cancelled', async () => {
    const vendor = await startVendor((_body, place) => (place === 0 ? { text: 'Begun', hang: true } : { text: 'Fine.' }));
    const { chat, get } = await serveHere({ config: aloneAt(vendor.url) });
    const cancelled = await chat({ stream: true }, withKey('k'));
    await get(`/v1/sessions/${cancelled.headers.get('x-massgen-session') ?? ''}`, { method: 'DELETE' });
    expect(await cancelled.text()).toContain('"code":"run_cancelled"');
    const again = await chat({ stream: true }, withKey('k'));
    expect([isReplayed(again), joined(framesOf(await again.text())).content]).toEqual([false, 'Fine.']);
  });

  it('keeps no response in the background that failed, once it has', async () => {
    const url = await failingOnce((response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
    });
    const server = await serveHere({ config: aloneAt(url) });
    const send = async (): Promise<string> => (await respond(server, { input: 'Hello!', background: true }, withKey('k'))).id;
    const failed = await send();
    expect(await ended(server, failed)).toMatchObject({ id: failed, status: 'failed' });
    const second = await send();
    expect(second).not.toBe(failed);
    expect(textOf(await ended(server, second))).toBe('Whole.');
    expect(await send()).toBe(second);
  });

  it('is a conflict with the same body at another route or in another session', async () => {
    const { post, chat } = await serveHere({ config: looped(ECHO) });
    const kept = await (await post('/v1/chat/completions', messageBody(), withKey('k'))).text();
    const message = await post('/v1/messages', messageBody(), withKey('k'));
    expect([message.status, await bodyOf(message)]).toEqual([409, expect.objectContaining({ type: 'error', error: expect.objectContaining({ type: 'conflict_error', message: expect.stringContaining('another request') }) })]);
    expect(await (await post('/v1/chat/completions', messageBody(), withKey('k'))).text()).toBe(kept);
    const sessions = await Promise.all([chat(), chat()].map(async (response) => (await response).headers.get('x-massgen-session') ?? ''));
    const next = (session: string | undefined): Promise<Response> => chat({}, withKey('turn', { 'x-massgen-session': session ?? '' }));
    const first = await next(sessions[0]);
    expect([first.status, (await next(sessions[1])).status, (await next(undefined)).status]).toEqual([200, 409, 409]);
    expect(await (await next(sessions[0])).text()).toBe(await first.text());
  });

  it('has 255 characters at most, and all of them count', async () => {
    const { chat, post } = await serveHere({ config: looped(ECHO) });
    const long = 'x'.repeat(254);
    expect((await Promise.all(['a', 'b'].map((last) => chat({}, withKey(`${long}${last}`))))).map((response) => [response.status, isReplayed(response)])).toEqual([[200, false], [200, false]]);
    const message = 'the Idempotency-Key has 256 characters; it may have 255';
    expect(await errorOf(await chat({}, withKey(`${long}ab`)))).toEqual([400, { message, type: 'invalid_request_error', param: null, code: 'invalid_request' }]);
    expect(await errorOf(await post('/v1/messages', messageBody(), withKey(`${long}ab`)))).toEqual([400, { message, type: 'invalid_request_error' }]);
    for (const background of [false, true]) expect((await post('/v1/responses', { input: 'x', background }, withKey(`${long}ab`))).status).toBe(400);
  });

  it('goes on for the twin when the first client leaves', async () => {
    let goOn: () => void = () => undefined;
    const pause = new Promise<void>((resolve) => (goOn = resolve));
    const vendor = await startVendor(() => ({ text: 'one two three', pieces: 3, paceMs: 20, pause }));
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    const leaving = new AbortController();
    const first = chat({ stream: true }, { ...withKey('k'), signal: leaving.signal }).then((response) => response.text()).catch(() => 'left');
    await until(() => vendor.heard.length === 1);
    const twin = chat({ stream: true }, withKey('k'));
    await until(() => vendor.open() === 1);
    const response = await twin;
    leaving.abort();
    expect(await first).toBe('left');
    goOn();
    expect(joined(framesOf(await response.text())).content).toBe('one two three');
  });
});
