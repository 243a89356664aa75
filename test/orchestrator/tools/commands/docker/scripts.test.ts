import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endGroup, startGroup } from '../../../../../src/backends/wires/process/process-group.js';
import { END, RUN } from '../../../../../src/orchestrator/tools/commands/docker/scripts.js';
import { runToEnd, type CommandEnd } from '../../../../../src/orchestrator/tools/commands/run-to-end.js';
import { isAlive } from '../../../../support/gone.js';
import { until } from '../../../../support/until.js';

let root = '';

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'massgen-scripts-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const env = { PATH: process.env['PATH'] ?? '' };

/** As `docker exec` starts it: the leader of a session. */
function start(script: string, ...args: readonly string[]): Promise<CommandEnd> {
  const child = startGroup('/bin/sh', ['-c', script, 'sh', ...args], { cwd: root, env });
  return runToEnd(child, () => endGroup(child), { timeoutMs: 60_000 });
}

const idIn = (name: string): number => Number(existsSync(path.join(root, name)) ? readFileSync(path.join(root, name), 'utf8') : 0);

/** Sessions are read from /proc, as they are in a container. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the scripts that run in a container', () => {
  it('run a command, hand on its exit code and end what it leaves behind, other groups too', async () => {
    const end = await start(RUN, 'sleep 300 & echo $! > pid; echo out; echo err >&2; exit 7', path.join(root, 'note'));
    expect(end).toMatchObject({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    await until(() => !isAlive(idIn('pid')));
  });

  it('end a command from outside with all that it has started', async () => {
    const running = start(RUN, 'sh -c "sleep 300 & wait" & echo $! > pid; sleep 300', path.join(root, 'note'));
    await until(() => idIn('pid') > 0);
    await start(END, path.join(root, 'note'));
    expect((await running).code).not.toBe(0);
    await until(() => !isAlive(idIn('pid')));
  });

  it('do not begin a command that was ended before it began', async () => {
    await start(END, path.join(root, 'note'));
    expect((await start(RUN, 'touch begun', path.join(root, 'note'))).code).toBe(137);
    expect(existsSync(path.join(root, 'begun'))).toBe(false);
  });
});
