import { chmodSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, temporaryFolder } from '../support/massgen-process.js';
import { HEADER, logText, removeFolders, runStart, stamped, writeSession } from '../orchestrator/session/read/sessions.js';
import { createLogsWorld, lines, type LogsWorld } from './logs-world.js';

let world: LogsWorld;

beforeAll(async () => {
  world = await createLogsWorld();
});

afterAll(async () => {
  await cleanUp();
  await removeFolders();
});

describe('massgen logs', () => {
  it('lists the sessions, the newest first', async () => {
    const outcome = await world.logs([]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const [head, ...rows] = lines(outcome);
    expect(head).toMatch(/^When +Status +Winner +Agents +Turns +Duration +Cost +Question +ID$/);
    expect(rows.map((row) => row.replace(/ {2,}/g, '|').split('|').slice(1, 3).join(' '))).toEqual(['completed agent_b', 'failed -', 'completed agent_a']);
    expect(rows[0]).toMatch(/ Which is heavier\? .*\d{6}_\d{6}$/);
    expect((await world.logs(['list'])).stdout).toBe(outcome.stdout);
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
    const listed: { readonly log_root: string; readonly sessions: readonly { readonly id: string }[] } = await world.json(args);
    expect(listed.log_root).toBe(world.root);
    expect(listed.sessions.map(({ id }) => id)).toEqual(sessions.map((name) => world.ids[name]));
  });

  it('says when there is more, when nothing fits, and when there is nothing', async () => {
    expect((await world.logs(['--limit', '1'])).stderr).toBe('massgen: 1 of 3 sessions are shown; --limit 0 shows all\n');
    expect(await world.logs(['--search', 'zebra'])).toMatchObject({ code: 0, stdout: '', stderr: `massgen: none of the 3 sessions in ${world.root} matches\n` });
    expect(await massgen(['logs'])).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^massgen: there are no sessions in .*\.massgen\/massgen_logs\n$/) });
    expect(await massgen(['logs', '--json'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/"sessions":\[\n\]\}\n$/) });
  });

  it('finds the directory in the environment, in .env, or where runs write', async () => {
    const [env, file, plain] = await Promise.all([massgen(['logs'], { env: { MASSGEN_LOG_DIR: world.root } }), massgen(['logs'], { files: { '.env': `MASSGEN_LOG_DIR=${world.root}\n` } }), massgen(['logs'], { files: { '.massgen/massgen_logs/log_20260130_101500_123456/turn_1/events.jsonl': logText(stamped([runStart('Here?')])) } })]);
    for (const outcome of [env, file]) expect(lines(outcome).length).toBe(4);
    expect(plain.stdout).toContain('Here?');
  });

  it('is quiet when its reader leaves early', async () => {
    expect(await world.logs(['show'], { through: '"$@" | head -1' })).toMatchObject({ stderr: '', stdout: `${world.ids.revoted}, turn 1 of 1\n` });
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
    const outcome = await world.logs(args);
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
    const folder = world.copied();
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o555);
    chmodSync(folder, 0o555);
    expect((await massgen(['logs', 'show', '--log-dir', folder])).code).toBe(0);
    chmodSync(folder, 0o755);
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o755);
  });
});
