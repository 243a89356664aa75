import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openSessionLog, type LogFiles, type RunEvent } from '../../../src/orchestrator/index.js';
import { rebuildSession } from '../../../src/orchestrator/session/rebuild.js';
import { EVENTFUL, agreed, filesBelow, oneAgent, playSession, readText, removeSessions, sessionRoot } from '../../support/session-run.js';

afterAll(removeSessions);

const bytesBelow = (directory: string): ReadonlyMap<string, string> => new Map(filesBelow(directory).map((name) => [name, readFileSync(path.join(directory, name), 'latin1')]));

/** Logs events in a directory that has the same name each time; returns the turn's. */
async function logged(root: string, events: readonly RunEvent[], files: LogFiles): Promise<string> {
  const log = openSessionLog({ root, turn: 1, files, now: () => new Date('2026-01-30T09:15:00.000Z'), random: () => 0.5 });
  for (const event of events) expect(await log.append([event])).toBeUndefined();
  log.close();
  return path.join(log.directory ?? '', 'turn_1');
}

describe('a log of events alone', () => {
  it('is events.jsonl and the final answer, whole, where the result says', async () => {
    const { turn, result } = await playSession(agreed('Forty\r\ntwo ☃'), { logFiles: 'events' });
    expect(filesBelow(turn)).toEqual(['events.jsonl', 'final/one/answer.txt']);
    expect(readText(turn, 'final/one/answer.txt')).toBe('Forty\r\ntwo ☃');
    expect(result.final_answer_path).toBe(path.join(turn, 'final'));
  });

  it('becomes the log of all files, byte for byte, when it is rebuilt', async () => {
    const { events } = await playSession(EVENTFUL);
    const root = sessionRoot();
    const whole = await logged(root, events, 'all');
    const before = bytesBelow(whole);
    rmSync(path.dirname(whole), { recursive: true });
    const turn = await logged(root, events, 'events');
    expect(turn).toBe(whole);
    expect(filesBelow(turn)).toHaveLength(2);
    await rebuildSession(turn);
    const after = bytesBelow(turn);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, bytes] of before) expect([name, after.get(name)]).toEqual([name, bytes]);
  });

  it('has the answer before anyone hears of it', async () => {
    let seen: string | null = null;
    await playSession(agreed(), { logFiles: 'events', see: (event, turn) => {
      if (event.type === 'answer-final') seen = readText(turn, 'final/one/answer.txt');
    } });
    expect(seen).toBe('The agreed answer.');
  });

  it('of a run without an answer can be rebuilt too', async () => {
    const { turn } = await playSession(oneAgent({ fault: 'rejected' }), { logFiles: 'events' });
    expect(filesBelow(turn)).toEqual(['events.jsonl']);
    await rebuildSession(turn);
    expect(JSON.parse(readText(turn, 'status.json'))).toMatchObject({ is_complete: true, finish_reason: 'error' });
  });

  it('puts an agent whose name is no folder where the other files have it', async () => {
    const config = { agents: [{ id: 'final', backend: { type: 'scripted', script: [{ text: 'mine' }] } }] };
    const { turn } = await playSession(config, { logFiles: 'events' });
    const alone = filesBelow(turn);
    await rebuildSession(turn);
    expect(filesBelow(turn)).toEqual(expect.arrayContaining([...alone]));
    expect(filesBelow(turn).filter((name) => /^final\/.*answer\.txt$/u.test(name))).toHaveLength(1);
  });

  it('says so when the answer cannot be written', async () => {
    const { events } = await playSession(agreed());
    const log = openSessionLog({ root: sessionRoot(), turn: 1, files: 'events', now: () => new Date(), random: Math.random });
    writeFileSync(path.join(log.directory ?? '', 'turn_1', 'final'), 'in the way');
    const warnings = [];
    for (const event of events) warnings.push(await log.append([event]));
    log.close();
    expect(warnings.filter((each) => each !== undefined)).toEqual([expect.stringMatching(/some files of the log are missing: .*EEXIST.*massgen logs rebuild/u)]);
  });
});
