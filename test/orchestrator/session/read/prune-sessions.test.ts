import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pruneSessions } from '../../../../src/orchestrator/session/read/prune-sessions.js';
import { logText, removeFolders, runEnd, runStart, stamped, temporaryFolder, writeSession } from './sessions.js';

afterEach(removeFolders);

const OLD = ['log_20200101_000000_000001', 'log_20200102_000000_000001', 'log_20200103_000000_000001'] as const;
const NEW = 'log_20990101_000000_000001';
const YEAR_2021 = Date.parse('2021-01-01');
const over = (at = '2020-01-01T00:00:00.000Z'): string => logText(stamped([runStart('Why?'), runEnd()]).map((event) => ({ ...event, at })));

/** A log root with three old sessions and a new one, in a folder with other things. */
function logRoot(): string {
  const root = path.join(temporaryFolder(), 'logs');
  for (const name of [...OLD, NEW]) writeSession(root, name, { 'turn_1/events.jsonl': over(), 'turn_1/final/agent_a/answer.txt': 'x' });
  return root;
}

const ids = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id);

describe('pruning', () => {
  it('deletes what is older', async () => {
    const root = logRoot();
    const report = await pruneSessions(root, { before: YEAR_2021 });
    expect(ids(report.deleted)).toEqual(OLD.toReversed());
    expect(report).toMatchObject({ dry_run: false, kept: 1, skipped: [] });
    expect(report.bytes).toBeGreaterThan(300);
    expect(readdirSync(root)).toEqual([NEW]);
  });

  it('keeps the newest', async () => {
    const root = logRoot();
    expect(ids((await pruneSessions(root, { keep: 2 })).deleted)).toEqual([OLD[1], OLD[0]]);
    expect(readdirSync(root)).toEqual([OLD[2], NEW]);
  });

  it('keeps what either wish keeps', async () => {
    const root = logRoot();
    await pruneSessions(root, { before: Date.parse('2020-01-02T12:00'), keep: 3 });
    expect(readdirSync(root)).toEqual([OLD[1], OLD[2], NEW]);
  });

  it('only says so in a dry run', async () => {
    const root = logRoot();
    const dry = await pruneSessions(root, { before: YEAR_2021, dryRun: true });
    expect(readdirSync(root).length).toBe(4);
    const wet = await pruneSessions(root, { before: YEAR_2021 });
    expect(wet).toEqual({ ...dry, dry_run: false });
  });

  it('looks at the newest turn of a session that goes on', async () => {
    const root = logRoot();
    writeSession(root, OLD[0], { 'turn_2/events.jsonl': over('2026-01-01T00:00:00.000Z') });
    await pruneSessions(root, { before: YEAR_2021 });
    expect(readdirSync(root)).toEqual([OLD[0], NEW]);
  });

  it('leaves a run alone that is going on', async () => {
    const root = logRoot();
    writeSession(root, OLD[0], { 'turn_1/events.jsonl': logText(stamped([runStart('Why?')])) });
    const report = await pruneSessions(root, { keep: 0 });
    expect(report.skipped).toEqual([{ id: OLD[0], reason: 'it is running', failed: false }]);
    expect(readdirSync(root)).toEqual([OLD[0]]);
  });

  it('leaves a session alone whose run is about to make its first turn', async () => {
    const root = temporaryFolder();
    writeSession(root, OLD[0], {});
    expect((await pruneSessions(root, { keep: 0 })).skipped).toEqual([{ id: OLD[0], reason: 'it is running', failed: false }]);
    expect(readdirSync(root)).toEqual([OLD[0]]);
  });

  it('leaves a session alone of which an earlier turn is going on', async () => {
    const root = logRoot();
    writeSession(root, OLD[0], { 'turn_1/events.jsonl': logText(stamped([runStart('Why?')])), 'turn_2/events.jsonl': over() });
    await pruneSessions(root, { keep: 0 });
    expect(readdirSync(root)).toEqual([OLD[0]]);
  });

  it('deletes sessions that cannot be read, too', async () => {
    const root = temporaryFolder();
    utimesSync(writeSession(root, OLD[0], {}), new Date(), new Date('2020-01-01'));
    writeSession(root, OLD[1], { 'turn_1/events.jsonl': 'garbage\n' });
    writeSession(root, OLD[2], { 'turn_1/x': '' });
    await pruneSessions(root, { before: YEAR_2021 });
    expect(readdirSync(root)).toEqual([]);
  });

  it('finishes what another left half done', async () => {
    const root = logRoot();
    mkdirSync(path.join(root, '.pruned_0123456789abcdef/turn_1'), { recursive: true });
    await pruneSessions(root, { keep: 9 });
    expect(readdirSync(root)).toEqual([...OLD, NEW]);
  });
});

