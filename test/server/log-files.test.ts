import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { toServeOptions } from '../../src/commands/base/serve-flags.js';
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

describe('a server with --log-files events', () => {
  it('logs the events and the answer of a session, and no more', async () => {
    const options = toServeOptions({ 'log-files': 'events', 'log-dir': logs }, undefined);
    const server = await serveHere({ config: looped(AGREED), ...options });
    expect((await server.chat()).status).toBe(200);
    expect(filesBelow(logs).map((name) => name.replace(/^.*turn_1\//u, ''))).toEqual(['events.jsonl', expect.stringMatching(/^final\/.*answer\.txt$/u)]);
  });
});
