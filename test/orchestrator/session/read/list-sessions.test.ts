import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listSessions, type SessionFilter } from '../../../../src/orchestrator/session/read/list-sessions.js';
import { readTurn } from '../../../../src/orchestrator/session/read/read-session.js';
import type { SessionSummary } from '../../../../src/orchestrator/session/read/report.js';
import { AGREEMENT, FAILURE, FAILURE_AND_REVOTE, HEADER, answerFinal, collect, logText, removeFolders, runEnd, runInto, runStart, stamped, temporaryFolder, writeSession } from './sessions.js';

afterEach(removeFolders);

const list = (root: string, filter: SessionFilter = {}): Promise<readonly SessionSummary[]> => collect(listSessions(root, filter, { cache: path.join(root, 'cache') }));
const name = (number: number): string => `log_20260130_101500_${String(number).padStart(6, '0')}`;

/** Does something without the rights of root, who may read everything. */
async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const OVER = logText(stamped([runStart('Why?'), answerFinal('Because.'), runEnd()]));

describe('the list of sessions', () => {
  it('tells of each what its run came to, the newest first', async () => {
    const root = temporaryFolder();
    const [first, second, third] = [await runInto(root, FAILURE_AND_REVOTE, 'Which is heavier?'), await runInto(root, FAILURE, 'Anyone?'), await runInto(root, AGREEMENT, 'Yes or no?')];
    const sessions = await list(root);
    expect(sessions.map(({ directory }) => directory)).toEqual([third, second, first].map(({ log_directory: directory }) => directory));
    expect(sessions.map(({ status, winner, question, agents, turns }) => ({ status, winner, question, agents: agents.length, turns: turns.length }))).toEqual([
      { status: 'completed', winner: 'agent_a', question: 'Yes or no?', agents: 2, turns: 1 },
      { status: 'failed', winner: null, question: 'Anyone?', agents: 2, turns: 1 },
      { status: 'completed', winner: 'agent_b', question: 'Which is heavier?', agents: 3, turns: 1 },
    ]);
    expect(sessions.map(({ cost, duration_seconds: seconds }) => [cost, seconds])).toEqual([third, second, first].map(({ cost, duration_seconds: seconds }) => [cost, seconds]));
    expect(sessions[1]?.turns[0]?.error).toMatch(/no agent answered/);
  });

  it('is empty without a directory', async () => {
    expect(await list(path.join(temporaryFolder(), 'nothing'))).toEqual([]);
  });

  it('adds up the turns of a session, and shows the newest', async () => {
    const root = temporaryFolder();
    const turn = (task: string, status: string): string => logText(stamped([runStart(task), answerFinal('Because.'), runEnd(status)]));
    writeSession(root, name(1), { 'turn_1/events.jsonl': turn('One?', 'completed'), 'turn_2/events.jsonl': turn('Two?', 'failed'), 'turn_10/events.jsonl': turn('Ten?', 'cancelled') });
    const [session] = await list(root);
    expect(session).toMatchObject({ question: 'Ten?', status: 'cancelled', duration_seconds: 3 * 1.234, cost: 0.000006 });
    expect(session?.turns.map((each) => `${each.turn} ${each.question}`)).toEqual(['1 One?', '2 Two?', '10 Ten?']);
  });

  it('knows what a turn has cost that has no end, as its report does, in the sum too', async () => {
    const root = temporaryFolder();
    const { log_directory: log } = await runInto(root, AGREEMENT, 'Yes or no?');
    const events = path.join(log, 'turn_1/events.jsonl');
    const lines = readFileSync(events, 'utf8').split('\n');
    writeSession(root, path.basename(log), { 'turn_2/events.jsonl': lines.filter((line) => !/"type":"(?:run-end|answer-final)"/u.test(line)).join('\n') });
    const [session] = await list(root);
    const [ended, open] = session!.turns;
    expect(ended?.cost).toBeGreaterThan(0);
    expect(open).toMatchObject({ status: 'running', cost: (await readTurn(2, path.join(log, 'turn_2'))).cost });
    expect(open?.cost).toBe(ended?.cost);
    expect(session?.cost).toBeCloseTo(2 * ended!.cost!, 12);
  });

  it('says of a session without a turn what its report says', async () => {
    const root = temporaryFolder();
    const directory = writeSession(root, name(1), {});
    const both = async (now: number) => [(await collect(listSessions(root, {}, { now })))[0]?.status, (await readTurn(1, directory, now)).status];
    const made = statSync(directory).mtimeMs;
    expect(await both(made)).toEqual(['running', 'running']);
    expect(await both(made + 3_600_000)).toEqual(['crashed', 'crashed']);
  });

  it('finds what is in the tail of a large file, and in a first line that is larger than what is read at once', async () => {
    const root = temporaryFolder();
    const [task, answer] = [`Why? ${'x'.repeat(300_000)}`, 'y'.repeat(700_000)];
    writeSession(root, name(1), { 'turn_1/events.jsonl': logText(stamped([runStart(task), answerFinal(answer), { type: 'notice', level: 'info', message: 'z'.repeat(100_000) }, runEnd()])) });
    const [session] = await list(root);
    expect(session?.question === task).toBe(true);
    expect(session).toMatchObject({ status: 'completed', winner: 'agent_a' });
    expect((await list(root, { search: answer })).length).toBe(1);
  });

  it('reads the ends of a file of a gigabyte, not the file', async () => {
    const root = temporaryFolder();
    const file = path.join(writeSession(root, name(1), { 'turn_1/events.jsonl': logText(stamped([runStart('Why?')])) }), 'turn_1/events.jsonl');
    const handle = openSync(file, 'a');
    ftruncateSync(handle, 1 << 30);
    closeSync(handle);
    writeFileSync(file, `\n${JSON.stringify({ ...runEnd(), seq: 2, at: '', t: 1, epoch: 1 })}\n`, { flag: 'a' });
    const before = process.memoryUsage().rss;
    const [session] = await list(root);
    expect(session).toMatchObject({ status: 'completed', question: 'Why?', duration_seconds: 1.234 });
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(300);
  });
});

