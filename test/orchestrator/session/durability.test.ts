import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openRun } from '../../../src/index.js';
import { openSessionLog } from '../../../src/orchestrator/index.js';
import { rebuildSession } from '../../../src/orchestrator/session/rebuild.js';
import { EVENTFUL, agreed, isThere, playSession, readStatus, readText, removeSessions, sessionRoot } from '../../support/session-run.js';

const run = promisify(execFile);
const support = (name: string): string => fileURLToPath(new URL(`../../support/${name}`, import.meta.url));

afterAll(removeSessions);

/** Starts a run in a process of its own that is killed after so many ms; returns its session's directory. */
async function killedAfter(ms: number): Promise<string> {
  const root = sessionRoot();
  const child = spawn(process.execPath, ['--import', 'tsx', support('logged-run.ts'), root, String(ms)], { stdio: 'ignore' });
  await once(child, 'exit');
  const logs = path.join(root, 'logs');
  return isThere(logs) ? path.join(logs, readdirSync(logs)[0] ?? '') : '';
}

describe('an event', () => {
  it('is in the file before its reader sees it', async () => {
    let seen = 0;
    await playSession(EVENTFUL, {
      see: (event, turn) => {
        seen += 1;
        expect(readText(turn, 'events.jsonl')).toContain(`"seq":${String(event.seq)},"type"`);
      },
    });
    expect(seen).toBeGreaterThan(50);
  });

  it('of an answer or a vote is a directory before its reader sees it', async () => {
    await playSession(agreed(), {
      see: (event, turn) => {
        if (event.type !== 'answer-accept') return;
        const [stamp = ''] = readdirSync(path.join(turn, event.agent));
        expect(readText(turn, event.agent, stamp, 'answer.txt')).toBe(event.text);
      },
    });
  });
});

describe('a process that is killed', () => {
  it.each([120, 300, 500, 900])('after %d ms leaves a log that is read and rebuilt', async (ms) => {
    const session = await killedAfter(ms);
    const turn = path.join(session, 'turn_1');
    if (session === '' || !isThere(turn, 'events.jsonl') || readText(turn, 'events.jsonl') === '') return;
    const lines = readText(turn, 'events.jsonl').split('\n').slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as { seq?: number }).seq)).toEqual([undefined, ...lines.slice(1).map((_, index) => index + 1)]);
    const [rebuilt] = await rebuildSession(session);
    expect(rebuilt?.problems).toEqual([]);
    expect(readStatus(turn)).toMatchObject({ finish_reason: 'error', finish_reason_details: 'the process ended without finishing its log', is_complete: true, results: { winner: null } });
    expect(isThere(turn, 'coordination_table.txt')).toBe(true);
  });

  it('in the middle of a line loses that line, and says so', async () => {
    const { turn } = await playSession(EVENTFUL);
    const file = path.join(turn, 'events.jsonl');
    const bytes = readFileSync(file);
    truncateSync(file, bytes.length - 40);
    // A process that is gone: the header's own is this one.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"pid":\d+/u, '"pid":4194304'));
    const [rebuilt] = await rebuildSession(turn);
    expect(rebuilt?.problems).toEqual([expect.stringMatching(/last line is torn/u)]);
    expect(readStatus(turn)).toMatchObject({ finish_reason: 'error', results: { winner: 'agent_a' } });
  });

  it('at any event would have left what can be rebuilt', async () => {
    const { turn } = await playSession(EVENTFUL);
    const file = path.join(turn, 'events.jsonl');
    const lines = readText(file).replace(/"pid":\d+/u, '"pid":4194304').split('\n');
    for (let kept = 1; kept < lines.length - 1; kept += 1) {
      writeFileSync(file, `${lines.slice(0, kept).join('\n')}\n`);
      await rebuildSession(turn);
      expect(readStatus(turn).finish_reason).toBe('error');
    }
  });
});

