import { closeSync, constants, openSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, startMassgen, type Outcome, type Setting } from '../support/massgen-process.js';
import { ECHO } from '../support/scripts.js';
import { until } from '../support/until.js';

afterAll(cleanUp);

const ask = (args: readonly string[], setting: Setting = {}): Promise<Outcome> =>
  massgen(['run', '--config', 'echo.json', '--display', 'silent', ...args], { ...setting, files: { 'echo.json': ECHO, ...setting.files } });

const SILENT = 'massgen: standard input is open but silent, so it is not read; --stdin waits for it\n';
/** Said where standard input takes longer than one would wait in silence. */
const READING = 'massgen: reading standard input to its end (on a terminal: Ctrl-D)\n';
const NO_PROMPT = 'massgen: there is no prompt; give it as an argument, with --prompt-file, or on standard input\n';

describe('the prompt of massgen run', () => {
  it.concurrent.each<[name: string, args: readonly string[], setting: Setting, prompt: string]>([
    ['is its argument', ['hi'], {}, 'hi'],
    ['is its argument when standard input is closed', ['hi'], { through: '"$@" <&-' }, 'hi'],
    ['is its argument when standard input ends at once', ['hi'], { stdin: { text: '' } }, 'hi'],
    ['is its argument when standard input is a folder', ['hi'], { through: '"$@" < .' }, 'hi'],
    ['is followed by what a file holds', ['hi'], { files: { 'context.txt': 'context' }, through: '"$@" < context.txt' }, 'hi\n\ncontext'],
    ['is followed by what a pipe brings', ['hi'], { through: 'printf context | "$@"' }, 'hi\n\ncontext'],
    ['is followed by what a socket brings', ['hi'], { stdin: { text: 'context' } }, 'hi\n\ncontext'],
    ['is followed by what a pipe brings slowly once it has begun', ['hi'], { through: '(printf con; sleep 0.5; printf text) | "$@"' }, 'hi\n\ncontext'],
    ['is followed by what a late pipe brings with --stdin', ['hi', '--stdin'], { through: '(sleep 1; printf context) | "$@"' }, 'hi\n\ncontext'],
    ['is the context alone where the argument is empty', [''], { stdin: { text: 'context' } }, 'context'],
    ['is standard input, word for word, without an argument', [], { stdin: { text: '  question?\n' } }, '  question?\n'],
    ['is standard input where it is a late pipe', [], { through: '(sleep 1; printf question) | "$@"' }, 'question'],
    ['is standard input for the argument -', ['-'], { stdin: { text: 'question' } }, 'question'],
    ['is a file', ['--prompt-file', 'question.md'], { files: { 'question.md': 'from a file' } }, 'from a file'],
    ['is a file and standard input', ['--prompt-file', 'question.md'], { files: { 'question.md': 'from a file' }, stdin: { text: 'context' } }, 'from a file\n\ncontext'],
    ['is standard input for the file -', ['--prompt-file', '-'], { stdin: { text: 'question' } }, 'question'],
    ['is what a pipe brings that stands for a file', ['--prompt-file', '/dev/fd/3'], { through: '(sleep 1; printf piped) | "$@" 3<&0 <&-' }, 'piped'],
    ['is what a named pipe brings, whoever opens it first', ['--prompt-file', 'pipe'], { through: 'mkfifo pipe; (sleep 1; printf piped >pipe) & "$@"' }, 'piped'],
    ['has no byte order mark', ['-'], { stdin: { text: '\ufeffquestion' } }, 'question'],
    ['keeps what looks like flags after --', ['--', '--help'], {}, '--help'],
  ])('%s', async (_name, args, setting, prompt) => {
    const { code, stdout, stderr } = await ask(args, setting);
    // A slow machine may well take so long that it is told what it waits for.
    expect({ code, stdout, stderr: stderr.replace(READING, '') }).toEqual({ code: 0, stdout: `<${prompt}>\n`, stderr: '' });
  });

  it.concurrent('is the configuration’s own where there is no other, with standard input as context', async () => {
    const files = { 'echo.json': { ...ECHO, prompt: 'configured' } };
    const outcomes = await Promise.all([ask([], { files }), ask([], { files, stdin: { text: 'context' } }), ask(['other'], { files })]);
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(['<configured>\n', '<configured\n\ncontext>\n', '<other>\n']);
  });

  it.concurrent('does not wait for an open pipe that stays silent', async () => {
    const [socket, pipe] = await Promise.all([ask(['hi'], { stdin: 'open' }), ask(['hi'], { through: 'mkfifo pipe; exec 3<>pipe; "$@" <&3' })]);
    for (const outcome of [socket, pipe]) expect(outcome).toMatchObject({ code: 0, stdout: '<hi>\n', stderr: SILENT });
  });

  it.concurrent('may have five megabytes', async () => {
    const text = 'x'.repeat(5 << 20);
    const { code, stdout } = await ask(['-'], { stdin: { text } });
    expect(code).toBe(0);
    expect(stdout === `<${text}>\n`).toBe(true);
  });
});

