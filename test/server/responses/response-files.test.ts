import { readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createResponseFiles, overdue } from '../../../src/server/responses/response-files.js';
import type { ResponseRecord } from '../../../src/server/responses/response-record.js';
import { cleanUp, temporaryFolder } from '../../support/massgen-process.js';

afterEach(cleanUp);

describe('the files of responses', () => {
  const record = (index: number, more: object = {}): ResponseRecord => ({ version: 1, id: `resp_${String(index).padStart(48, '0')}`, created: 1, model: 'm', previous: null, background: false, store: true, echo: {}, customTools: [], input: [], said: [], ending: null, ...more });
  const LIMITS = { count: 3, bytes: 10_000, days: 30 };

  it('are so many at most for each owner; what was used longest ago goes first', async () => {
    const root = temporaryFolder();
    let clock = 1_800_000_000_000;
    const files = createResponseFiles(root, () => clock++, LIMITS);
    for (const index of [1, 2, 3]) await files.write('local', record(index));
    await files.write('key:ab', record(9));
    expect(await files.read('local', record(1).id)).toEqual(record(1));
    await files.write('local', record(4));
    const left = await Promise.all([1, 2, 3, 4].map(async (index) => (await files.read('local', record(index).id)) !== undefined));
    expect(left).toEqual([true, false, true, true]);
    expect(await files.read('key:ab', record(9).id)).toBeDefined();
    await files.write('local', record(5, { input: [{ role: 'user', content: 'x'.repeat(9700) }] }));
    expect(readdirSync(path.join(root, 'local'))).toEqual([`${record(5).id}.json`]);
  });

  it('are known again after a restart, by when they were used, and go when they are old', async () => {
    const root = temporaryFolder();
    const now = Date.now();
    const before = createResponseFiles(root, () => now, LIMITS);
    for (const index of [1, 2, 3]) {
      await before.write('local', record(index));
      const seconds = now / 1000 - (index === 2 ? 40 * 24 * 3600 : 100 - index);
      utimesSync(path.join(root, 'local', `${record(index).id}.json`), seconds, seconds);
    }
    const after = createResponseFiles(root, () => now, LIMITS);
    await after.write('local', record(4));
    expect(readdirSync(path.join(root, 'local')).sort()).toEqual([1, 3, 4].map((index) => `${record(index).id}.json`));
  });

  it('are overdue only beyond a limit', () => {
    const kept = new Map([['a', { bytes: 5, used: 10 }], ['b', { bytes: 5, used: 20 }]]);
    expect(overdue(kept, { count: 2, bytes: 10, days: 1 }, 20)).toEqual([]);
    expect(overdue(kept, { count: 1, bytes: 10, days: 1 }, 20)).toEqual(['a']);
    expect(overdue(kept, { count: 2, bytes: 9, days: 1 }, 20)).toEqual(['a']);
    expect(overdue(kept, { count: 2, bytes: 10, days: 1 }, 24 * 3600 * 1000 + 15)).toEqual(['a']);
  });
});