describe('a thousand runs at once', () => {
  it('have a thousand directories', async () => {
    const root = sessionRoot();
    const claims = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, ['--import', 'tsx', support('claim-directories.ts'), root, '250'])));
    const names = claims.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(new Set(names).size).toBe(1000);
    expect(readdirSync(root)).toHaveLength(1000);
  });

  it('of which two hundred run to their end have each a whole log', async () => {
    const root = sessionRoot();
    const open = await openRun({ config: agreed() as Readonly<Record<string, unknown>>, env: {}, cwd: root, home: root, logDirectory: path.join(root, 'logs') });
    const runs = Array.from({ length: 200 }, () => open.start('All at once?'));
    await Promise.all(runs.map(async ({ events }) => {
      for await (const event of events) if (event.type === 'run-end') expect(event.status).toBe('completed');
    }));
    const turns = runs.map(({ place }) => path.join(place.logDirectory ?? '', 'turn_1'));
    expect(new Set(turns).size).toBe(200);
    expect(turns.filter((turn) => readStatus(turn).is_complete && readText(turn, 'final/one/answer.txt') === 'The agreed answer.')).toHaveLength(200);
  });

  it('or a hundred continued ones a hundred turns', () => {
    const root = sessionRoot();
    const directory = path.join(root, 'log_20261121_101500_000000');
    mkdirSync(directory);
    const logs = Array.from({ length: 100 }, () => openSessionLog({ root, directory, turn: 1, now: () => new Date(), random: Math.random }));
    for (const log of logs) log.close();
    expect(logs.map(({ turn }) => turn)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(readdirSync(directory)).toHaveLength(100);
  });
});

describe('a file that cannot be written', () => {
  it('is said once, and the run and its log go on', async () => {
    const { result, events, turn } = await playSession(EVENTFUL, {
      see: (event, directory) => {
        if (event.type === 'run-start') writeFileSync(path.join(directory, 'agent_a'), 'in the way');
      },
    });
    expect(result.status).toBe('completed');
    const notices = events.filter(({ type }) => type === 'notice');
    expect(notices).toMatchObject([{ message: expect.stringMatching(/some files of the log are missing: .*massgen logs rebuild log_/u) }]);
    expect(events.at(-1)?.type).toBe('run-end');
    expect(readText(turn, 'final/agent_a/answer.txt')).toBe(result.final_answer);
  });

  it('keeps the winner out of status.json when it is the final answer', async () => {
    const { turn, result } = await playSession(agreed(), {
      see: (event, directory) => {
        if (event.type === 'run-start') writeFileSync(path.join(directory, 'final'), 'in the way');
      },
    });
    expect(result.final_answer).toBe('The agreed answer.');
    expect(readStatus(turn)).toMatchObject({ finish_reason: 'error', is_complete: true, results: { winner: null, final_answer_preview: null } });
  });
});

describe('rebuilding', () => {
  it('writes through no link', async () => {
    const { turn } = await playSession(agreed());
    const outside = sessionRoot();
    writeFileSync(path.join(outside, 'precious'), 'mine');
    const { rmSync } = await import('node:fs');
    rmSync(path.join(turn, 'status.json'));
    symlinkSync(path.join(outside, 'precious'), path.join(turn, 'status.json'));
    await rebuildSession(turn);
    expect(readText(outside, 'precious')).toBe('mine');
    expect(readStatus(turn).is_complete).toBe(true);
    rmSync(path.join(turn, 'one'), { recursive: true });
    symlinkSync(outside, path.join(turn, 'one'));
    await expect(rebuildSession(turn)).rejects.toThrow(/not a directory of this log/u);
    expect(readdirSync(outside)).toEqual(['precious']);
  });

  it('leaves a run alone that is still going', async () => {
    await playSession(agreed(), {
      see: async (event, turn) => {
        if (event.type === 'call-start') await expect(rebuildSession(turn)).rejects.toThrow(/still going/u);
      },
    });
  });

  it('refuses a directory without an event log', async () => {
    const folder = sessionRoot();
    await expect(rebuildSession(folder)).rejects.toThrow(/no turn of a session/u);
    mkdirSync(path.join(folder, 'turn_1'));
    await expect(rebuildSession(folder)).rejects.toThrow(/has no events\.jsonl/u);
    writeFileSync(path.join(folder, 'turn_1', 'events.jsonl'), 'hello\n');
    await expect(rebuildSession(folder)).rejects.toThrow(/not an event log/u);
  });
});
