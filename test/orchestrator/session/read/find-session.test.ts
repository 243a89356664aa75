import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findSession } from '../../../../src/orchestrator/session/read/find-session.js';
import { chooseTurns } from '../../../../src/orchestrator/session/read/read-session.js';
import { logText, removeFolders, runEnd, runStart, stamped, temporaryFolder, writeSession } from './sessions.js';

afterEach(removeFolders);

const NAMES = ['log_20260130_101500_123456', 'log_20260130_101500_999999', 'log_20260201_080000_000001'] as const;

function root(): string {
  const folder = temporaryFolder();
  for (const name of NAMES) mkdirSync(path.join(folder, name, 'turn_1'), { recursive: true });
  return folder;
}

describe('a session is found', () => {
  it.each([
    ['latest', NAMES[2]],
    [NAMES[0], NAMES[0]],
    ['123456', NAMES[0]],
    ['101500_9', NAMES[1]],
    ['20260201', NAMES[2]],
    ['log_202602', NAMES[2]],
    ['20260201_080000', NAMES[2]],
  ])('by %s', async (wanted, name) => {
    const folder = root();
    expect(await findSession(folder, wanted)).toEqual({ id: name, directory: path.join(folder, name) });
  });

  it('as latest by its time, whatever somebody put beside the sessions', async () => {
    const folder = root();
    mkdirSync(path.join(folder, 'log_old_backup', 'turn_1'), { recursive: true });
    expect(await findSession(folder, 'latest')).toMatchObject({ id: NAMES[2] });
    expect(await findSession(folder, 'log_old_backup')).toMatchObject({ id: 'log_old_backup' });
    await expect(findSession(folder, 'latst')).rejects.toThrow('did you mean latest?');
  });

  it('by its path, also one of a turn', async () => {
    const folder = root();
    const directory = path.join(folder, NAMES[0]);
    expect(await findSession('/nowhere', directory)).toEqual({ id: NAMES[0], directory });
    expect(await findSession('/nowhere', path.join(directory, 'turn_1', ''))).toEqual({ id: NAMES[0], directory, turn: 1 });
  });

  it('by the id that a run reports', async () => {
    const folder = root();
    const directory = writeSession(folder, 'log_20260101_000000_000000', { 'turn_1/events.jsonl': logText(stamped([runStart('Why?'), runEnd()])) });
    expect(await findSession(folder, '01M7YXZC06QR2Z3GXHBQDWCQ6G')).toMatchObject({ directory });
  });

  it('by an id that somebody chose, however short, also where names have it in them', async () => {
    const folder = root();
    const named = (id: string, name: string): string => writeSession(folder, name, { 'turn_1/events.jsonl': logText(stamped([{ ...runStart('Why?'), session: id }, runEnd()])) });
    const [mine, digits] = [named('mine', 'log_20260101_000000_000000'), named('2026', 'log_20260101_000001_000000')];
    expect(await findSession(folder, 'mine')).toMatchObject({ directory: mine });
    expect(await findSession(folder, '2026')).toMatchObject({ directory: digits });
    await expect(findSession(folder, 'yours')).rejects.toThrow('there is no session "yours"');
  });

  it('as latest in the directory of a session itself', async () => {
    const directory = path.join(root(), NAMES[1]);
    expect(await findSession(directory, 'latest')).toEqual({ id: NAMES[1], directory });
  });
});

describe('a session is not found', () => {
  it.each([
    ['1015', /^2 sessions have "1015" in their name \(log_20260130_101500_999999, log_20260130_101500_123456\); give more of it$/],
    ['log_20260130_101500_123455', /did you mean log_20260130_101500_123456/],
    ['080001_000001', /did you mean log_20260201_080000_000001\?$/],
    ['080001', /did you mean log_20260201_080000_000001\?$/],
    ['whatever', /there is no session "whatever" in .*; massgen logs lists them$/],
    ['', /there is no session "" in /],
    ['./nowhere', /^there is no directory \.\/nowhere$/],
    ['../log_20260130_101500_123456', /^there is no directory/],
  ])('by %j, and that is said with what is close', async (wanted, message) => {
    await expect(findSession(root(), wanted)).rejects.toMatchObject({ code: 'usage-invalid', message: expect.stringMatching(message) });
  });

  it('in an empty directory', async () => {
    const folder = temporaryFolder();
    await expect(findSession(folder, 'latest')).rejects.toMatchObject({ code: 'usage-invalid', message: `there is no session in ${folder}` });
  });
});

describe('a turn', () => {
  const place = { id: NAMES[0], directory: '' };
  const session = (): string => writeSession(temporaryFolder(), NAMES[0], { 'turn_1/x': '', 'turn_2/x': '', 'turn_10/x': '', 'turn_x/x': '', 'turn_03/x': '', other: '' });

  it('is the newest by number, one that is named, or all', () => {
    const directory = session();
    const numbers = (choice: Parameters<typeof chooseTurns>[1], turn?: number) => chooseTurns({ ...place, directory, ...(turn === undefined ? {} : { turn }) }, choice).map((each) => each.turn);
    expect([numbers('newest'), numbers(2), numbers('all'), numbers('newest', 1)]).toEqual([[10], [2], [1, 2, 10], [1]]);
  });

  it('that is not there is refused with those that are', () => {
    expect(() => chooseTurns({ ...place, directory: session() }, 3)).toThrow(`${NAMES[0]} has no turn 3; it has turns 1, 2, 10`);
  });
});