describe('massgen run refuses', () => {
  it.concurrent.each<[name: string, args: readonly string[], setting: Setting, says: string]>([
    ['to guess a prompt', [], {}, NO_PROMPT],
    ['an empty prompt', [' '], {}, NO_PROMPT],
    ['an empty standard input', ['-'], {}, NO_PROMPT],
    ['two prompts', ['hi', '--prompt-file', 'x'], {}, 'massgen: give the prompt either as an argument or with --prompt-file\n'],
    ['a prompt file that is not there', ['--prompt-file', 'x.md'], {}, 'massgen: cannot read the prompt file x.md: no such file or directory\n'],
    ['a folder as a prompt file', ['--prompt-file', '.'], {}, 'massgen: cannot read the prompt file .: illegal operation on a directory\n'],
    ['binary input', ['-'], { stdin: { text: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]) } }, 'massgen: standard input is not text: there is a zero byte at offset 4; give a text prompt\n'],
    ['text in another encoding', ['-'], { stdin: { text: Buffer.from('café', 'latin1') } }, 'massgen: standard input is not valid UTF-8 text; convert it first\n'],
    ['a prompt file without an end', ['--prompt-file', '/dev/zero'], {}, 'massgen: /dev/zero is larger than 20 MB; give a shorter prompt\n'],
    ['more than 20 MB', ['-'], { stdin: { text: Buffer.alloc(21 << 20, 'x') } }, 'massgen: standard input is larger than 20 MB; give a shorter prompt\n'],
  ])('%s', async (_name, args, setting, says) => {
    const { code, stdout, stderr } = await ask(args, setting);
    expect({ code, stdout, stderr: stderr.replace(READING, '') }).toEqual({ code: 1, stdout: '', stderr: says });
  });
});

describe('a named pipe', () => {
  it.concurrent('can hold the configuration', async () => {
    const { code, stdout } = await massgen(['run', '--config', 'pipe', '--display', 'silent', 'hi'], { files: { 'echo.json': ECHO }, through: 'mkfifo pipe; (sleep 1; cat echo.json >pipe) & "$@"' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '<hi>\n' });
  });

  it.concurrent.each<[flag: string, args: readonly string[]]>([
    ['--config', ['--config', 'pipe', 'hi']],
    ['--prompt-file', ['--config', 'echo.json', '--prompt-file', 'pipe']],
  ])('for %s that brings nothing is waited for until Ctrl-C', async (_flag, args) => {
    const { child, cwd, ended } = startMassgen(['run', ...args], { files: { 'echo.json': ECHO }, through: 'mkfifo pipe; exec "$@"' });
    let writer: number | undefined;
    try {
      // There is somebody who reads as soon as this does not fail.
      await until(() => {
        try {
          writer = openSync(path.join(cwd, 'pipe'), constants.O_WRONLY | constants.O_NONBLOCK);
          return true;
        } catch {
          return false;
        }
      });
      child.kill('SIGINT');
      expect(await ended).toMatchObject({ code: 4, stdout: '' });
    } finally {
      if (writer !== undefined) closeSync(writer);
    }
  });
});

it.concurrent('massgen run tells what it waits for', async () => {
  const { child, ended, says } = startMassgen(['run', '--config', 'echo.json', '--display', 'silent'], { files: { 'echo.json': ECHO }, stdin: 'open' });
  await says(READING);
  child.stdin?.end('question');
  expect(await ended).toMatchObject({ code: 0, stdout: '<question>\n', stderr: READING });
});
