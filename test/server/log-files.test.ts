import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { toServeOptions } from '../../src/commands/base/serve-flags.js';
import { rebuildSession } from '../../src/orchestrator/session/rebuild.js';
import { cleanUp } from '../support/massgen-process.js';
import { AGREED, looped } from '../support/scripts.js';
import { serveHere, stopServers } from '../support/server.js';
import { filesBelow } from '../support/session-run.js';

const logs = mkdtempSync(path.join(tmpdir(), 'massgen-served-'));

afterEach(async () => {
  await stopServers();
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
