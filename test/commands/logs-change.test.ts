import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, parseLines, type Outcome } from '../support/massgen-process.js';
import { FAILURE, removeFolders, teamOf } from '../orchestrator/session/read/sessions.js';
import { createLogsWorld, lines, type LogsWorld } from './logs-world.js';

let world: LogsWorld;

beforeAll(async () => {
  world = await createLogsWorld();
});

afterAll(async () => {
  await cleanUp();
  await removeFolders();
});

describe('massgen logs rebuild', () => {
  it('makes the derived files again', async () => {
    const folder = world.copied();
    const turn = path.join(folder, world.ids.revoted, 'turn_1');
    const before = readFileSync(path.join(turn, 'metrics_summary.json'), 'utf8');
    for (const name of ['metrics_summary.json', 'status.json', 'coordination_table.txt']) rmSync(path.join(turn, name));
    const outcome = await massgen(['logs', 'rebuild', '--json', '--log-dir', folder]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(outcome.stdout)).toMatchObject({ id: world.ids.revoted, turns: [{ turn: 1, files: expect.arrayContaining(['status.json', 'metrics_summary.json']), problems: [] }] });
    expect(readFileSync(path.join(turn, 'metrics_summary.json'), 'utf8')).toBe(before);
  });
});

describe('massgen logs rebuild that cannot write', () => {
  const bytesOf = (turn: string): readonly (readonly [name: string, bytes: string])[] =>
    readdirSync(turn, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => [path.join(parentPath, name), readFileSync(path.join(parentPath, name), 'latin1')] as const).sort(([one], [other]) => one.localeCompare(other));

  it('names the file and the reason, and leaves what is there whole', async () => {
    const folder = world.copied();
    const turn = path.join(folder, world.ids.revoted, 'turn_1');
    const before = bytesOf(turn);
    const outcome = await massgen(['logs', 'rebuild', '--log-dir', folder], { through: 'ulimit -f 1; "$@"' });
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^massgen: cannot write .*turn_1\/\S+: file too large\n$/) });
    expect(bytesOf(turn)).toEqual(before);
    expect(readdirSync(turn).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('massgen logs prune', () => {
  it('deletes what it says in a dry run', async () => {
    const folder = world.copied();
    const prune = (...args: readonly string[]): Promise<Outcome> => massgen(['logs', 'prune', '--keep', '1', '--log-dir', folder, ...args]);
    const dry = await prune('--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(lines(dry).at(-1)).toMatch(/^2 sessions \(.* kB\) would be deleted, 1 session kept$/);
    expect(readdirSync(folder).length).toBe(3);
    expect(JSON.parse((await prune('--json')).stdout)).toMatchObject({ dry_run: false, kept: 1, deleted: [{ id: world.ids.failed }, { id: world.ids.agreed }] });
    expect(readdirSync(folder)).toEqual([world.ids.revoted]);
  });

  it('keeps what is young', async () => {
    const folder = world.copied();
    expect((await massgen(['logs', 'prune', '--older-than', '30d', '--log-dir', folder])).stdout).toBe('0 sessions (0 B) deleted, 3 sessions kept\n');
  });
});

describe('massgen logs open', () => {
  const OPENER = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const open = (opener: string): Promise<Outcome> => world.logs(['open', world.ids.agreed], { files: { [`bin/${OPENER}`]: opener }, through: `chmod +x bin/${OPENER}; PATH="$PWD/bin:$PATH" "$@"` });

  it('hands the directory to the desktop, and prints it', async () => {
    const outcome = await open('#!/bin/sh\nprintf "%s" "$1" > opened\n');
    expect(outcome).toMatchObject({ code: 0, stdout: `${path.join(world.root, world.ids.agreed)}\n`, stderr: '' });
    expect(readFileSync(path.join(outcome.cwd, 'opened'), 'utf8')).toBe(path.join(world.root, world.ids.agreed));
  });

  it('prints it where there is no desktop', async () => {
    expect(await open('#!/bin/sh\nexit 3\n')).toMatchObject({ code: 1, stdout: `${path.join(world.root, world.ids.agreed)}\n`, stderr: `massgen: ${OPENER} could not open it (exit code 3); the path is above\n` });
  });
});

describe('massgen logs analyze', () => {
  const JUDGE = teamOf({ judge: [{ text: '# Report\n\nAll is well.' }] });
  const analyze = (folder: string, ...args: readonly string[]): Promise<Outcome> => massgen(['logs', 'analyze', world.ids.revoted, '--config', 'judge.json', '--display', 'silent', '--log-dir', folder, ...args], { files: { 'judge.json': JUDGE } });

  it('writes a report through a run, which is not the newest session afterwards', async () => {
    const folder = world.copied();
    const turn = path.join(folder, world.ids.revoted, 'turn_1');
    expect(await analyze(folder)).toMatchObject({ code: 0, stdout: '# Report\n\nAll is well.\n', stderr: `massgen: written to ${path.join(turn, 'ANALYSIS_REPORT.md')}\n` });
    expect(readFileSync(path.join(turn, 'ANALYSIS_REPORT.md'), 'utf8')).toBe('# Report\n\nAll is well.\n');
    const [log = ''] = readdirSync(path.join(turn, 'analysis'));
    const [, start] = parseLines(readFileSync(path.join(turn, 'analysis', log, 'turn_1/events.jsonl'), 'utf8'));
    expect(start?.['task']).toMatch(/^Analyse a run of massgen[\s\S]*Figures beat <b>guesses<\/b>\./);
    expect((await massgen(['logs', '--log-dir', folder])).stdout.split('\n').length).toBe(5);
  });

  it('asks an agent by its file, with a system message for it', async () => {
    const folder = world.copied();
    const agent = { agent: { id: 'judge', backend: { type: 'scripted', script: [{ text: 'All is well.' }] } } };
    const args = ['logs', 'analyze', world.ids.revoted, '--agent', 'judge.yaml', '--system-message', 'Judge mildly.', '--display', 'silent', '--log-dir', folder];
    expect(await massgen(args, { files: { 'judge.yaml': JSON.stringify(agent) } })).toMatchObject({ code: 0, stdout: 'All is well.\n' });
    const logs = path.join(folder, world.ids.revoted, 'turn_1/analysis');
    const [log = ''] = readdirSync(logs);
    expect(readFileSync(path.join(logs, log, 'turn_1/events.jsonl'), 'utf8')).toContain('"systemMessage":"Judge mildly."');
  });

  it('writes no canned report when there is nobody to ask', async () => {
    const folder = world.copied();
    expect(await massgen(['logs', 'analyze', world.ids.revoted, '--log-dir', folder])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/there is no team to analyse it: give --config or --model/) });
    expect(readdirSync(path.join(folder, world.ids.revoted, 'turn_1'))).not.toContain('ANALYSIS_REPORT.md');
  });

  it('replaces no report unless it is told to', async () => {
    const folder = world.copied();
    const report = path.join(folder, world.ids.revoted, 'turn_1/ANALYSIS_REPORT.md');
    writeFileSync(report, 'mine');
    expect(await analyze(folder)).toMatchObject({ code: 1, stderr: `massgen: ${report} is there already; --force replaces it\n` });
    expect(readFileSync(report, 'utf8')).toBe('mine');
    expect((await analyze(folder, '--force')).code).toBe(0);
    expect(readFileSync(report, 'utf8')).toBe('# Report\n\nAll is well.\n');
  });

  it('writes nothing when nobody answers', async () => {
    const folder = world.copied();
    const outcome = await massgen(['logs', 'analyze', '--config', 'judge.json', '--display', 'silent', '--log-dir', folder], { files: { 'judge.json': FAILURE } });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(path.join(folder, world.ids.revoted, 'turn_1/ANALYSIS_REPORT.md'))).toBe(false);
  });
});
