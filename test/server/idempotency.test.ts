import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { ECHO, looped } from '../support/scripts.js';
import { bodyOf, framesOf, joined, serveHere, stopServers } from '../support/server.js';
import { aloneAt, startVendor } from '../support/vendor.js';
import { until } from '../support/until.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

describe('an idempotency key', () => {
  const withKey = (key: string): RequestInit => ({ headers: { 'idempotency-key': key } });

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
