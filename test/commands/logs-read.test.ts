import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, parseLines } from '../support/massgen-process.js';
import { removeFolders } from '../orchestrator/session/read/sessions.js';
import { createLogsWorld, type LogsWorld } from './logs-world.js';

let world: LogsWorld;

beforeAll(async () => {
  world = await createLogsWorld();
});

afterAll(async () => {
  await cleanUp();
  await removeFolders();
});

describe('massgen logs show', () => {
  it('has answer, votes with reasons, agents, timeline and errors', async () => {
    const { code, stdout, stderr } = await world.logs(['show']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of ['question   Which is heavier?', 'winner     agent_b (agent_b 2 votes', 'Final answer (agent_b, the winning answer as it stands)', 'that is why oil floats.', 'superseded  It names the densities.', 'counted     It is complete.', 'agent_c    scripted canned  failed', 'agent_c fails: ', 'Errors']) expect(stdout).toContain(part);
    expect(stdout).not.toContain('Missing');
  });

  it('tells why a run failed', async () => {
    expect((await world.logs(['show', world.ids.failed])).stdout).toMatch(/status {5}failed after \d+ ms: no agent answered \(agent_a: /);
  });

  it('as JSON has the documented fields', async () => {
    const session: { readonly id: string; readonly turns: readonly object[] } = await world.json(['show', world.ids.revoted.slice(-13)]);
    expect(Object.keys(session)).toEqual(['id', 'directory', 'turn_count', 'turns']);
    const documented = [...readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8').matchAll(/^\| `(\w+)` \|/gmu)].map(([, field]) => field);
    expect(Object.keys(session.turns[0] ?? {}).filter((field) => !documented.includes(field))).toEqual([]);
  });

  it('follows the path of a session anywhere', async () => {
    expect((await massgen(['logs', 'show', path.join(world.root, world.ids.agreed, 'turn_1')])).stdout).toContain('Yes or no?');
  });
});

/** All names of fields in a value, those of maps by agent, tool, outcome or backend aside. */
function fieldsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  const maps = ['counts', 'by_outcome', 'outcomes', 'by_backend'];
  return Object.entries(value).flatMap(([name, child]) => [name, ...fieldsOf(maps.includes(name) ? Object.values(child as object) : child)]);
}

describe('the JSON of every command', () => {
  const COMMANDS: readonly (readonly [command: string, args: readonly string[], top: readonly string[]])[] = [
    ['list', [], ['log_root', 'sessions']],
    ['show', [], ['id', 'directory', 'turn_count', 'turns']],
    ['answer', [], ['id', 'turn', 'agent', 'label', 'text', 'source', 'marks']],
    ['answer', ['--label', 'answer2.1'], ['id', 'turn', 'label', 'agent', 'seconds', 'text', 'current']],
    ['summary', [], ['id', 'directory', 'turn', 'status', 'question', 'winner', 'started_at', 'duration_seconds', 'error', 'vote_results', 'totals', 'rounds', 'call_times', 'errors', 'tools', 'per_agent', 'missing']],
    ['tools', [], ['id', 'turn', 'tools']],
    ['export', [], ['id', 'directory', 'turn_count', 'turns']],
    ['diff', ['latest', 'answer2.1'], ['a', 'b', 'same', 'similarity', 'facts', 'hunks']],
    ['rebuild', [], ['id', 'directory', 'turns']],
    ['prune', ['--keep', '99', '--dry-run'], ['dry_run', 'root', 'deleted', 'bytes', 'kept', 'skipped']],
  ];

  it.each(COMMANDS)('%s %j is as documented', async (command, args, top) => {
    const value: object = await world.json([command, ...args]);
    const words = new Set([...readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8').matchAll(/[`"](\w+)[`"]/gu)].map(([, word]) => word));
    expect(Object.keys(value).sort()).toEqual([...top].sort());
    expect([...new Set(fieldsOf(value))].filter((field) => !words.has(field))).toEqual([]);
  });
});

describe('massgen logs answer', () => {
  it('prints the final answer alone, or another', async () => {
    expect(await world.logs(['answer', world.ids.agreed])).toMatchObject({ code: 0, stdout: 'Yes.\n', stderr: '' });
    expect(await world.logs(['answer', world.ids.agreed, '--label', 'answer2.1'])).toMatchObject({ code: 0, stdout: 'No.\n', stderr: '' });
    expect(await world.json(['answer', world.ids.agreed])).toMatchObject({ id: world.ids.agreed, turn: 1, agent: 'agent_a', text: 'Yes.' });
  });

  it('says why there is none', async () => {
    expect(await world.logs(['answer', world.ids.failed])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^massgen: turn 1 of log_\d+_\d+_\d+ has no final answer \(failed: no agent answered/) });
  });
});

describe('massgen logs events', () => {
  it('prints what was logged', async () => {
    const [, ...logged] = parseLines(readFileSync(path.join(world.root, world.ids.revoted, 'turn_1/events.jsonl'), 'utf8'));
    expect(parseLines((await world.logs(['events'])).stdout)).toEqual(logged);
  });

  it('can be asked for some', async () => {
    const events = parseLines((await world.logs(['events', '--type', 'vote-cast,agent-fail', '--agent', 'agent_c'])).stdout);
    expect(events.map(({ type, agent }) => `${type} ${String(agent)}`)).toEqual(['vote-cast agent_c', 'agent-fail agent_c']);
  });

  it('says what no event has, with the nearest name that one has', async () => {
    expect(await world.logs(['events', '--type', 'vote-casts,zzz', '--agent', 'agent_q'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'massgen: no event of this turn matches; there is no "vote-casts" (did you mean vote-cast?), "zzz", "agent_q" (did you mean agent_a?) in it\n',
    });
    expect((await world.logs(['events', '--type', 'vote-cast'])).stderr).toBe('');
  });

  it('tells of a torn line', async () => {
    const folder = world.copied();
    writeFileSync(path.join(folder, world.ids.revoted, 'turn_1/events.jsonl'), '{"torn', { flag: 'a' });
    expect((await massgen(['logs', 'events', '--log-dir', folder])).stderr).toBe('massgen: the last line is torn (6 bytes without an end) and is dropped\n');
  });
});

describe('massgen logs summary and tools', () => {
  it('give numbers', async () => {
    const summary = await world.logs(['summary']);
    expect(summary.stdout).toMatch(/rounds {5}9: answer 4, vote 4, failed 1/);
    expect(await world.json(['summary'])).toMatchObject({ id: world.ids.revoted, turn: 1, status: 'completed', rounds: { total: 9, by_outcome: { answer: 4, vote: 4, failed: 1 } }, errors: 1 });
    expect((await world.logs(['tools', '--sort', 'calls'])).stdout).toMatch(/^Tool .*\nnew_answer +workflow +4/);
    expect(await world.json(['tools'])).toMatchObject({ tools: [{ tool: 'new_answer' }, { tool: 'vote' }] });
    expect((await world.logs(['tools', world.ids.failed])).stdout).toBe('no tools were used\n');
  });
});

describe('massgen logs export', () => {
  it('writes Markdown, JSON or HTML, to stdout or to a file that says which', async () => {
    expect((await world.logs(['export'])).stdout).toMatch(/^# log\\_/);
    expect((await world.logs(['export', '--format', 'html'])).stdout).toMatch(/^<!doctype html>/);
    expect(await world.json(['export'])).toMatchObject({ id: world.ids.revoted });
    const outcome = await world.logs(['export', world.ids.agreed, '-o', 'run.html']);
    expect(outcome).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(path.join(outcome.cwd, 'run.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*Yes or no\?[\s\S]*<\/html>\n$/);
    expect(await world.logs(['export', '-o', 'no/where.md'])).toMatchObject({ code: 1, stderr: 'massgen: cannot write no/where.md: no such file or directory\n' });
  });
});

describe('massgen logs diff', () => {
  it('compares runs and answers', async () => {
    const runs = await world.logs(['diff', world.ids.agreed, world.ids.revoted]);
    expect(runs.stdout).toMatch(/^question +Yes or no\?\n +Which is heavier\?\n[\s\S]*winner +agent_a\n +agent_b\n[\s\S]*-Yes\.\n\+Water \(1\.00/);
    expect((await world.logs(['diff', 'answer2.1', 'answer2.2'])).stdout).toContain('-Water: 1.00 kg, oil: 0.92 kg.\n+Water (1.00 kg a litre)');
    expect(await world.json(['diff', `${world.ids.revoted}:answer2.2`, 'latest:final'])).toMatchObject({ same: true, similarity: 1, hunks: [] });
  });
});
