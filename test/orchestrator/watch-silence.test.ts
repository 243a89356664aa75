import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { watchSilence } from '../../src/orchestrator/watch-silence.js';
import { holdUp } from '../support/hold-up.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';

afterEach(cleanUp);

describe('a watch over silence', () => {
  it('hears what came while the process was held up before it gives up', async () => {
    const file = path.join(temporaryFolder(), 'spoken');
    const child = spawn('sh', ['-c', 'echo ready; read -r line; echo spoken; : >"$0"; read -r line', file], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      await once(child.stdout, 'data');
      const heard: string[] = [];
      const over = new Promise<void>((resolve) => {
        child.stdout.on('data', () => {
          heard.push('spoken');
          watch.hear();
        });
        const watch = watchSilence(50, () => {
          heard.push('silent');
          watch.end();
          resolve();
        });
      });
      child.stdin.write('go\n');
      // Then the answer is in the pipe, and the time over.
      setImmediate(() => holdUp(file, 60));
      await over;
      expect(heard).toEqual(['spoken', 'silent']);
    } finally {
      child.stdin.end();
      await once(child, 'close');
    }
  });

  it('gives up where nothing comes, and not after its end', async () => {
    await new Promise<void>((resolve) => void watchSilence(10, resolve));
    let gaveUp = false;
    const watch = watchSilence(10, () => (gaveUp = true));
    watch.end();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(gaveUp).toBe(false);
  });
});
