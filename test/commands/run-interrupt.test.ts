import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, loggedEvents, massgen, startMassgen } from '../support/massgen-process.js';
import { AGREED, ECHO, MUTE, STUCK } from '../support/scripts.js';

afterAll(cleanUp);

const FILES = { 'stuck.json': STUCK, 'mute.json': MUTE, 'echo.json': ECHO };
const run = (config: string, ...args: readonly string[]): readonly string[] => ['run', '--config', `${config}.json`, ...args, 'hi'];

describe('massgen run', () => {
  it.concurrent.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s stops the agents, shows the best answer so far and completes the log', async (signal) => {
    const { child, says, ended } = startMassgen(run('stuck'), { files: FILES });
    await says('submits answer1.1');
    child.kill(signal);
    const { code, stdout, stderr, cwd } = await ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: 'The first answer.\n' });
    expect(stderr).toContain(`massgen: stopping on ${signal}; once more to leave at once\n`);
    expect(stderr.endsWith('massgen: interrupted; this is the best answer so far\n')).toBe(true);
    const events = loggedEvents(cwd);
    expect(events.find(({ type }) => type === 'cancel-request')).toMatchObject({ by: signal });
    expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
  });

  it.concurrent('has no answer to show when interrupted before there is one', async () => {
    const { child, says, ended } = startMassgen(run('mute'), { files: FILES });
    await says('[solo] answers');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('massgen: interrupted before any agent had answered\n') });
  });

  it.concurrent('keeps the answer in the output file too', async () => {
    const { child, says, ended } = startMassgen(run('stuck', '--output-file', 'answer.md'), { files: FILES });
    await says('submits answer1.1');
    child.kill('SIGINT');
    const { code, cwd } = await ended;
    expect({ code, file: readFileSync(path.join(cwd, 'answer.md'), 'utf8') }).toEqual({ code: 4, file: 'The first answer.\n' });
  });

  it.concurrent('leaves at once on the second signal', async () => {
    // Stopped in between, so that both signals wait for it.
    const { child, says, ended } = startMassgen(run('stuck'), { files: FILES });
    await says('submits answer1.1');
    child.kill('SIGSTOP');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    expect(await ended).toMatchObject({ code: 4, stdout: '' });
  });

  it.concurrent('leaves at once when interrupted before the run began', async () => {
    const { child, says, ended } = startMassgen(['run', '--config', 'echo.json'], { files: FILES, stdin: 'open' });
    await says('reading standard input');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 4, stdout: '' });
  });

  it.concurrent('ends at its time limit: with exit code 3 without an answer, with 0 and the best one otherwise', async () => {
    const [without, withOne] = await Promise.all([massgen(run('mute', '--timeout', '3'), { files: FILES }), massgen(run('stuck', '--timeout', '3'), { files: FILES })]);
    expect(without).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/\nmassgen: no agent answered within .*; raise the time limit with --timeout\n$/) });
    expect(withOne).toMatchObject({ code: 0, stdout: 'The first answer.\n', stderr: expect.stringContaining('the time limit was reached') });
    for (const { seconds } of [without, withOne]) expect(seconds).toBeLessThan(25);
  });

  it.concurrent('ends at its budget with the best answer so far', async () => {
    const { code, stdout, stderr } = await massgen(run('agreed', '--max-tokens-total', '3000'), { files: { 'agreed.json': AGREED } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'The agreed answer.\n' });
    expect(stderr).toContain('the budget was reached');
  });
});
