import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, loggedEvents, logTexts, massgen, parseLines, startMassgen, type Outcome, type Setting } from '../support/massgen-process.js';
import { ECHO, REFUSED, STUCK } from '../support/scripts.js';
import { filesBelow } from '../support/session-run.js';

afterAll(cleanUp);

const ask = (args: readonly string[], setting: Setting = {}): Promise<Outcome> =>
  massgen(['run', '--config', 'echo.json', '--display', 'silent', ...args, 'hi'], { ...setting, files: { 'echo.json': ECHO, ...setting.files } });

describe('every run is logged', () => {
  it.concurrent('in a folder of its own, with the answer', async () => {
    const { cwd } = await ask([]);
    const [header, ...events] = parseLines(logTexts(cwd)[0] ?? '');
    expect(header).toMatchObject({ type: 'log-header', format: 'massgen-events', version: 1 });
    expect(events[0]).toMatchObject({ type: 'run-start', task: 'hi', seq: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
  });

  it.concurrent('when it failed', async () => {
    const { code, cwd } = await ask([], { files: { 'echo.json': REFUSED } });
    expect(code).toBe(2);
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'failed' });
  });

  it.concurrent('before anyone sees its events, so that a killed run has its log', async () => {
    const { child, says, ended } = startMassgen(['run', '--config', 'stuck.json', '--display', 'json', 'hi'], { files: { 'stuck.json': STUCK } });
    await says('"type":"answer-accept"');
    child.kill('SIGKILL');
    const { stdout, cwd } = await ended;
    const shown = parseLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
    expect(loggedEvents(cwd).slice(0, shown.length)).toEqual(shown);
  });

  it.concurrent('apart from runs at the same time', async () => {
    const through = 'for i in 1 2 3 4; do "$@" & done; wait';
    const { cwd } = await ask([], { through });
    const logs = logTexts(cwd).map((text) => parseLines(text));
    expect(logs).toHaveLength(4);
    for (const log of logs) expect(log.at(-1)?.type).toBe('run-end');
  });

  it.concurrent('where --log-dir or MASSGEN_LOG_DIR says', async () => {
    const [flag, variable] = await Promise.all([ask(['--log-dir', 'here']), ask([], { env: { MASSGEN_LOG_DIR: 'there' } })]);
    expect(loggedEvents(flag.cwd, 'here').length).toBeGreaterThan(0);
    expect(loggedEvents(variable.cwd, 'there').length).toBeGreaterThan(0);
    expect(existsSync(path.join(flag.cwd, '.massgen'))).toBe(false);
  });

  it.concurrent('with events and the answer alone where --log-files says so', async () => {
    const { code, cwd } = await ask(['--log-files', 'events']);
    expect(code).toBe(0);
    expect(filesBelow(path.join(cwd, '.massgen')).map((name) => name.replace(/^.*turn_1\//u, ''))).toEqual(['events.jsonl', expect.stringMatching(/^final\/.*answer\.txt$/u)]);
  });

  it.concurrent('with status.json where a script is told to read it', async () => {
    const { code, stderr } = await ask(['--log-files', 'events', '--automation']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('--automation says where status.json is, and --log-files events writes none; leave out one of them') });
  });

  it.concurrent('unless the configuration says otherwise', async () => {
    const { code, stdout, stderr, cwd } = await ask([], { files: { 'echo.json': { ...ECHO, ui: { logging_enabled: false } } } });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '<hi>\n', stderr: '' });
    expect(existsSync(path.join(cwd, '.massgen'))).toBe(false);
  });
});

describe('a run goes on and says so when', () => {
  it.concurrent('nothing can be logged', async () => {
    const { code, stdout, stderr, cwd } = await ask(['--log-dir', 'echo.json/logs']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '<hi>\n' });
    expect(stderr).toMatch(/^massgen: this run is not logged: .*\/echo\.json\/logs writable or give another --log-dir\n$/);
    expect(readFileSync(path.join(cwd, 'echo.json'), 'utf8')).toBe(JSON.stringify(ECHO));
  });

  it.concurrent('the disk is full', async () => {
    const { code, stdout, stderr } = await ask([], { through: 'ulimit -f 0; "$@"' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '<hi>\n' });
    expect(stderr).toMatch(/^massgen: the log stops here: .*; the run goes on without it \(.*\)\n$/);
  });

  it.concurrent('the disk becomes full', async () => {
    const long = 'x'.repeat(20_000);
    const { code, stdout, stderr, cwd } = await ask([], { through: 'ulimit -f 64; "$@"', stdin: { text: long } });
    expect(code).toBe(0);
    expect(stdout === `<hi\n\n${long}>\n`).toBe(true);
    expect(stderr).toMatch(/^massgen: the log stops here: .*; the run goes on without it \(.*\)\n$/);
    expect(parseLines((logTexts(cwd)[0] ?? '').replace(/[^\n]*$/, ''))[1]).toMatchObject({ type: 'run-start' });
  });
});
