import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { handOver } from '../../src/compose/helper-files.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';

afterEach(cleanUp);

describe('the answer of an agent whose files cannot be copied', () => {
  const agent = { id: 'maker' };

  /** A file stands where the folder of results would be. */
  function blocked() {
    const directory = temporaryFolder();
    mkdirSync(path.join(directory, 'turn_1/final/maker/workspace'), { recursive: true });
    const results = path.join(directory, 'file');
    writeFileSync(results, '');
    return { agent, directory, results };
  }

  it('stays, and says so', async () => {
    const { text, failed } = await handOver({ text: 'See plan.md.' }, { ...blocked(), signal: new AbortController().signal });
    expect(text).toMatch(/^See plan\.md\.\n\[The files of maker could not be copied: E[A-Z]+: /u);
    expect(failed).toBeUndefined();
  });
});
