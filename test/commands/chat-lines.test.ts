import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CHAT_FILES, sessionsOf, turnsOf } from '../support/chat.js';
import { cleanUp, massgen, parseLines, startMassgen } from '../support/massgen-process.js';

afterEach(cleanUp);

const files = { ...CHAT_FILES, 'fails.json': { agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ fault: 'rejected' }] } } } };
const chat = (text: string, ...args: readonly string[]) => massgen(['chat', '--config', 'counts.json', ...args], { files, stdin: { text } });

describe('massgen chat without a terminal', () => {
  it('asks each line, and writes the answers alone to stdout', async () => {
    const { code, stdout, stderr, cwd } = await chat('first\r\n\nsecond');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'answer to <first>\nanswer to <second>\n' });
    expect(stderr).not.toMatch(/\u001b|^> |ask anything|to go on/mu);
    expect(sessionsOf({ cwd })).toHaveLength(1);
    expect(turnsOf({ cwd }).map(({ history }) => history.length)).toEqual([0, 2]);
  });

  it('takes several lines between three quotes, commands, and a first question as an argument', async () => {
    const { stdout, stderr } = await chat('"""one\ntwo"""\n/status\n/nope\n/clear\nlast\n/quit\nnever\n', 'zero');
    expect(stdout).toBe('answer to <zero>\nanswer to <one\ntwo>\nanswer to <last>\n');
    expect(stderr).toContain('cost so far: $0.00 for 2 turns');
    expect(stderr).toContain('massgen: there is no command /nope');
  });

  it('says with its exit code whether all was answered', async () => {
    const { code, stderr } = await massgen(['chat', '--config', 'fails.json'], { files, stdin: { text: 'hi\n' } });
    expect(code).toBe(2);
    expect(stderr).toContain('massgen: ');
    expect((await massgen(['chat', '--config', 'nowhere.json'], { files, stdin: { text: 'hi\n' } })).code).toBe(1);
  });

  it('prints the events of all turns as JSON lines', async () => {
    const { stdout } = await chat('first\nsecond\n', '--display', 'json');
    const events = parseLines(stdout);
    expect(events.filter(({ type }) => type === 'run-end')).toHaveLength(2);
  });

  it('is stopped by a signal, while it works and while it waits', async () => {
    const [busy, idle] = [startMassgen(['chat', '--config', 'talk.json', 'hi'], { files, stdin: 'open' }), startMassgen(['chat', '--config', 'counts.json', 'hi'], { files, stdin: 'open' })];
    await Promise.all([busy.says('submits answer1.1'), idle.says('answer to <hi>')]);
    for (const { child } of [busy, idle]) child.kill('SIGTERM');
    expect(await busy.ended).toMatchObject({ code: 4, stdout: 'The first answer.\n' });
    expect(await idle.ended).toMatchObject({ code: 4 });
  });

  it('goes on with a session, and without a log just as well', async () => {
    const { cwd, stderr } = await massgen(['x'], { files, through: 'node=$1; massgen=$2; echo one | "$node" "$massgen" chat --config counts.json >out.txt && echo two | "$node" "$massgen" chat --continue >>out.txt' });
    expect(stderr).toContain('after 1 earlier turn');
    expect(readFileSync(path.join(cwd, 'out.txt'), 'utf8')).toBe('answer to <one>\nanswer to <two>\n');
    const unlogged = await massgen(['chat', '--config', 'unlogged.json'], { files: { ...files, 'unlogged.json': { ...files['counts.json'], ui: { logging_enabled: false } } }, stdin: { text: 'one\n/context\n/votes\ntwo\n' } });
    expect(unlogged.stdout).toBe('answer to <one>\nanswer to <two>\n');
    expect(unlogged.stderr).toMatch(/you: one\n {2}answer: answer to <one>\nmassgen: nothing is logged/u);
  });

  it('does not take the place of the help', async () => {
    expect((await massgen([], { files, stdin: { text: 'hi\n' } })).stdout).toContain('COMMANDS');
  });
});
