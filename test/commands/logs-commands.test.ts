import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, parseLines, startMassgen, temporaryFolder, type Outcome, type Setting } from '../support/massgen-process.js';
import { AGREEMENT, FAILURE, FAILURE_AND_REVOTE, HEADER, logText, removeFolders, runInto, runStart, stamped, teamOf, writeSession } from '../orchestrator/session/read/sessions.js';

let root: string;
/** Sessions by what happened in them. */
let ids: { readonly agreed: string; readonly failed: string; readonly revoted: string };

beforeAll(async () => {
  root = path.join(temporaryFolder(), 'logs');
  const idOf = async (team: Parameters<typeof runInto>[1], question: string): Promise<string> => path.basename((await runInto(root, team, question)).log_directory);
  mkdirSync(root);
  ids = { agreed: await idOf(AGREEMENT, 'Yes or no?'), failed: await idOf(FAILURE, 'Anyone?'), revoted: await idOf(FAILURE_AND_REVOTE, 'Which is heavier?') };
});

afterAll(async () => {
  await cleanUp();
  removeFolders();
});

const logs = (args: readonly string[], setting: Setting = {}): Promise<Outcome> => massgen(['logs', ...args, '--log-dir', root], setting);
const json = async (args: readonly string[]): Promise<never> => JSON.parse((await logs([...args, '--json'])).stdout) as never;
const lines = ({ stdout }: Outcome): readonly string[] => stdout.trimEnd().split('\n');

/** A copy of the sessions that may be changed. */
function copied(): string {
  const folder = path.join(temporaryFolder(), 'logs');
  cpSync(root, folder, { recursive: true });
  return folder;
}

