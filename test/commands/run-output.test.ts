import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, loggedEvents, massgen, parseLines, type Outcome, type Setting } from '../support/massgen-process.js';
import { AGREED, ECHO, REFUSED, saying } from '../support/scripts.js';

afterAll(cleanUp);

const FILES = { 'agreed.json': AGREED, 'echo.json': ECHO, 'refused.json': REFUSED };

const ask = (config: string, args: readonly string[] = [], setting: Setting = {}): Promise<Outcome> =>
  massgen(['run', '--config', `${config}.json`, ...args, 'hi'], { ...setting, files: { ...FILES, ...setting.files } });

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

describe('massgen run shows', () => {
  it.concurrent('progress on stderr and the answer alone on stdout', async () => {
    const { code, stdout, stderr, cwd } = await ask('agreed');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'The agreed answer.\n' });
    const lines = stderr.replace(/\d+\.\d s/, 'N s').replace(/log_\d{8}_\d{6}_\d{6}/, 'log_STAMP').split('\n');
    expect(lines.filter((line) => !line.includes('reads the answers') && !line.startsWith('[two]'))).toEqual([
      '[massgen] 2 agents: one (scripted scripted), two (scripted scripted)',
      '[one] writes its first answer',
      '[one] | The agreed answer.',
      '[one] submits answer1.1',
      '[one] votes for one (answer1.1): the better answer',
      '[massgen] winner: one (answer1.1); one 2 votes, unanimous',
      '[massgen] final answer: the winning answer as it stands',
      expect.stringMatching(/^\[massgen\] completed in N s; \d+ tokens, \$0\.0000$/),
      'log: .massgen/massgen_logs/log_STAMP',
      '',
    ]);
    expect(readFileSync(path.join(cwd, lines.at(-2)?.replace('log: ', '').replace('log_STAMP', /log_\d+_\d+_\d+/.exec(stderr)?.[0] ?? '') ?? '', 'turn_1/final/one/answer.txt'), 'utf8')).toBe('The agreed answer.');
  });

  it.concurrent('the events as JSON lines, and nothing else on stdout', async () => {
    const { code, stdout, stderr, cwd } = await ask('agreed', ['--display', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = parseLines(stdout);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events[0]?.type).toBe('run-start');
    expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
    expect(loggedEvents(cwd)).toEqual(events);
  });

  it.concurrent('why it failed, as JSON too, with exit code 2', async () => {
    const [plain, json, silent] = await Promise.all([ask('refused'), ask('refused', ['--display', 'json']), ask('refused', ['--display', 'silent'])]);
    const why = 'massgen: no agent answered (one: scripted fault: the key was refused; two: scripted fault: the key was refused)\n';
    expect(plain).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/\[massgen\] failed in .*; 2 of 2 agents failed\n/) });
    expect(plain.stderr.endsWith(why)).toBe(true);
    expect(json).toMatchObject({ code: 2, stderr: why });
    expect(parseLines(json.stdout).at(-1)).toMatchObject({ type: 'run-end', status: 'failed', error: { code: 'agents-failed' } });
    expect(silent).toMatchObject({ code: 2, stdout: '', stderr: why });
  });

  it.concurrent('nothing but the answer with --display silent, or where the configuration says so', async () => {
    const quiet = { 'echo.json': { ...ECHO, ui: { display_type: 'silent' } } };
    const [flag, config, variable, loud] = await Promise.all([ask('echo', ['--display', 'silent']), ask('echo', [], { files: quiet }), ask('echo', [], { env: { MASSGEN_DISPLAY: 'silent' } }), ask('echo', ['--display', 'plain'], { files: quiet })]);
    for (const outcome of [flag, config, variable]) expect(outcome).toMatchObject({ code: 0, stdout: '<hi>\n', stderr: '' });
    expect(loud.stderr).toContain('[solo] | <hi>');
  });

  it.concurrent('no colours without a terminal, some when forced, none with NO_COLOR', async () => {
    const [plain, forced, refused] = await Promise.all([ask('agreed'), ask('agreed', [], { env: { FORCE_COLOR: '1' } }), ask('agreed', [], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })]);
    expect(plain.stderr).not.toMatch(CONTROLS);
    expect(forced.stderr).toContain('\u001b[');
    expect(forced.stdout).toBe('The agreed answer.\n');
    expect(refused.stderr).not.toMatch(CONTROLS);
  });

  it.concurrent('no terminal escapes of a model, whole or cut into pieces', async () => {
    const text = ['\u001b]0;owned\u0007', '\u001b[2J\u001b[1;1H', '\u001b]52;c;aGk=\u001b\\', '\u009b31m', '\u001b ]0;split\u0007', '\r', '\u202e', 'plain text'].join('word ');
    const [plain, json] = await Promise.all([ask('evil', [], { files: { 'evil.json': saying(text) } }), ask('evil', ['--display', 'json'], { files: { 'evil.json': saying(text) } })]);
    expect(plain.stderr).toContain('plain text');
    expect(plain.stderr).not.toMatch(CONTROLS);
    expect(plain.stdout).toBe(`${text}\n`);
    expect(json.stdout).not.toMatch(CONTROLS);
    expect(parseLines(json.stdout).find(({ type }) => type === 'answer-final')?.['text']).toBe(text);
  });
});

