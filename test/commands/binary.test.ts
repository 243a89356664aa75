import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { BINARY, cleanUp, massgen, start } from '../support/massgen-process.js';
import { ECHO } from '../support/scripts.js';

afterAll(cleanUp);

const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));
const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
const files = { 'echo.json': ECHO };

describe('massgen', () => {
  it.concurrent('says its version, the same for each way to ask', async () => {
    const line = `massgen/${version} ${process.platform}-${process.arch} node-${process.version}\n`;
    for (const flag of ['--version', '-v']) expect(await massgen([flag])).toMatchObject({ code: 0, stdout: line, stderr: '' });
  });

  it.concurrent('says its version without loading a package or reading a manifest', async () => {
    const files = { 'bin/run.js': readFileSync(BINARY), 'package.json': readFileSync(PACKAGE) };
    expect(await start([process.execPath, 'bin/run.js', '--version'], { files }).ended).toMatchObject({ code: 0, stdout: expect.stringContaining(version), stderr: '' });
  });

  it.concurrent('runs from its source in development, whatever was built', async () => {
    const { code, stderr } = await start([process.execPath, fileURLToPath(new URL('../../bin/dev.js', import.meta.url)), 'backends', '--help'], { env: { DEBUG: 'oclif:config:massgen' } }).ended;
    // Without a manifest all commands are loaded, in no order.
    expect([code, stderr]).toEqual([0, expect.stringContaining(`(import) ${fileURLToPath(new URL('../../src/commands/backends.ts', import.meta.url))}\n`)]);
  });

  it.concurrent.each<[name: string, args: readonly string[]]>([
    ['a question alone', ['Why so?', '--config', 'echo.json', '--display', 'silent']],
    ['a flag first', ['--config', 'echo.json', '--display', 'silent', 'Why so?']],
    ['a short flag first', ['-c', 'echo.json', '--display', 'silent', 'Why so?']],
    ['the command’s name', ['run', '--config', 'echo.json', '--display', 'silent', 'Why so?']],
  ])('runs for %s', async (_name, args) => {
    expect(await massgen(args, { files })).toMatchObject({ code: 0, stdout: '<Why so?>\n', stderr: '' });
  });

  it.concurrent('runs for a - that reads standard input, and for a question that is no word', async () => {
    const [dash, question] = await Promise.all([massgen(['-', '-c', 'echo.json'], { files, stdin: { text: 'Why so?' } }), massgen(['2+2=?', '-c', 'echo.json'], { files })]);
    expect([dash.stdout, question.stdout]).toEqual(['<Why so?>\n', '<2+2=?>\n']);
  });

  it.concurrent.each<[args: readonly string[], line: string]>([
    [['rnu'], 'there is no command "rnu"; did you mean "run"? to ask that, write: massgen run "rnu"'],
    [['hello'], 'there is no command "hello"; to ask that, write: massgen run "hello"'],
    [['what', 'is', 'this'], 'there is no command "what"; to ask that, write: massgen run "what is this"'],
    [['help', 'hello'], 'there is no command "hello"; to ask that, write: massgen run "hello"'],
    [['models', 'groq'], 'unexpected argument "groq"; see massgen models --help'],
    [['config', 'schema', 'x', '--path'], 'unexpected argument "x"; see massgen config schema --help'],
    [['--nope', 'Why so?'], 'there is no flag --nope; see massgen run --help'],
  ])('refuses %j', async (args, line) => {
    expect(await massgen(args)).toMatchObject({ code: 1, stdout: '', stderr: `massgen: ${line}\n` });
  });

  it.concurrent('shows help for nothing, help, -h and --help, and a command’s help', async () => {
    const shown = await Promise.all([[], ['help'], ['-h'], ['--help']].map((args) => massgen(args)));
    for (const each of shown) expect(each).toMatchObject({ code: 0, stdout: shown[0]?.stdout, stderr: '' });
    expect(shown[0]?.stdout).toContain('COMMANDS');
    expect(await massgen(['help', 'run'])).toMatchObject({ code: 0, stdout: expect.stringContaining('massgen run [PROMPT]') });
  });
});