describe('massgen logs', () => {
  it('lists the sessions, the newest first', async () => {
    const outcome = await logs([]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const [head, ...rows] = lines(outcome);
    expect(head).toMatch(/^When +Status +Winner +Agents +Turns +Duration +Cost +Question +ID$/);
    expect(rows.map((row) => row.replace(/ {2,}/g, '|').split('|').slice(1, 3).join(' '))).toEqual(['completed agent_b', 'failed -', 'completed agent_a']);
    expect(rows[0]).toMatch(/ Which is heavier\? .*\d{6}_\d{6}$/);
    expect((await logs(['list'])).stdout).toBe(outcome.stdout);
  });

  it.each<[args: readonly string[], sessions: readonly ('agreed' | 'failed' | 'revoted')[]]>([
    [['--status', 'failed'], ['failed']],
    [['list', '--status', 'failed,completed', '--agent', 'agent_c'], ['revoted']],
    [['list', '--search', 'DENSITIES'], []],
    [['list', '--search', 'oil floats'], ['revoted']],
    [['list', '--since', '1h'], ['revoted', 'failed', 'agreed']],
    [['list', '--since', '2099-01-01'], []],
    [['list', '--limit', '2'], ['revoted', 'failed']],
    [['list', '--limit', '0'], ['revoted', 'failed', 'agreed']],
  ])('%j chooses', async (args, sessions) => {
    const listed: { readonly log_root: string; readonly sessions: readonly { readonly id: string }[] } = await json(args);
    expect(listed.log_root).toBe(root);
    expect(listed.sessions.map(({ id }) => id)).toEqual(sessions.map((name) => ids[name]));
  });

  it('says when there is more, when nothing fits, and when there is nothing', async () => {
    expect((await logs(['--limit', '1'])).stderr).toBe('massgen: 1 of 3 sessions are shown; --limit 0 shows all\n');
    expect(await logs(['--search', 'zebra'])).toMatchObject({ code: 0, stdout: '', stderr: `massgen: none of the 3 sessions in ${root} matches\n` });
    expect(await massgen(['logs'])).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^massgen: there are no sessions in .*\.massgen\/massgen_logs\n$/) });
    expect(await massgen(['logs', '--json'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/"sessions":\[\n\]\}\n$/) });
  });

  it('finds the directory in the environment, in .env, or where runs write', async () => {
    const [env, file, plain] = await Promise.all([massgen(['logs'], { env: { MASSGEN_LOG_DIR: root } }), massgen(['logs'], { files: { '.env': `MASSGEN_LOG_DIR=${root}\n` } }), massgen(['logs'], { files: { '.massgen/massgen_logs/log_20260130_101500_123456/turn_1/events.jsonl': logText(stamped([runStart('Here?')])) } })]);
    for (const outcome of [env, file]) expect(lines(outcome).length).toBe(4);
    expect(plain.stdout).toContain('Here?');
  });

  it('is quiet when its reader leaves early', async () => {
    expect(await logs(['show'], { through: '"$@" | head -1' })).toMatchObject({ stderr: '', stdout: `${ids.revoted}, turn 1 of 1\n` });
  });

  it.each<[args: readonly string[], says: RegExp]>([
    [['nonsense'], /there is no command "logs nonsense"; see massgen logs --help/],
    [['shwo'], /there is no command "logs shwo"; did you mean "show"\?/],
    [['20260130'], /to show that session: massgen logs show 20260130/],
    [['show', 'log_20260130'], /there is no session "log_20260130" in .*/],
    [['show', 'latest', '--turn', '7'], /has no turn 7; it has turn 1$/],
    [['answer', 'latest', '--label', 'answer9.9'], /has no answer "answer9\.9"; it has answer1\.1, /],
    [['list', '--since', 'yesterday'], /--since is a date such as 2026-01-30, or an age such as 12h, 7d or 2w, not "yesterday"/],
    [['list', '--status', 'fine'], /--status=fine to be one of: completed/],
    [['prune'], /say what may go: --older-than 30d, --keep 100, or both/],
    [['replay', '--speed', 'fast'], /--speed is a number from 0, not "fast"/],
    [['diff', 'latest'], /Missing 1 required arg|b/],
  ])('%j is a mistake of usage', async (args, says) => {
    const outcome = await logs(args);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr.trimEnd()).toMatch(says);
  });

  it('refuses a directory that is not there', async () => {
    expect(await massgen(['logs', '--log-dir', 'nowhere'])).toMatchObject({ code: 1, stderr: 'massgen: there is no directory nowhere; give the one that holds the log_… directories\n' });
  });

  it('refuses the log of a newer massgen, and says what to do', async () => {
    const folder = temporaryFolder();
    writeSession(folder, 'log_20260130_101500_123456', { 'turn_1/events.jsonl': logText([], { ...HEADER, version: 2 }) });
    expect(await massgen(['logs', 'show', '--log-dir', folder])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/has version 2 of the event log, and this massgen reads version 1; update massgen to read it\n$/) });
    expect((await massgen(['logs', '--log-dir', folder])).stdout).toMatch(/unreadable/);
  });

  it('reads what may not be written', async () => {
    const folder = copied();
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o555);
    chmodSync(folder, 0o555);
    expect((await massgen(['logs', 'show', '--log-dir', folder])).code).toBe(0);
    chmodSync(folder, 0o755);
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o755);
  });
});

