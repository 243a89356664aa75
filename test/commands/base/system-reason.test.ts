import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { systemReason } from '../../../src/commands/base/system-reason.js';

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it worked'),
    (error: unknown) => error as Error,
  );

it('a failure of the system is told in its own words, without code, call and path', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'massgen-test-'));
  try {
    expect(systemReason(await failureOf(readFile(path.join(folder, "it's, gone"))))).toBe('no such file or directory');
    expect(systemReason(await failureOf(readFile(folder)))).toBe('illegal operation on a directory');
    expect(systemReason(await failureOf(writeFile('/dev/full', 'x')))).toBe('no space left on device');
    expect(systemReason(new Error('something else'))).toBe('something else');
  } finally {
    await rm(folder, { recursive: true });
  }
});
