import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { delivers } from '../../../src/commands/base/read-input.js';
import { holdUp } from '../../support/hold-up.js';
import { cleanUp, temporaryFolder } from '../../support/massgen-process.js';

afterEach(cleanUp);

describe('a pipe beside a prompt', () => {
  it('delivers at once what came while the process was held up', async () => {
    const file = path.join(temporaryFolder(), 'spoken');
    const child = spawn('sh', ['-c', 'read -r line; echo context; : >"$0"; read -r line', file], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      const delivered = delivers(child.stdout);
      child.stdin.write('go\n');
      // Then it is in the pipe, and the time over.
      setImmediate(() => holdUp(file, 300));
      expect(await delivered).toBe(true);
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });

  it('is left alone when it stays silent', async () => {
    const child = spawn('sh', ['-c', 'read -r line'], { stdio: ['pipe', 'pipe', 'ignore'] });
    expect(await delivers(child.stdout)).toBe(false);
    child.stdin.end();
    await once(child, 'exit');
  });
});
