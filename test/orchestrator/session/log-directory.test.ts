import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimLogDirectory, directoryStamp } from '../../../src/orchestrator/session/log-directory.js';

const run = promisify(execFile);
let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'massgen-claims-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('a log directory', () => {
  it('is named for the local time, to the microsecond', () => {
    expect(directoryStamp(new Date(2026, 0, 2, 3, 4, 5), 67)).toBe('20260102_030405_000067');
  });

  it('is made with everything above it', () => {
    const directory = claimLogDirectory(path.join(root, 'deep', 'er'), () => new Date(2026, 0, 2, 3, 4, 5, 6), () => 0.5);
    expect(directory).toBe(path.join(root, 'deep', 'er', 'log_20260102_030405_006500'));
  });

  it.each(['/proc/nobody/logs', '/proc/self', '/dev/null/logs'])('is not waited for where none can be made: %s', (place) => {
    if (process.platform === 'linux') expect(() => claimLogDirectory(place, () => new Date(), Math.random)).toThrow(/ENOENT|ENOTDIR/u);
  });

  it('is nobody else’s, though two hundred are claimed at once by several processes in one millisecond', async () => {
    const script = fileURLToPath(new URL('../../support/claim-directories.ts', import.meta.url));
    const claims = await Promise.all([1, 2].map(() => run(process.execPath, ['--import', 'tsx', script, root, '100'], { timeout: 8000 })));
    const names = claims.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(new Set(names).size).toBe(200);
    expect(readdirSync(root)).toHaveLength(200);
  });
});
