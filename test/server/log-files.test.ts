import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { toServeOptions } from '../../src/commands/base/serve-flags.js';
import { rebuildSession } from '../../src/orchestrator/session/rebuild.js';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';
import { says, soloAt, startProvider } from '../support/provider.js';
import { AGREED, looped } from '../support/scripts.js';
import { bodyOf, serveHere, stopServers } from '../support/server.js';
import { filesBelow } from '../support/session-run.js';

const logs = mkdtempSync(path.join(tmpdir(), 'massgen-served-'));

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
  rmSync(logs, { recursive: true, force: true });
});

const inTurn = (): readonly string[] => filesBelow(logs).map((name) => name.replace(/^.*turn_1\//u, ''));

describe('a server that is told nothing of its log', () => {
  it('logs the events and the answer of a session, and massgen logs rebuild makes the rest', async () => {
    const server = await serveHere({ config: looped(AGREED), logDirectory: logs });
    expect((await server.chat()).status).toBe(200);
    expect(inTurn()).toEqual(['events.jsonl', expect.stringMatching(/^final\/.*answer\.txt$/u)]);
    await stopServers();
    const [session = ''] = readdirSync(logs);
    await rebuildSession(path.join(logs, session));
    expect(inTurn()).toEqual(expect.arrayContaining(['coordination_table.txt', 'events.jsonl', 'massgen.log', 'status.json']));
  });

  it('logs all files with --log-files all', async () => {
    const server = await serveHere({ config: looped(AGREED), ...toServeOptions({ 'log-files': 'all', 'log-dir': logs }, undefined) });
    expect((await server.chat()).status).toBe(200);
    expect(inTurn()).toEqual(expect.arrayContaining(['coordination_table.txt', 'events.jsonl', 'massgen.log', 'status.json']));
  });
});

describe('a server with --log-files events', () => {
  it('logs the events and the answer of a session, and no more', async () => {
    const options = toServeOptions({ 'log-files': 'events', 'log-dir': logs }, undefined);
    const server = await serveHere({ config: looped(AGREED), ...options });
    expect((await server.chat()).status).toBe(200);
    expect(inTurn()).toEqual(['events.jsonl', expect.stringMatching(/^final\/.*answer\.txt$/u)]);
  });
});

describe('a session that cannot be logged', () => {
  it('is answered, and whoever runs the server is told', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const server = await serveHere({ config: looped(AGREED), logDirectory: file });
    const response = await server.chat();
    expect(response.status).toBe(200);
    expect(server.reports).toEqual([expect.stringMatching(`session ${String(response.headers.get('x-massgen-session'))}: this run is not logged: .*ENOTDIR`)]);
  });

  it('to its end is told of, too', async () => {
    const provider = await startProvider((request, response, place) => {
      // Where the answer is to be a folder stands a file.
      const [session = ''] = readdirSync(logs);
      writeFileSync(path.join(logs, session, 'turn_1/final'), '');
      says('Fine.')(request, response, place);
    });
    const server = await serveHere({ config: soloAt(provider.url) as never, env: { STAND_IN_KEY: 'k' }, logDirectory: logs });
    const response = await server.chat();
    expect((await bodyOf(response)).choices[0].message.content).toBe('Fine.');
    expect(server.reports).toEqual([expect.stringContaining(`session ${String(response.headers.get('x-massgen-session'))}: some files of the log are missing`)]);
  });
});
