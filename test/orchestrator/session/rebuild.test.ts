import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { openRun } from '../../../src/index.js';
import { rebuildSession } from '../../../src/orchestrator/session/rebuild.js';
import { EVENTFUL, agreed, filesBelow, oneAgent, playSession, readStatus, readText, removeSessions, sessionRoot } from '../../support/session-run.js';

const zone = process.env['TZ'];

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});
afterAll(removeSessions);

/** Does something without the rights of root, who may write everything. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

const bytesBelow = (directory: string): ReadonlyMap<string, string> => new Map(filesBelow(directory).map((name) => [name, readFileSync(path.join(directory, name), 'latin1')]));

function removeDerived(turn: string): void {
  for (const name of readdirSync(turn)) if (name !== 'events.jsonl') rmSync(path.join(turn, name), { recursive: true });
}

describe('a rebuilt session', () => {
  it('is the same, byte for byte, in another time zone too', async () => {
    const { turn } = await playSession(EVENTFUL, { cliArguments: { prompt: 'How much?' }, prompt: 'Wie viel?\nZwei Zeilen: 漢字 🙂' });
    const before = bytesBelow(turn);
    expect(before.size).toBeGreaterThan(35);
    removeDerived(turn);
    process.env['TZ'] = 'Asia/Kathmandu';
    const [rebuilt] = await rebuildSession(path.dirname(turn));
    const after = bytesBelow(turn);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, bytes] of before) expect([name, after.get(name)]).toEqual([name, bytes]);
    expect(rebuilt).toMatchObject({ turn: 1, directory: turn, problems: [], files: [...before.keys()].filter((name) => name !== 'events.jsonl') });
  });

  it.each([
    ['failed', { agents: ['one', 'two'].map((id) => ({ id, backend: { type: 'scripted', script: [{ fault: 'rejected' }] } })) }, {}],
    ['timed out', oneAgent({ fault: 'silence' }), { timeoutSeconds: 0.4 }],
    ['was cancelled', oneAgent({ fault: 'silence' }), { signal: AbortSignal.timeout(150) }],
    ['was retried', oneAgent({ fault: 'reset', text: 'some words before', after: 2 }, { reasoning: 'again', text: 'All of it.' }), {}],
    ['grew for a while', oneAgent({ pace: 0.05, text: Array.from({ length: 50 }, (_, index) => `word${String(index)}`).join(' ') }), {}],
  ] as const)('is the same when the run %s', async (_how, config, options) => {
    const { turn } = await playSession(config, options);
    const before = bytesBelow(turn);
    removeDerived(turn);
    await rebuildSession(turn);
    expect(bytesBelow(turn)).toEqual(before);
  });

  it('is the same when the run stopped over a prompt of five million characters', async () => {
    const { turn } = await playSession(oneAgent({ fault: 'rejected' }), { prompt: `${'é'.repeat(2_500_000)}\n${'é\n'.repeat(1_250_000)}` });
    const before = bytesBelow(turn);
    expect(before.get('execution_metadata.yaml')?.length).toBeGreaterThan(5_000_000);
    removeDerived(turn);
    await rebuildSession(turn);
    const after = bytesBelow(turn);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, bytes] of before) expect([name, after.get(name) === bytes]).toEqual([name, true]);
  });

  it('is the same when it is the second turn of a session', async () => {
    const root = sessionRoot();
    const { turn: first } = await playSession(agreed(), { root });
    const open = await openRun({ session: path.basename(path.dirname(first)), env: {}, cwd: root, home: root, logDirectory: path.join(root, 'logs') });
    for await (const event of open.start('And twice that?').events) expect(event.seq).toBeGreaterThan(0);
    const session = path.dirname(first);
    const before = bytesBelow(session);
    expect(before.has('turn_2/final/one/answer.txt')).toBe(true);
    for (const name of ['turn_1', 'turn_2']) removeDerived(path.join(session, name));
    await rebuildSession(session);
    expect(bytesBelow(session)).toEqual(before);
  });

  it('is the same when it is rebuilt over itself', async () => {
    const { turn } = await playSession(EVENTFUL);
    const before = bytesBelow(turn);
    await rebuildSession(turn);
    await rebuildSession(turn);
    expect(bytesBelow(turn)).toEqual(before);
  });

  it('needs nothing of the header but format and version', async () => {
    const { turn } = await playSession(EVENTFUL);
    const file = path.join(turn, 'events.jsonl');
    const [, ...lines] = readText(file).split('\n');
    writeFileSync(file, ['{"type":"log-header","format":"massgen-events","version":1}', ...lines].join('\n'));
    removeDerived(turn);
    await rebuildSession(turn);
    expect(readStatus(turn)).toMatchObject({ is_complete: true, meta: { log_dir: turn, session_id: path.basename(path.dirname(turn)) } });
    expect(readText(turn, 'execution_metadata.yaml')).toMatch(/^query: "How much is six times seven\?"\n/u);
  });

  it('in a directory that may not be written is refused with its name, and stays as it is', async () => {
    const root = sessionRoot();
    const { turn } = await playSession(EVENTFUL, { root });
    const before = bytesBelow(turn);
    chmodSync(root, 0o755);
    chmodSync(turn, 0o555);
    try {
      await asNobody(async () => {
        await expect(rebuildSession(turn)).rejects.toMatchObject({ code: 'log-refused', message: `cannot write ${turn}: permission denied` });
      });
      chmodSync(root, 0o700);
      chmodSync(path.join(turn, 'events.jsonl'), 0);
      await asNobody(async () => {
        await expect(rebuildSession(turn)).rejects.toMatchObject({ code: 'log-refused', message: `${turn}: it may not be read` });
      });
    } finally {
      chmodSync(turn, 0o755);
      chmodSync(path.join(turn, 'events.jsonl'), 0o644);
    }
    expect(bytesBelow(turn)).toEqual(before);
  });

  it('into which a file cannot be put keeps all that it had', async () => {
    const { turn } = await playSession(EVENTFUL);
    const before = bytesBelow(turn);
    rmSync(path.join(turn, 'agent_outputs'), { recursive: true });
    writeFileSync(path.join(turn, 'agent_outputs'), 'in the way');
    writeFileSync(path.join(turn, 'status.json'), 'old');
    await expect(rebuildSession(turn)).rejects.toMatchObject({ code: 'log-refused', message: expect.stringContaining(`${path.join(turn, 'agent_outputs')} is not a directory of this log`) });
    expect(readText(turn, 'status.json')).toBe('old');
    expect([...bytesBelow(turn).keys()]).toEqual(['agent_outputs', ...[...before.keys()].filter((name) => !name.startsWith('agent_outputs/'))].sort());
  });

  it('takes away what a rebuild left that died long ago', async () => {
    const { turn } = await playSession(EVENTFUL);
    for (const [name, days] of [['.rebuild_old', 2], ['.rebuild_new', 0]] as const) {
      mkdirSync(path.join(turn, name));
      utimesSync(path.join(turn, name), new Date(), new Date(Date.now() - days * 86_400_000));
    }
    await rebuildSession(turn);
    expect(readdirSync(turn).filter((name) => name.startsWith('.'))).toEqual(['.rebuild_new']);
  });

  it('of a version that is not known is refused', async () => {
    const { turn } = await playSession(EVENTFUL);
    const file = path.join(turn, 'events.jsonl');
    writeFileSync(file, readText(file).replace('"version":1', '"version":2'));
    await expect(rebuildSession(turn)).rejects.toThrow(/version 2 .*update massgen/u);
  });
});

describe('the header of a log', () => {
  it('says where and by whom it was begun, so that the events need not', async () => {
    const root = sessionRoot();
    const { turn } = await playSession(EVENTFUL, { root, cliArguments: { prompt: 'x' } });
    const [first = '', ...lines] = readText(turn, 'events.jsonl').split('\n');
    expect(JSON.parse(first)).toMatchObject({
      type: 'log-header',
      format: 'massgen-events',
      version: 1,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u),
      pid: process.pid,
      session_directory: path.basename(path.dirname(turn)),
      log_directory: turn,
      node_version: process.version,
      context: { cli_args: { prompt: 'x' }, working_directory: root, config_path: null, git: null },
    });
    expect(lines.join('\n')).not.toContain(root);
  });
});