describe('filters', () => {
  const root = (): string => {
    const folder = temporaryFolder();
    const session = (number: number, task: string, agents: readonly string[], status: string, at: string): void => {
      const events = stamped([runStart(task, agents), answerFinal(`Answer ${number} with Zebra`, agents[0]), runEnd(status)]).map((event) => ({ ...event, at }));
      writeSession(folder, name(number), { 'turn_1/events.jsonl': logText(events) });
    };
    session(1, 'Heat pumps', ['ann'], 'completed', '2026-01-01T00:00:00.000Z');
    session(2, 'Old houses', ['ann', 'bob'], 'failed', '2026-01-02T00:00:00.000Z');
    session(3, 'heat in HOUSES', ['bob'], 'completed', '2026-01-03T00:00:00.000Z');
    return folder;
  };

  it.each<[what: string, filter: SessionFilter, numbers: readonly number[]]>([
    ['how it stands', { status: ['failed', 'timeout'] }, [2]],
    ['when it began', { since: Date.parse('2026-01-02') }, [3, 2]],
    ['an agent', { agent: 'bob' }, [3, 2]],
    ['a question', { search: 'HEAT' }, [3, 1]],
    ['a final answer', { search: 'answer 2' }, [2]],
    ['all of them', { search: 'houses', agent: 'ann', status: ['failed'] }, [2]],
    ['nothing that is there', { search: 'zebras' }, []],
  ])('choose by %s', async (_what, filter, numbers) => {
    expect((await list(root(), filter)).map(({ id }) => id)).toEqual(numbers.map(name));
  });
});

describe('the list goes on over a session', () => {
  const listed = async (make: (root: string) => void, as = <Result>(work: () => Promise<Result>): Promise<Result> => work()): Promise<Partial<SessionSummary>> => {
    const root = temporaryFolder();
    writeSession(root, name(1), { 'turn_1/events.jsonl': OVER });
    make(root);
    const sessions = await as(() => list(root));
    expect(sessions.at(-1)).toMatchObject({ id: name(1), status: 'completed' });
    return sessions.length === 1 ? {} : { status: sessions[0]!.status, ...(sessions[0]!.turns.at(-1)?.error == null ? {} : { question: sessions[0]!.turns.at(-1)!.error }) };
  };
  const broken = (files: Readonly<Record<string, string | Buffer>>) => listed((root) => void writeSession(root, name(2), files));

  it.each<[what: string, files: Readonly<Record<string, string | Buffer>>, status: string, error: RegExp]>([
    ['without turns', {}, 'running', /^$/],
    ['with something else in it', { 'x.txt': '' }, 'unreadable', /no event log of massgen and no other files/],
    ['with an empty turn', { 'turn_1/agent_outputs/a.txt': '' }, 'unreadable', /no event log of massgen and no other files/],
    ['of a newer massgen', { 'turn_1/events.jsonl': logText([], { ...HEADER, version: 7 }) }, 'unreadable', /version 7/],
    ['of which the newest turn is half deleted', { 'turn_1/events.jsonl': OVER, 'turn_2/massgen.log': '' }, 'unreadable', /no event log of massgen/],
    ['whose log is of something else', { 'turn_1/events.jsonl': 'hello\nworld\n' }, 'unreadable', /no event log of massgen/],
    ['whose log has bytes that are not UTF-8', { 'turn_1/events.jsonl': Buffer.from([...Buffer.from(`${JSON.stringify(HEADER)}\n`), 0xff, 0x0a, 0xfe, 0x0a]) }, 'running', /^$/],
    ['whose log is empty', { 'turn_1/events.jsonl': '' }, 'running', /^$/],
  ])('%s', async (_what, files, status, error) => {
    const session = await broken(files);
    expect(session.status).toBe(status);
    expect(session.question ?? '').toMatch(error);
  });

  it('that is a file', async () => {
    expect(await listed((root) => writeFileSync(path.join(root, name(2)), 'x'))).toEqual({});
  });

  it.each([['has only begun', 0, 'running'], ['was killed before its first event', 60, 'crashed']])('that %s', async (_what, age, status) => {
    const session = await listed((root) => {
      const turn = path.join(root, name(2), 'turn_1');
      mkdirSync(turn, { recursive: true });
      utimesSync(turn, Date.now() / 1000 - age, Date.now() / 1000 - age);
    });
    expect(session).toEqual({ status, ...(status === 'crashed' ? { question: 'the run ended before its first event' } : {}) });
  });

  it('whose turn is a file', async () => {
    expect((await listed((root) => void writeSession(root, name(2), { turn_1: 'x' }))).status).toBe('unreadable');
  });

  it('whose events are a directory', async () => {
    expect((await listed((root) => void writeSession(root, name(2), { 'turn_1/events.jsonl/x': '' }))).status).toBe('unreadable');
  });

  it('whose links run in a circle or into nothing', async () => {
    const session = await listed((root) => {
      mkdirSync(path.join(root, name(2)));
      symlinkSync('turn_1', path.join(root, name(2), 'turn_1'));
      symlinkSync(name(3), path.join(root, name(3)));
      symlinkSync('/nowhere', path.join(root, name(4)));
    });
    expect(session.status).toBe('unreadable');
  });

  it('whose link leads back to the sessions', async () => {
    expect((await listed((root) => symlinkSync('..', path.join(writeSession(root, name(2), {}), 'turn_1')))).status).toBe('unreadable');
  });

  it('that may not be read', async () => {
    const session = await listed((root) => {
      chmodSync(root, 0o755);
      chmodSync(writeSession(root, name(2), { 'turn_1/events.jsonl': OVER }), 0o000);
    }, asNobody);
    expect(session).toEqual({ status: 'unreadable', question: 'it may not be read' });
  });

  it('whose clock was set back between its events, and whose name is of the future', async () => {
    const root = temporaryFolder();
    const events = stamped([runStart('Why?'), answerFinal('Because.'), runEnd()]).map((event, index) => ({ ...event, at: `2026-01-0${9 - index}T00:00:00.000Z` }));
    writeSession(root, 'log_29990101_000000_000000', { 'turn_1/events.jsonl': logText(events) });
    expect(await list(root)).toMatchObject([{ status: 'completed', duration_seconds: 1.234 }]);
  });
});

