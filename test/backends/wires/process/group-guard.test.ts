import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { endGroup, startGroup } from '../../../../src/backends/wires/process/process-group.js';
import { gone } from '../../../support/gone.js';

const DEAF = 'for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) process.on(signal, () => {}); setInterval(() => {}, 1000);';

const PROGRAM = `
  import { startGroup } from ${JSON.stringify(path.resolve('src/backends/wires/process/process-group.ts'))};
  const child = startGroup(process.execPath, ['-e', ${JSON.stringify(`const { spawn } = require('node:child_process'); const other = spawn(process.execPath, ['-e', ${JSON.stringify(DEAF)}], { stdio: 'ignore' }); console.log(process.pid, other.pid); ${DEAF}`)}], { env: {} });
  child.stdout.pipe(process.stdout);
`;

/** Leaves its group with its parent's stdout in its hands, and tells its id. */
const RUNAWAY = `const { spawn } = require('node:child_process'); const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 300000)'], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }); console.log(other.pid); setInterval(() => {}, 1000);`;

const runaways: number[] = [];
afterEach(() => {
  for (const pid of runaways.splice(0)) process.kill(pid, 'SIGKILL');
});

const itOnPosix = process.platform === 'win32' ? it.skip : it;

describe('what a program of ours started', () => {
  itOnPosix.each(['SIGKILL', 'SIGTERM'] as const)('ends with massgen, when it is ended by %s and deaf to everything', async (signal) => {
    const massgen = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(massgen.stdout, 'data')) as [Buffer];
    const pids = line.toString().trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    massgen.kill(signal);
    for (const pid of pids) expect(await gone(pid)).toBe(true);
  });

  itOnPosix('is not waited for, where it has left the group and holds the output open', async () => {
    const child = startGroup(process.execPath, ['-e', RUNAWAY], { env: {} });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    runaways.push(Number(line.toString()));
    const closed = once(child, 'close');
    endGroup(child);
    expect(await closed).toEqual([null, 'SIGKILL']);
  });

  it('is not watched any more once it has been ended', async () => {
    const child = startGroup(process.execPath, ['-e', DEAF], { env: {} });
    endGroup(child);
    expect(await gone(child.pid!)).toBe(true);
  });
});