describe('massgen run writes the answer', () => {
  it.concurrent('to a file too, also over an older one', async () => {
    const { code, stdout, cwd } = await ask('echo', ['--output-file', 'answer.md'], { files: { 'answer.md': 'an older and much longer answer' } });
    expect({ code, stdout, file: readFileSync(path.join(cwd, 'answer.md'), 'utf8') }).toEqual({ code: 0, stdout: '<hi>\n', file: '<hi>\n' });
  });

  it.concurrent('to no file when there is none', async () => {
    const { code, cwd } = await ask('refused', ['--output-file', 'answer.md']);
    expect(code).toBe(2);
    expect(existsSync(path.join(cwd, 'answer.md'))).toBe(false);
  });

  it.concurrent('to stdout also when the file cannot take it, and says where it is kept', async () => {
    const { code, stdout, stderr } = await ask('echo', ['--output-file', '/dev/full']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '<hi>\n' });
    expect(stderr).toMatch(/\nmassgen: cannot write the answer to \/dev\/full: no space left on device; the answer is kept in \.massgen\/massgen_logs\/log_\w+\/turn_1\/final\n$/);
  });

  it.concurrent.each<[name: string, args: readonly string[], through: string, says: string]>([
    ['the output file', ['--output-file', 'answer.md'], 'ulimit -f 0; "$@"', 'cannot write the answer to answer.md: file too large'],
    ['stdout', [], 'ulimit -f 0; "$@" > /dev/full', 'cannot write to standard output: no space left on device'],
  ])('nowhere when neither %s nor the log can take it, and claims no place', async (_name, args, through, says) => {
    const { code, stderr, cwd } = await ask('echo', args, { through });
    expect(code).toBe(2);
    expect(stderr.endsWith(`\nmassgen: ${says}\n`)).toBe(true);
    expect(existsSync(path.join(cwd, 'answer.md'))).toBe(false);
  });

  it.concurrent('to the log when stdout cannot take it', async () => {
    for (const args of [[], ['--display', 'json']]) {
      const { code, stderr, cwd } = await ask('echo', args, { through: '"$@" > /dev/full' });
      expect(code).toBe(2);
      expect(stderr).toMatch(/massgen: cannot write to standard output: no space left on device; the answer is kept in /);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(loggedEvents(cwd).at(-1)?.type).toBe('run-end');
    }
  });
});

describe('massgen run is quiet about', () => {
  const code = '{ "$@"; echo "code $?" >&2; }';

  it.concurrent.each<[name: string, through: string]>([
    ['a reader of the answer that has left', `${code} | true`],
    ['a closed stdout', `${code} >&-`],
    ['a closed stdin', `${code} <&-`],
  ])('%s', async (_name, through) => {
    const { stderr } = await ask('echo', ['--display', 'silent'], { through });
    expect(stderr).toBe('code 0\n');
  });

  it.concurrent('a reader of events that has left, whose run it stops', async () => {
    const { stderr, cwd } = await ask('slow', ['--display', 'json'], { files: { 'slow.json': { agent: { id: 'solo', backend: { type: 'scripted', script: [{ text: 'word '.repeat(400), pace: 0.05 }] } } } }, through: `${code} | head -1 >/dev/null` });
    expect(stderr).toBe('code 4\n');
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
  });

  it.concurrent('a reader of a plan that has left', async () => {
    const agents = Array.from({ length: 5 }, (_unused, index) => ({ id: `agent_${String(index)}`, backend: { type: 'scripted', script: [{ text: 'x' }] } }));
    const { stderr } = await ask('many', ['--dry-run'], { files: { 'many.json': { agents } }, through: `${code} | true` });
    expect(stderr).toBe('code 0\n');
  });

  it.concurrent.each<[name: string, through: string]>([
    ['a reader of progress that has left', '"$@" 2>&1 >answer | true; cat answer'],
    ['a closed stderr', '"$@" 2>&-'],
    ['a full stderr', '"$@" 2>/dev/full'],
  ])('%s, and answers', async (_name, through) => {
    expect(await ask('echo', [], { through })).toMatchObject({ stdout: '<hi>\n', stderr: '' });
  });
});
