import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { bodyOf, serveHere, stopServers } from '../support/server.js';
import { aloneAt, startVendor } from '../support/vendor.js';
import { until } from '../support/until.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

describe('a session', () => {
  it('with two turns at once is cancelled whole, and neither is forgotten when the server stops', async () => {
    const vendor = await startVendor((body) => (JSON.stringify(body.messages.at(-1)).includes('wait') ? { text: 'and then', hang: true } : { text: 'Hello.' }));
    const { chat, get, server, cwd } = await serveHere({ config: aloneAt(vendor.url) });
    const id = (await chat()).headers.get('x-massgen-session') ?? '';
    const next = (content: string): Promise<Response> => chat({ messages: [{ role: 'user', content }] }, { headers: { 'x-massgen-session': id } });
    const waiting = next('wait');
    await until(() => vendor.heard.length === 2);
    expect((await next('go on')).status).toBe(200);
    expect(await bodyOf(await get(`/v1/sessions/${id}`, { method: 'DELETE' }))).toMatchObject({ id, cancelled: true });
    expect((await waiting).status).toBe(499);
    const another = next('wait');
    await until(() => vendor.heard.length === 4);
    expect((await next('go on')).status).toBe(200);
    await server.stop({ drainTimeoutMs: 0 });
    expect((await another).status).toBe(503);
    const [session = ''] = readdirSync(path.join(cwd, '.massgen/massgen_logs'));
    expect(readFileSync(path.join(cwd, '.massgen/massgen_logs', session, 'turn_4/events.jsonl'), 'utf8')).toMatch(/"type":"run-end".*"cancelled"|"cancelled".*"type":"run-end"/);
  });
});
