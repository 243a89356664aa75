import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, parseLines, startMassgen, type Outcome } from '../support/massgen-process.js';
import { teamOf } from '../orchestrator/session/read/sessions.js';

afterAll(cleanUp);

const SLOW = teamOf({ agent_a: [{ answer: 'A slow answer of many words, one after the other.', pace: 0.1 }, { vote: 'agent1' }], agent_b: [{ answer: 'B.', delay: 0.3 }, { vote: 'agent1', delay: 0.3 }] });

describe('watching', () => {
  it('follows a run of another process to its end', async () => {
    const run = startMassgen(['run', '--config', 'slow.json', 'Follow me'], { files: { 'slow.json': SLOW } });
    await run.says('writes its first answer');
    // It stands still until it is followed, however slowly the other processes begin.
    run.child.kill('SIGSTOP');
    const folder = path.join(run.cwd, '.massgen/massgen_logs');
    expect((await massgen(['logs', 'list', '--status', 'running', '--log-dir', folder])).stdout).toContain('Follow me');
    const following = [startMassgen(['logs', 'follow', '--log-dir', folder]), startMassgen(['logs', 'events', '-f', '--log-dir', folder])] as const;
    await Promise.all([following[0].says('writes its first answer'), following[1].says('"type":"run-start"')]);
    run.child.kill('SIGCONT');
    const [follower, events, live] = await Promise.all([following[0].ended, following[1].ended, run.ended]);
    expect(follower).toMatchObject({ code: 0, stdout: live.stdout });
    const shown = ({ stderr }: Outcome): readonly string[] => stderr.split('\n').filter((line) => line.startsWith('['));
    expect(shown(follower)).toEqual(shown(live));
    expect(parseLines(events.stdout).at(-1)?.type).toBe('run-end');
  });

  it('ends when the run is killed, and says so; the rest can still be read', async () => {
    const run = startMassgen(['run', '--config', 'slow.json', 'Kill me'], { files: { 'slow.json': SLOW } });
    await run.says('submits answer2.1');
    // It does not end before it is killed.
    run.child.kill('SIGSTOP');
    const folder = path.join(run.cwd, '.massgen/massgen_logs');
    const follower = startMassgen(['logs', 'follow', '--log-dir', folder]);
    await follower.says('submits answer2.1');
    run.child.kill('SIGKILL');
    await run.ended;
    expect(await follower.ended).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/massgen: the process that wrote this log is gone; the log has no end\n$/) });
    const shown = await massgen(['logs', 'show', '--log-dir', folder]);
    expect(shown.stdout).toMatch(/status {5}crashed after .*: the process ended without finishing its log/);
    expect(shown.stdout).toContain('submits answer2.1');
  });

  it('replays a run through the view of the live one, at its pace or faster', async () => {
    const live = await massgen(['run', '--config', 'slow.json', 'Again'], { files: { 'slow.json': SLOW } });
    const folder = path.join(live.cwd, '.massgen/massgen_logs');
    const [paced, quick] = [await massgen(['logs', 'replay', '--log-dir', folder]), await massgen(['logs', 'replay', '--speed', '0', '--log-dir', folder])];
    const shown = ({ stderr }: Outcome): readonly string[] => stderr.split('\n').filter((line) => line.startsWith('['));
    for (const replayed of [paced, quick]) {
      expect(replayed).toMatchObject({ code: 0, stdout: live.stdout });
      expect(shown(replayed)).toEqual(shown(live));
    }
    const { duration_seconds: seconds } = (JSON.parse((await massgen(['logs', 'summary', '--json', '--log-dir', folder])).stdout)) as { duration_seconds: number };
    expect(paced.seconds).toBeGreaterThan(seconds);
  });
});
