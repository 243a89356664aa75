import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, parseLines, temporaryFolder, type Outcome, type Setting } from '../support/massgen-process.js';
import { AGREED, ECHO, REFUSED } from '../support/scripts.js';

afterAll(cleanUp);

/** A log root with a conversation that has one turn, and commands that use it from a working directory of their own. */
async function conversation(config: object = ECHO): Promise<{ readonly root: string; readonly run: (args: readonly string[], setting?: Setting) => Promise<Outcome>; readonly turns: () => readonly string[]; readonly name: () => string }> {
  const root = path.join(temporaryFolder(), 'logs');
  const run = (args: readonly string[], setting: Setting = {}): Promise<Outcome> => massgen(['run', '--log-dir', root, '--display', 'silent', ...args], setting);
  await run(['--config', 'team.json', 'one'], { files: { 'team.json': config } });
  const name = (): string => readdirSync(root)[0] ?? '';
  return { root, run, name, turns: () => readdirSync(path.join(root, name())) };
}

describe('massgen run goes on', () => {
  it.concurrent('with --continue, from anywhere, and says so', async () => {
    const { root, run, turns, name } = await conversation();
    expect(await run(['--continue', 'two'])).toMatchObject({ code: 0, stdout: '<two>\n', stderr: `massgen: continues ${name()} after 1 earlier turn\n` });
    expect(await massgen(['run', '--continue', '--display', 'silent', 'three'], { env: { MASSGEN_LOG_DIR: root } })).toMatchObject({ code: 0, stdout: '<three>\n' });
    expect(turns()).toEqual(['turn_1', 'turn_2', 'turn_3']);
  });

  it.concurrent('with --session-id, also in a pipe and in another form', async () => {
    const { run, root, name, turns } = await conversation();
    expect(await run(['--session-id', name().slice(-13)], { stdin: { text: 'two' } })).toMatchObject({ code: 0, stdout: '<two>\n' });
    expect(await massgen(['run', '--display', 'silent', '--session-id', path.join(root, name(), 'turn_1'), 'three'])).toMatchObject({ code: 0, stdout: '<three>\n' });
    expect(turns()).toHaveLength(3);
  });

  it.concurrent('with the team given, and tells it all that was said', async () => {
    const { run, root, name } = await conversation(AGREED);
    const { stdout } = await run(['--continue', '--config', 'other.json', 'two'], { files: { 'other.json': ECHO } });
    expect(stdout).toContain('two');
    const [, start] = parseLines(readFileSync(path.join(root, name(), 'turn_2/events.jsonl'), 'utf8'));
    expect(start).toMatchObject({ type: 'run-start', turn: 2, history: [{ role: 'user', text: 'one' }, { role: 'assistant', text: 'The agreed answer.' }] });
  });

  it.concurrent('after a turn that failed, and says what its agents are told', async () => {
    const { run } = await conversation(REFUSED);
    const { code, stderr } = await run(['--continue', '--config', 'echo.json', 'two'], { files: { 'echo.json': ECHO } });
    expect(code).toBe(0);
    expect(stderr).toMatch(/turn 1 failed without an answer \(no agent answered .*\); the agents are told so\n$/u);
  });

  it.concurrent('with --automation, naming its places on stderr only', async () => {
    const { run, root, name } = await conversation();
    const { stdout, stderr } = await run(['--automation', '--continue', 'two']);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['QUESTION: two', '[Coordination in progress - monitor status.json for real-time updates]']);
    expect(stderr.split('\n').slice(1)).toEqual([`LOG_DIR: ${path.join(root, name())}`, `STATUS: ${path.join(root, name(), 'turn_2/status.json')}`, '']);
  });

  it.concurrent('in many processes at once, each with a turn of its own', async () => {
    const { run, root, turns, name } = await conversation();
    const asked = Array.from({ length: 8 }, (_, index) => `q${String(index)}`);
    const outcomes = await Promise.all(asked.map((question) => run(['--continue', question])));
    expect(outcomes.map(({ code, stdout }) => [code, stdout])).toEqual(asked.map((question) => [0, `<${question}>\n`]));
    const starts = turns().map((turn) => parseLines(readFileSync(path.join(root, name(), turn, 'events.jsonl'), 'utf8')));
    expect(starts.map((events) => events[1]?.['turn']).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(starts.map((events) => events[1]?.['task']).sort()).toEqual(['one', ...asked]);
    for (const events of starts) expect(events.at(-1)?.type).toBe('run-end');
    const { stdout } = await massgen(['logs', 'show', '--log-dir', root, '--all', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ turn_count: 9 });
  });
});

describe('massgen run refuses', () => {
  it.concurrent('a session that is not there, with the nearest', async () => {
    const { run, name } = await conversation();
    expect(await run(['--session-id', `${name().slice(0, -1)}x`, 'two'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`did you mean ${name()}?`) });
  });

  it.concurrent('to continue nothing, and two wishes at once', async () => {
    const [nothing, both] = await Promise.all([massgen(['run', '--continue', 'q']), massgen(['run', '--continue', '--session-id', 'x', 'q'])]);
    expect(nothing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^massgen: there is no session to continue in .*; begin one by asking without --continue\n$/u) });
    expect(both).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('massgen run --list-sessions', () => {
  it.concurrent('is logs list', async () => {
    const { root, run, name } = await conversation();
    await run(['--continue', 'two']);
    const [list, json, empty] = await Promise.all([massgen(['--list-sessions', '--log-dir', root]), massgen(['run', '--list-sessions', '--json'], { env: { MASSGEN_LOG_DIR: root } }), massgen(['run', '--list-sessions'], { env: { MASSGEN_LOG_DIR: 'not-yet' } })]);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining(name().slice(-13)) });
    expect(JSON.parse(json.stdout)).toMatchObject({ log_root: root, sessions: [{ id: name(), question: 'two', turns: [{ turn: 1, question: 'one' }, { turn: 2, question: 'two' }] }] });
    expect(empty).toMatchObject({ code: 0, stdout: '' });
  });
});
