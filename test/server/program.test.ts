import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import express from 'express';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type MassgenServer } from '../../src/index.js';
import { closeServers, serve } from '../support/backend-servers.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';
import { ECHO, looped } from '../support/scripts.js';

const servers: MassgenServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await closeServers();
  await cleanUp();
});

function made(more: object = {}): MassgenServer {
  const server = createServer({ config: looped(ECHO), port: 0, cwd: temporaryFolder(), home: temporaryFolder(), env: {}, ...more });
  servers.push(server);
  return server;
}

const ask = async (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] }) });

describe('a server of a program', () => {
  it('starts, answers behind its key, and stops', async () => {
    const server = made({ host: '127.0.0.1', apiKey: 'your-secret-key', cors: true, docs: true });
    expect([server.isRunning, server.url]).toEqual([false, undefined]);
    await server.start();
    const url = server.url!;
    expect([server.isRunning, server.urls]).toEqual([true, [url]]);
    expect((await ask(url)).status).toBe(401);
    expect((await ask(url, { authorization: 'Bearer your-secret-key' })).status).toBe(200);
    await expect(server.start()).rejects.toMatchObject({ code: 'usage-invalid' });
    await server.stop();
    expect(server.isRunning).toBe(false);
    await expect(ask(url)).rejects.toThrow('fetch failed');
    await server.start();
    expect((await ask(server.url!, { authorization: 'Bearer your-secret-key' })).status).toBe(200);
  });

  it('listens on this machine only, unless told otherwise', async () => {
    const server = made();
    await server.start();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('says what cannot work, and can be tried again', async () => {
    const server = made({ config: { agents: [] } });
    await expect(server.start()).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(server.start()).rejects.toMatchObject({ code: 'config-invalid' });
    await server.stop();
  });

  it('is a part of another Express app', async () => {
    const app = express();
    app.get('/', (_request, response) => void response.send('front'));
    app.use('/ai', await made().app());
    const url = await serve(app);
    expect(await (await fetch(url)).text()).toBe('front');
    expect(await (await ask(`${url}/ai`)).json()).toMatchObject({ choices: [{ message: { content: '<Hi>' } }] });
    expect((await fetch(`${url}/ai/health`)).status).toBe(200);
    expect((await fetch(`${url}/v1/models`)).status).toBe(404);
  });

  it.each([
    ['program.mjs', /^listening on http:\/\/127\.0\.0\.1:\d+\nmassgen, optimist, pessimist\nThe glass is half full\.\n$/],
    ['mounted.mjs', /^The front page\.\nYou said: Hello!\n$/],
  ])('is shown by an example that runs: %s', async (name, says) => {
    const file = fileURLToPath(new URL(`../../@examples/server/${name}`, import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: temporaryFolder(), env: { ...process.env, HOME: temporaryFolder() } });
    expect(stdout).toMatch(says);
  });
});