describe('massgen logs show', () => {
  it('has answer, votes with reasons, agents, timeline and errors', async () => {
    const { code, stdout, stderr } = await logs(['show']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of ['question   Which is heavier?', 'winner     agent_b (agent_b 2 votes', 'Final answer (agent_b, the winning answer as it stands)', 'that is why oil floats.', 'superseded  It names the densities.', 'counted     It is complete.', 'agent_c    scripted canned  failed', 'agent_c fails: ', 'Errors']) expect(stdout).toContain(part);
    expect(stdout).not.toContain('Missing');
  });

  it('tells why a run failed', async () => {
    expect((await logs(['show', ids.failed])).stdout).toMatch(/status {5}failed after \d+ ms: no agent answered \(agent_a: /);
  });

  it('as JSON has the documented fields', async () => {
    const session: { readonly id: string; readonly turns: readonly object[] } = await json(['show', ids.revoted.slice(-13)]);
    expect(Object.keys(session)).toEqual(['id', 'directory', 'turn_count', 'turns']);
    const documented = [...readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8').matchAll(/^\| `(\w+)` \|/gmu)].map(([, field]) => field);
    expect(Object.keys(session.turns[0] ?? {}).filter((field) => !documented.includes(field))).toEqual([]);
  });

  it('follows the path of a session anywhere', async () => {
    expect((await massgen(['logs', 'show', path.join(root, ids.agreed, 'turn_1')])).stdout).toContain('Yes or no?');
  });
});

describe('massgen logs answer', () => {
  it('prints the final answer alone, or another', async () => {
    expect(await logs(['answer', ids.agreed])).toMatchObject({ code: 0, stdout: 'Yes.\n', stderr: '' });
    expect(await logs(['answer', ids.agreed, '--label', 'answer2.1'])).toMatchObject({ code: 0, stdout: 'No.\n', stderr: '' });
    expect(await json(['answer', ids.agreed])).toMatchObject({ id: ids.agreed, turn: 1, agent: 'agent_a', text: 'Yes.' });
  });

  it('says why there is none', async () => {
    expect(await logs(['answer', ids.failed])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^massgen: turn 1 of log_\d+_\d+_\d+ has no final answer \(failed: no agent answered/) });
  });
});

describe('massgen logs events', () => {
  it('prints what was logged', async () => {
    const [, ...logged] = parseLines(readFileSync(path.join(root, ids.revoted, 'turn_1/events.jsonl'), 'utf8'));
    expect(parseLines((await logs(['events'])).stdout)).toEqual(logged);
  });

  it('can be asked for some', async () => {
    const events = parseLines((await logs(['events', '--type', 'vote-cast,agent-fail', '--agent', 'agent_c'])).stdout);
    expect(events.map(({ type, agent }) => `${type} ${String(agent)}`)).toEqual(['vote-cast agent_c', 'agent-fail agent_c']);
  });

  it('tells of a torn line', async () => {
    const folder = copied();
    writeFileSync(path.join(folder, ids.revoted, 'turn_1/events.jsonl'), '{"torn', { flag: 'a' });
    expect((await massgen(['logs', 'events', '--log-dir', folder])).stderr).toBe('massgen: the last line is torn (6 bytes without an end) and is dropped\n');
  });
});

const SLOW = teamOf({ agent_a: [{ answer: 'A slow answer of many words, one after the other.', pace: 0.1 }, { vote: 'agent1' }], agent_b: [{ answer: 'B.', delay: 0.3 }, { vote: 'agent1', delay: 0.3 }] });

describe('watching', () => {
  it('follows a run of another process to its end', async () => {
    const run = startMassgen(['run', '--config', 'slow.json', 'Follow me'], { files: { 'slow.json': SLOW } });
    await run.says('writes its first answer');
    const folder = path.join(run.cwd, '.massgen/massgen_logs');
    expect((await massgen(['logs', 'list', '--status', 'running', '--log-dir', folder])).stdout).toContain('Follow me');
    const [follower, events, live] = await Promise.all([massgen(['logs', 'follow', '--log-dir', folder]), massgen(['logs', 'events', '-f', '--log-dir', folder]), run.ended]);
    expect(follower).toMatchObject({ code: 0, stdout: live.stdout });
    const shown = ({ stderr }: Outcome): readonly string[] => stderr.split('\n').filter((line) => line.startsWith('['));
    expect(shown(follower)).toEqual(shown(live));
    expect(parseLines(events.stdout).at(-1)?.type).toBe('run-end');
  });

  it('ends when the run is killed, and says so; the rest can still be read', async () => {
    const run = startMassgen(['run', '--config', 'slow.json', 'Kill me'], { files: { 'slow.json': SLOW } });
    await run.says('submits answer2.1');
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

describe('massgen logs summary and tools', () => {
  it('give numbers', async () => {
    const summary = await logs(['summary']);
    expect(summary.stdout).toMatch(/rounds {5}9: answer 4, vote 4, failed 1/);
    expect(await json(['summary'])).toMatchObject({ id: ids.revoted, turn: 1, status: 'completed', rounds: { total: 9, by_outcome: { answer: 4, vote: 4, failed: 1 } }, errors: 1 });
    expect((await logs(['tools', '--sort', 'calls'])).stdout).toMatch(/^Tool .*\nnew_answer +workflow +4/);
    expect(await json(['tools'])).toMatchObject({ tools: [{ tool: 'new_answer' }, { tool: 'vote' }] });
    expect((await logs(['tools', ids.failed])).stdout).toBe('no tools were used\n');
  });
});

describe('massgen logs export', () => {
  it('writes Markdown, JSON or HTML, to stdout or to a file that says which', async () => {
    expect((await logs(['export'])).stdout).toMatch(/^# log\\_/);
    expect((await logs(['export', '--format', 'html'])).stdout).toMatch(/^<!doctype html>/);
    expect(await json(['export'])).toMatchObject({ id: ids.revoted });
    const outcome = await logs(['export', ids.agreed, '-o', 'run.html']);
    expect(outcome).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(path.join(outcome.cwd, 'run.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*Yes or no\?[\s\S]*<\/html>\n$/);
    expect(await logs(['export', '-o', 'no/where.md'])).toMatchObject({ code: 1, stderr: 'massgen: cannot write no/where.md: no such file or directory\n' });
  });
});

describe('massgen logs diff', () => {
  it('compares runs and answers', async () => {
    const runs = await logs(['diff', ids.agreed, ids.revoted]);
    expect(runs.stdout).toMatch(/^question +Yes or no\?\n +Which is heavier\?\n[\s\S]*winner +agent_a\n +agent_b\n[\s\S]*-Yes\.\n\+Water \(1\.00/);
    expect((await logs(['diff', 'answer2.1', 'answer2.2'])).stdout).toContain('-Water: 1.00 kg, oil: 0.92 kg.\n+Water (1.00 kg a litre)');
    expect(await json(['diff', `${ids.revoted}:answer2.2`, 'latest:final'])).toMatchObject({ same: true, similarity: 1, hunks: [] });
  });
});

describe('massgen logs rebuild', () => {
  it('makes the derived files again', async () => {
    const folder = copied();
    const turn = path.join(folder, ids.revoted, 'turn_1');
    const before = readFileSync(path.join(turn, 'metrics_summary.json'), 'utf8');
    for (const name of ['metrics_summary.json', 'status.json', 'coordination_table.txt']) rmSync(path.join(turn, name));
    const outcome = await massgen(['logs', 'rebuild', '--json', '--log-dir', folder]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(outcome.stdout)).toMatchObject({ id: ids.revoted, turns: [{ turn: 1, files: expect.arrayContaining(['status.json', 'metrics_summary.json']), problems: [] }] });
    expect(readFileSync(path.join(turn, 'metrics_summary.json'), 'utf8')).toBe(before);
  });
});

describe('massgen logs prune', () => {
  it('deletes what it says in a dry run', async () => {
    const folder = copied();
    const prune = (...args: readonly string[]): Promise<Outcome> => massgen(['logs', 'prune', '--keep', '1', '--log-dir', folder, ...args]);
    const dry = await prune('--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(lines(dry).at(-1)).toMatch(/^2 sessions \(.* kB\) would be deleted, 1 session kept$/);
    expect(readdirSync(folder).length).toBe(3);
    expect(JSON.parse((await prune('--json')).stdout)).toMatchObject({ dry_run: false, kept: 1, deleted: [{ id: ids.failed }, { id: ids.agreed }] });
    expect(readdirSync(folder)).toEqual([ids.revoted]);
  });

  it('keeps what is young', async () => {
    const folder = copied();
    expect((await massgen(['logs', 'prune', '--older-than', '30d', '--log-dir', folder])).stdout).toBe('0 sessions (0 B) deleted, 3 sessions kept\n');
  });
});

describe('massgen logs open', () => {
  const open = (opener: string): Promise<Outcome> => logs(['open', ids.agreed], { files: { 'bin/xdg-open': opener }, through: 'chmod +x bin/xdg-open; PATH="$PWD/bin:$PATH" "$@"' });
  const linux = process.platform === 'linux' ? it : it.skip;

  linux('hands the directory to the desktop, and prints it', async () => {
    const outcome = await open('#!/bin/sh\nprintf "%s" "$1" > opened\n');
    expect(outcome).toMatchObject({ code: 0, stdout: `${path.join(root, ids.agreed)}\n`, stderr: '' });
    expect(readFileSync(path.join(outcome.cwd, 'opened'), 'utf8')).toBe(path.join(root, ids.agreed));
  });

  linux('prints it where there is no desktop', async () => {
    expect(await open('#!/bin/sh\nexit 3\n')).toMatchObject({ code: 1, stdout: `${path.join(root, ids.agreed)}\n`, stderr: 'massgen: xdg-open could not open it (exit code 3); the path is above\n' });
  });
});

describe('massgen logs analyze', () => {
  const JUDGE = teamOf({ judge: [{ answer: '# Report\n\nAll is well.' }] });
  const analyze = (folder: string, ...args: readonly string[]): Promise<Outcome> => massgen(['logs', 'analyze', ids.revoted, '--config', 'judge.json', '--display', 'silent', '--log-dir', folder, ...args], { files: { 'judge.json': JUDGE } });

  it('writes a report through a run, which is not the newest session afterwards', async () => {
    const folder = copied();
    const turn = path.join(folder, ids.revoted, 'turn_1');
    expect(await analyze(folder)).toMatchObject({ code: 0, stdout: '# Report\n\nAll is well.\n', stderr: `massgen: written to ${path.join(turn, 'ANALYSIS_REPORT.md')}\n` });
    expect(readFileSync(path.join(turn, 'ANALYSIS_REPORT.md'), 'utf8')).toBe('# Report\n\nAll is well.\n');
    const [log = ''] = readdirSync(path.join(turn, 'analysis'));
    const [, start] = parseLines(readFileSync(path.join(turn, 'analysis', log, 'turn_1/events.jsonl'), 'utf8'));
    expect(start?.['task']).toMatch(/^Analyse a run of massgen[\s\S]*Figures beat <b>guesses<\/b>\./);
    expect((await massgen(['logs', '--log-dir', folder])).stdout.split('\n').length).toBe(5);
  });

  it('replaces no report unless it is told to', async () => {
    const folder = copied();
    const report = path.join(folder, ids.revoted, 'turn_1/ANALYSIS_REPORT.md');
    writeFileSync(report, 'mine');
    expect(await analyze(folder)).toMatchObject({ code: 1, stderr: `massgen: ${report} is there already; --force replaces it\n` });
    expect(readFileSync(report, 'utf8')).toBe('mine');
    expect((await analyze(folder, '--force')).code).toBe(0);
    expect(readFileSync(report, 'utf8')).toBe('# Report\n\nAll is well.\n');
  });

  it('writes nothing when nobody answers', async () => {
    const folder = copied();
    const outcome = await massgen(['logs', 'analyze', '--config', 'judge.json', '--display', 'silent', '--log-dir', folder], { files: { 'judge.json': FAILURE } });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(path.join(folder, ids.revoted, 'turn_1/ANALYSIS_REPORT.md'))).toBe(false);
  });
});
