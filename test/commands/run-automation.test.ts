import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, loggedEvents, logTexts, massgen, parseLines, startMassgen, type Outcome, type Setting } from '../support/massgen-process.js';
import { AGREED, ECHO, MUTE, REFUSED, STUCK } from '../support/scripts.js';
import { until } from '../support/until.js';

afterAll(cleanUp);

const BEGINNING = [
  expect.stringMatching(/^LOG_DIR: \.massgen\/massgen_logs\/log_\d{8}_\d{6}_\d{6}$/u),
  expect.stringMatching(/^STATUS: \.massgen\/massgen_logs\/log_\w+\/turn_1\/status\.json$/u),
  'QUESTION: hi',
  '[Coordination in progress - monitor status.json for real-time updates]',
];
const finalDirectory = expect.stringMatching(/^FINAL_DIR: \.massgen\/massgen_logs\/log_\w+\/turn_1\/final$/u);

const automate = (config: object, args: readonly string[] = [], setting: Setting = {}): Promise<Outcome> => massgen(['run', '--automation', '--config', 'team.json', ...args, 'hi'], { ...setting, files: { 'team.json': config } });
const linesOf = ({ stdout }: Outcome): readonly string[] => stdout.slice(0, -1).split('\n');

describe('massgen run --automation prints', () => {
  it.concurrent('the documented lines, in order, and nothing else', async () => {
    const outcome = await automate(AGREED, ['--output-file', 'answer.txt']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(outcome)).toEqual([
      ...BEGINNING,
      '',
      'WINNER: one',
      expect.stringMatching(/^ANSWER_FILE: .*\/turn_1\/final\/one\/answer\.txt$/u),
      expect.stringMatching(/^DURATION: \d+\.\ds$/u),
      '',
      'TIMELINE:',
      '  [VOTE] one -> one',
      '         Reason: the better answer',
      '  [VOTE] two -> one',
      '         Reason: the better answer',
      '  [RESULTS]',
      '    one: 2 votes (winner)',
      'ANSWER_PREVIEW: The agreed answer.',
      '',
      expect.stringMatching(/^COMPLETED: 2 agents, \d+\.\ds total$/u),
      `OUTPUT_FILE: ${path.join(outcome.cwd, 'answer.txt')}`,
      finalDirectory,
    ]);
    expect(readFileSync(path.join(outcome.cwd, 'answer.txt'), 'utf8')).toBe('The agreed answer.\n');
  });

  it.concurrent('paths that are there, as the working directory sees them', async () => {
    const [inside, outside] = await Promise.all([automate(AGREED), automate(AGREED, ['--log-dir', '../elsewhere'])]);
    for (const outcome of [inside, outside]) {
      const files = linesOf(outcome).flatMap((line) => /^(?:LOG_DIR|STATUS|ANSWER_FILE|FINAL_DIR): (.*)$/u.exec(line)?.[1] ?? []);
      expect(files).toHaveLength(4);
      for (const file of files) expect(existsSync(path.resolve(outcome.cwd, file))).toBe(true);
    }
    expect(linesOf(outside)[0]).toBe(`LOG_DIR: ${path.join(path.dirname(outside.cwd), 'elsewhere')}/${path.basename(linesOf(outside)[0] ?? '')}`);
  });

  it.concurrent('no winner of a run that failed', async () => {
    const outcome = await automate(REFUSED, ['--output-file', 'answer.txt']);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/^massgen: no agent answered /u) });
    expect(linesOf(outcome)).toEqual([...BEGINNING, '', expect.stringMatching(/^COMPLETED: 2 agents, /u)]);
    expect(existsSync(path.join(outcome.cwd, 'answer.txt'))).toBe(false);
  });

  it.concurrent('the best answer of a run out of time, and none where there is none', async () => {
    const [some, none] = await Promise.all([automate(STUCK, ['--timeout', '3']), automate(MUTE, ['--timeout', '0.5'])]);
    expect(some.code).toBe(0);
    expect(linesOf(some)).toEqual([...BEGINNING, '', 'WINNER: one', expect.stringMatching(/^ANSWER_FILE: /u), expect.stringMatching(/^DURATION: /u), '', 'TIMELINE:', '  [RESULTS]', '    one: 0 votes (winner)', 'ANSWER_PREVIEW: The first answer.', '', expect.stringMatching(/^COMPLETED: /u), finalDirectory]);
    expect(none.code).toBe(3);
    expect(linesOf(none)).toEqual([...BEGINNING, '', expect.stringMatching(/^COMPLETED: 1 agent, /u)]);
  });

  it.concurrent('what there is when it is interrupted', async () => {
    const { child, says, ended, cwd } = startMassgen(['run', '--automation', '--config', 'team.json', 'hi'], { files: { 'team.json': STUCK } });
    await says('[Coordination in progress');
    await until(() => logTexts(cwd).some((text) => text.includes('"type":"answer-accept"')));
    child.kill('SIGINT');
    const outcome = await ended;
    expect(outcome.code).toBe(4);
    expect(linesOf(outcome)).toEqual(expect.arrayContaining(['WINNER: one', 'ANSWER_PREVIEW: The first answer.', finalDirectory]));
  });

  it.concurrent('nothing for what cannot be run', async () => {
    expect(await automate({ agents: [] })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^massgen: /u) });
  });

  it.concurrent('its first lines only when the status file is there, and goes on when their reader leaves', async () => {
    const { stdout, cwd } = await automate(STUCK, ['--timeout', '5'], { through: '"$@" | { read -r log; read -r status; cat "${status#STATUS: }"; }' });
    expect(JSON.parse(stdout)).toMatchObject({ is_complete: false, finish_reason: 'in_progress' });
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
  });

  it.concurrent.each<[name: string, config: object, args: readonly string[], setting: Setting]>([
    ['the disk is full', AGREED, [], { through: 'ulimit -f 0; "$@"' }],
    ['the output file cannot take it either', AGREED, ['--output-file', 'answer.txt'], { through: 'ulimit -f 0; "$@"' }],
    ['the log directory cannot be written', AGREED, ['--log-dir', 'team.json/logs'], {}],
    ['nothing is to be logged', { ...AGREED, ui: { logging_enabled: false } }, [], {}],
  ])('the whole answer, last, where it is in no file because %s', async (_name, config, args, setting) => {
    const outcome = await automate(config, args, setting);
    expect(outcome.stdout).toMatch(/\nWINNER: one\nDURATION: [^]*\nCOMPLETED: 2 agents, \d+\.\ds total\nANSWER:\nThe agreed answer\.\n$/u);
    expect(outcome.stdout).not.toMatch(/ANSWER_FILE|OUTPUT_FILE|FINAL_DIR/u);
    expect(outcome.stderr).not.toContain('is kept in');
    expect([outcome.code, existsSync(path.join(outcome.cwd, 'answer.txt'))]).toEqual([args.includes('answer.txt') ? 2 : 0, false]);
  });

  it.concurrent('progress for people too, where that is asked for', async () => {
    const outcome = await automate(AGREED, ['--display', 'plain']);
    expect(linesOf(outcome).slice(0, 4)).toEqual(BEGINNING);
    expect(outcome.stderr).toContain('[one] submits answer1.1');
  });
});

describe('massgen run --stream-events', () => {
  it.concurrent.each([[['--stream-events']], [['--stream-events', '--automation', '--display', 'plain']], [['--automation', '--display', 'json']]])('with %j prints events on stdout and places on stderr', async (flags) => {
    const { code, stdout, stderr, cwd } = await massgen(['run', ...flags, '--config', 'team.json', '--output-file', 'answer.txt', 'hi'], { files: { 'team.json': AGREED } });
    expect(code).toBe(0);
    expect(parseLines(stdout)).toEqual(loggedEvents(cwd));
    expect(stderr.slice(0, -1).split('\n')).toEqual([...BEGINNING.slice(0, 2), `OUTPUT_FILE: ${path.join(cwd, 'answer.txt')}`]);
  });
});

describe('what the log says of a run by command', () => {
  it.concurrent('are its flags', async () => {
    const { cwd, stdout } = await automate(ECHO, ['--timeout', '20']);
    const [log = ''] = linesOf({ stdout } as Outcome);
    expect(readFileSync(path.join(cwd, log.replace('LOG_DIR: ', ''), 'turn_1/execution_metadata.yaml'), 'utf8')).toMatch(/cli_args:\n(?: {2}.*\n)* {2}timeout: '20'\n/u);
  });
});
