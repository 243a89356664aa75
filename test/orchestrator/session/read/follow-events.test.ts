import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openRun } from '../../../../src/index.js';
import type { RunEvent } from '../../../../src/orchestrator/index.js';
import { followEvents, type FollowOptions } from '../../../../src/orchestrator/session/read/follow-events.js';
import { createProblemList } from '../../../../src/orchestrator/session/read/problem-list.js';
import { eventsOfTurn } from '../../../../src/orchestrator/session/read/read-session.js';
import { replayEvents } from '../../../../src/orchestrator/session/read/replay-events.js';
import { until } from '../../../support/until.js';
import { FAILURE_AND_REVOTE, HEADER, answerFinal, collect, logText, removeFolders, runEnd, runStart, stamped, temporaryFolder } from './sessions.js';

afterEach(removeFolders);

const FAST = { pollMs: 5, patience: 4 };
const EVENTS = stamped([runStart('Why?'), answerFinal('Because.'), runEnd()]);
const NOBODY = 4_194_304;

function turn(): { readonly directory: string; readonly file: string } {
  const directory = temporaryFolder();
  return { directory, file: path.join(directory, 'events.jsonl') };
}

function following(directory: string, options: FollowOptions = FAST) {
  const problems = createProblemList();
  const seen: RunEvent[] = [];
  const ended = (async () => {
    for await (const batch of followEvents(directory, problems, options)) seen.push(...batch);
  })();
  return { seen, ended, problems: () => problems.all().map(({ message }) => message) };
}

describe('following a turn', () => {
  it('sees every event of a run that is going on, and ends with it', async () => {
    const root = temporaryFolder();
    const open = await openRun({ config: FAILURE_AND_REVOTE, logDirectory: root, env: {}, cwd: root, home: root });
    const { events, place } = open.start('Which is heavier?');
    const first = await events.next();
    const follower = following(path.join(place.logDirectory ?? '', 'turn_1'));
    const written = [first.value!, ...(await collect(events))];
    await follower.ended;
    expect(follower.seen).toEqual(JSON.parse(JSON.stringify(written)));
    expect(follower.problems()).toEqual([]);
  });

  it('gives an event as soon as its line is whole, however it is written', async () => {
    const { directory, file } = turn();
    writeFileSync(file, '');
    const follower = following(directory, { ...FAST, patience: 1000 });
    const bytes = Buffer.from(logText(EVENTS));
    for (let at = 0; at < bytes.length; at += 97) {
      appendFileSync(file, bytes.subarray(at, at + 97));
      if (at % 5 === 0) await sleep(1);
    }
    await follower.ended;
    expect(follower.seen).toEqual(EVENTS);
  });

  it('waits for a log that is not there yet', async () => {
    const { directory, file } = turn();
    const follower = following(directory, { pollMs: 5, patience: 400 });
    await sleep(30);
    writeFileSync(file, logText(EVENTS));
    await follower.ended;
    expect(follower.seen.length).toBe(3);
  });

  it('does not wait for ever', async () => {
    const { directory } = turn();
    await expect(following(directory).ended).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(collect(eventsOfTurn(directory, createProblemList(), FAST))).rejects.toMatchObject({ code: 'log-refused', message: `${directory} has no events.jsonl; massgen logs show reads what else is there` });
  });

  it.each([
    ['', 'the process that wrote this log is gone; the log has no end'],
    ['{"type":"run-e', 'the process that wrote this log is gone; its last line is torn and is dropped'],
  ])('ends when the process that writes it is gone, leaving %j', async (rest, problem) => {
    const { directory, file } = turn();
    writeFileSync(file, logText(EVENTS.slice(0, 1), { ...HEADER, pid: NOBODY, host: hostname() }) + rest);
    const follower = following(directory);
    await follower.ended;
    expect([follower.seen.length, follower.problems()]).toEqual([1, [problem]]);
  });

  it('goes on while its process lives, however silent it is', async () => {
    const { directory, file } = turn();
    writeFileSync(file, logText(EVENTS.slice(0, 2), { ...HEADER, pid: process.pid, host: hostname() }));
    const follower = following(directory);
    await until(() => follower.seen.length === 2);
    await sleep(100);
    appendFileSync(file, `${JSON.stringify(EVENTS[2])}\n`);
    await follower.ended;
    expect(follower.seen.length).toBe(3);
  });

  it('ends when it is told to', async () => {
    const { directory, file } = turn();
    writeFileSync(file, logText(EVENTS.slice(0, 1), { ...HEADER, pid: process.pid, host: hostname() }));
    const leave = new AbortController();
    const follower = following(directory, { ...FAST, signal: leave.signal });
    await until(() => follower.seen.length === 1);
    leave.abort();
    await follower.ended;
    expect(follower.seen.length).toBe(1);
  });

  it('outlives the deletion of what it reads', async () => {
    const { directory, file } = turn();
    writeFileSync(file, logText(EVENTS.slice(0, 1), { ...HEADER, pid: NOBODY, host: hostname() }));
    const follower = following(directory, { pollMs: 5, patience: 30 });
    await until(() => follower.seen.length === 1);
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    await follower.ended;
    expect(follower.problems().length).toBe(1);
  });
});

describe('a replay', () => {
  const at = (times: readonly number[]): readonly RunEvent[] => stamped([runStart('Why?'), ...times.slice(1).map(() => ({ type: 'notice', level: 'info', message: 'x' }))]).map((event, index) => ({ ...event, t: times[index] ?? 0 }));
  const timed = async (times: readonly number[], options: Parameters<typeof replayEvents>[1]): Promise<readonly number[]> => {
    const begun = performance.now();
    const seen: number[] = [];
    async function* batches() {
      yield at(times).slice(0, 2);
      yield at(times).slice(2);
    }
    const events = replayEvents(batches(), options);
    while ((await events.next()).done !== true) seen.push(performance.now() - begun);
    return seen;
  };

  it('takes its time, as often faster as it is told', async () => {
    const [one, two, three] = await timed([0, 200, 400], { speed: 2 });
    expect(one).toBeLessThan(5000);
    expect(two).toBeGreaterThan(90);
    expect(three).toBeGreaterThan(190);
    expect(three).toBeLessThan(10_000);
  });

  it('takes none at speed 0, and no longer pauses than it may', async () => {
    expect((await timed([0, 60_000, 120_000], { speed: 0 })).at(-1)).toBeLessThan(10_000);
    expect((await timed([0, 60_000, 120_000], { speed: 1, longestPauseMs: 50 })).at(-1)).toBeLessThan(10_000);
  });

  it('does not mind a clock that went back', async () => {
    expect((await timed([100, 50, 0, 150], { speed: 10 })).length).toBe(4);
  });

  it('passes over events that nobody knows, and ends when nobody watches', async () => {
    async function* batches() {
      yield stamped([runStart('Why?'), { type: 'telepathy' }, runEnd()]);
    }
    expect((await collect(replayEvents(batches(), { speed: 0 }))).map(({ type }) => type)).toEqual(['run-start', 'run-end']);
    expect(await collect(replayEvents(batches(), { speed: 0, until: () => true }))).toEqual([]);
  });
});