describe('pruning never deletes', () => {
  /** A treasure outside the log root, which must be there afterwards. */
  const treasure = (root: string): string => {
    const outside = path.join(path.dirname(root), 'treasure');
    mkdirSync(path.join(outside, 'turn_1'), { recursive: true });
    writeFileSync(path.join(outside, 'turn_1/gold.txt'), 'gold');
    return outside;
  };
  const isSafe = (outside: string): boolean => existsSync(path.join(outside, 'turn_1/gold.txt'));

  it('what a link in place of a session leads to, nor the link', async () => {
    const root = logRoot();
    const outside = treasure(root);
    const link = 'log_20190101_000000_000001';
    symlinkSync(outside, path.join(root, link));
    const report = await pruneSessions(root, { keep: 0 });
    expect(report.skipped).toEqual([{ id: link, reason: 'it is a symbolic link', failed: false }]);
    expect(readdirSync(root)).toEqual([link]);
    expect(isSafe(outside)).toBe(true);
  });

  it.each(['turn_1', 'turn_2', 'final', '..data'])('what a link called %s inside a session leads to', async (name) => {
    const root = temporaryFolder();
    const outside = treasure(path.join(root, 'logs'));
    const session = writeSession(path.join(root, 'logs'), OLD[0], { x: '' });
    symlinkSync(outside, path.join(session, name));
    symlinkSync('../../treasure/turn_1/gold.txt', path.join(session, 'file'));
    symlinkSync('/', path.join(session, 'root'));
    symlinkSync('.', path.join(session, 'loop'));
    const report = await pruneSessions(path.join(root, 'logs'), { keep: 0 });
    expect(ids(report.deleted)).toEqual(name === '..data' ? [] : [OLD[0]]);
    expect(isSafe(outside)).toBe(true);
    expect(existsSync('/')).toBe(true);
  });

  it('what a link deep in a turn leads to, however large it looks', async () => {
    const root = logRoot();
    const outside = treasure(root);
    symlinkSync(outside, path.join(root, OLD[0], 'turn_1/final/agent_b'));
    const report = await pruneSessions(root, { before: YEAR_2021 });
    expect(ids(report.deleted)).toContain(OLD[0]);
    expect(isSafe(outside)).toBe(true);
  });

  it.each(['notes', 'log_', 'log_2020', 'log_20200101_000000_000001.bak', 'log_20200101', 'LOG_20200101_000000_000001', '.pruned_x', '.pruned_0123456789abcdefg'])('a directory called %s', async (name) => {
    const root = temporaryFolder();
    mkdirSync(path.join(root, name, 'turn_1'), { recursive: true });
    expect(await pruneSessions(root, { keep: 0 })).toMatchObject({ deleted: [], skipped: [] });
    expect(existsSync(path.join(root, name, 'turn_1'))).toBe(true);
  });

  it('a file with the name of a session, or a directory with that name that holds something else', async () => {
    const root = temporaryFolder();
    writeFileSync(path.join(root, OLD[0]), 'x');
    writeSession(root, OLD[1], { 'src/index.ts': 'x' });
    expect((await pruneSessions(root, { keep: 0 })).skipped).toEqual([{ id: OLD[1], reason: 'it holds something else than a session', failed: false }]);
    expect(readdirSync(root)).toEqual([OLD[0], OLD[1]]);
  });

  it('another directory than the one that the root links to', async () => {
    const root = logRoot();
    const outside = treasure(root);
    const link = path.join(path.dirname(root), 'link');
    symlinkSync(root, link);
    await pruneSessions(link, { before: YEAR_2021 });
    expect(readdirSync(root)).toEqual([NEW]);
    expect(isSafe(outside)).toBe(true);
  });
});