describe('the index of a long list', () => {
  const MANY = 260;
  const many = (): string => {
    const root = temporaryFolder();
    for (let number = 0; number < MANY; number += 1) writeSession(root, name(number), { 'turn_1/events.jsonl': OVER });
    return root;
  };
  const indexOf = (root: string): string => path.join(root, 'cache', readdirSync(path.join(root, 'cache'))[0] ?? '');

  it('changes nothing of the list', async () => {
    const root = many();
    const first = await list(root);
    expect(first.length).toBe(MANY);
    expect(readdirSync(path.join(root, 'cache')).length).toBe(1);
    expect(await list(root)).toEqual(first);
    expect(readdirSync(path.join(root, 'cache')).length).toBe(1);
  });

  it.each(['changed', 'continued', 'half deleted', 'deleted'])('sees that a session was %s', async (what) => {
    const root = many();
    await list(root);
    const directory = path.join(root, name(3));
    const other = logText(stamped([runStart('Other?'), answerFinal('Other.'), runEnd('failed')]));
    if (what === 'changed') writeFileSync(path.join(directory, 'turn_1/events.jsonl'), other);
    if (what === 'continued') writeSession(root, name(3), { 'turn_2/events.jsonl': other });
    if (what === 'half deleted') renameSync(path.join(directory, 'turn_1/events.jsonl'), path.join(directory, 'turn_1/massgen.log'));
    if (what === 'deleted') rmSync(directory, { recursive: true });
    const session = (await list(root)).find(({ id }) => id === name(3));
    expect(session?.status).toBe({ changed: 'failed', continued: 'failed', 'half deleted': 'unreadable' }[what]);
    expect(session?.turns.length).toBe({ changed: 1, continued: 2, 'half deleted': 1 }[what]);
  });

  it.each(['', 'garbage', '{"type":"list-index","version":1}\n["log_20260130_101500_000003"]\n["log_20260130_101500_000004",[1],[null]]\n[', '{"type":"list-index","version":9}\n'])('heals from holding %j', async (text) => {
    const root = many();
    const first = await list(root);
    writeFileSync(indexOf(root), text);
    expect(await list(root)).toEqual(first);
    expect(await list(root)).toEqual(first);
  });

  it('is not needed: a cache that cannot be written is passed over', async () => {
    const root = many();
    writeFileSync(path.join(root, 'cache'), 'a file in its place');
    expect((await list(root)).length).toBe(MANY);
  });

  it('is not written by who stops early', async () => {
    const root = many();
    const sessions = listSessions(root, {}, { cache: path.join(root, 'cache') });
    for (let seen = 0; seen < 150; seen += 1) await sessions.next();
    await sessions.return();
    expect(readdirSync(root)).not.toContain('cache');
  });
});
