import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSessionLog, type RunEvent, type SessionLog } from '../../../src/orchestrator/index.js';
import { foldAll, ofType, playRun, startRun, type Played } from '../../support/engine-run.js';
import { answer, fakeBackend, say, vote } from '../../support/fake-backend.js';
import { filesBelow } from '../../support/session-run.js';

const run = promisify(execFile);
const stamp = { seq: 1, at: '2026-11-21T10:15:00.000Z', t: 0, epoch: 1 };
let root: string;
const logs: SessionLog[] = [];

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'massgen-session-'));
});

afterEach(() => {
  for (const log of logs.splice(0)) log.close();
  rmSync(root, { recursive: true, force: true });
});

function open(directory = root): SessionLog {
  const log = openSessionLog({ root: directory, turn: 1, now: () => new Date(), random: Math.random });
  logs.push(log);
  return log;
}

const linesOf = (log: SessionLog): readonly string[] => readFileSync(path.join(log.directory ?? '', 'turn_1', 'events.jsonl'), 'utf8').split('\n');
const final = (agent: string, text: string): RunEvent => ({ type: 'answer-final', agent, label: 'answer1.final', text, source: 'winner', marks: [], ...stamp });
const team = () => ({ a: fakeBackend(answer('A\r\n☃'), vote('agent1')), b: fakeBackend(answer('B'), vote('agent1')) });

async function playInto(log: SessionLog, backends: Parameters<typeof playRun>[0] = team()): Promise<Played> {
  return playRun(backends, { deps: { append: (batch) => log.append(batch) } });
}

describe('the log of a session', () => {
  it('is a directory of its own with a header, then one event a line, as they were shown', async () => {
    const log = open();
    const { events } = await playInto(log);
    expect(path.basename(log.directory ?? '')).toMatch(/^log_\d{8}_\d{6}_\d{6}$/u);
    const [header, ...lines] = linesOf(log);
    expect(JSON.parse(header ?? '')).toMatchObject({ type: 'log-header', format: 'massgen-events', version: 1 });
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
  });

  it('has no line ends but LF, whatever agents write', async () => {
    const log = open();
    await playInto(log, { only: fakeBackend(say('one\r\ntwo\rthree\u2028four\u0085five')) });
    const bytes = readFileSync(path.join(log.directory ?? '', 'turn_1', 'events.jsonl'), 'utf8');
    expect(bytes).not.toContain('\r');
    expect(linesOf(log).slice(0, -1).every((line) => typeof JSON.parse(line) === 'object')).toBe(true);
  });

  it('tells the whole story again', async () => {
    const log = open();
    const { state } = await playInto(log);
    const read = linesOf(log).slice(1, -1).map((line) => JSON.parse(line) as RunEvent);
    expect(foldAll(read)).toEqual(state);
  });

  it('is complete when its reader leaves', async () => {
    const log = open();
    const { events } = startRun(team(), { deps: { append: (batch) => log.append(batch) } });
    for await (const event of events) if (event.type === 'answer-accept') break;
    expect(JSON.parse(linesOf(log).at(-2) ?? '')).toMatchObject({ type: 'run-end', status: 'cancelled' });
  });

  it('has the final answer in a file of its own, byte for byte', async () => {
    const log = open();
    expect(log.finalPath()).toBeNull();
    await playInto(log);
    expect(readFileSync(path.join(log.finalPath() ?? '', 'a', 'answer.txt'), 'utf8')).toBe('A\r\n☃');
  });

  it('holds nothing open before its first event, so that a run which nobody reads costs nothing', async () => {
    const log = open();
    expect(readdirSync(path.join(log.directory ?? '', 'turn_1'))).toEqual([]);
    await playInto(log);
    expect(readdirSync(path.join(log.directory ?? '', 'turn_1'))).toContain('events.jsonl');
  });

  it('is told apart from every other, in the same millisecond too', () => {
    const directories = Array.from({ length: 50 }, () => open().directory);
    expect(new Set(directories).size).toBe(50);
  });
});

describe('an agent id', () => {
  const IDS: readonly (readonly [what: string, id: string])[] = [
    ['a way up', '../../escape'],
    ['two dots', '..'],
    ['one dot', '.'],
    ['nothing', ''],
    ['a path', '/etc/passwd'],
    ['a path with a drive', 'C:\\windows'],
    ['a zero byte', 'a\0b'],
    ['two lines', 'line\nbreak'],
    ['a property of every object', '__proto__'],
    ['a device', 'CON'],
    ['a name of a file that is there', 'events.jsonl'],
    ['many signs of three bytes', '☃'.repeat(90)],
    ['a very long word', 'x'.repeat(400)],
  ];

  it.each(IDS)('that is %s stays inside the directory of the final answer', async (_what, id) => {
    const log = open();
    expect(await log.append([final(id, 'the text')])).toBeUndefined();
    const [folder, ...more] = readdirSync(log.finalPath() ?? '');
    expect(more).toEqual([]);
    expect(readdirSync(path.join(log.finalPath() ?? '', folder ?? ''))).toContain('answer.txt');
    expect(readFileSync(path.join(log.finalPath() ?? '', folder ?? '', 'answer.txt'), 'utf8')).toBe('the text');
    expect(readdirSync(root)).toHaveLength(1);
    expect(existsSync(path.join(root, '..', 'escape'))).toBe(false);
  });
});

describe('events that cannot be', () => {
  it.each<[what: string, event: object]>([
    ['a vote of nobody', { type: 'vote-cast', agent: 'x', target: 'y', turn: 1, ...stamp }],
    ['one that no JSON can hold', { type: 'notice', level: 'info', message: 1n, ...stamp }],
  ])('such as %s stop no run: what went wrong is said', async (_what, event) => {
    const log = open();
    const warning = await log.append([event as RunEvent]);
    expect(warning).toMatch(/some files of the log are missing|the log stops here/u);
  });
});

describe('a place that cannot be written', () => {
  const cases: readonly (readonly [what: string, make: (root: string) => string])[] = [
    ['a file', (folder) => path.join(folder, 'file')],
    ['a folder in a file', (folder) => path.join(folder, 'file', 'logs')],
    ['a name that cannot be', () => 'a\0b'],
  ];

  it.each(cases)('because it is %s costs one warning, and the run goes on', async (_what, make) => {
    writeFileSync(path.join(root, 'file'), '');
    const log = open(make(root));
    expect([log.directory, log.finalPath()]).toEqual([null, null]);
    const { events, state } = await playInto(log);
    expect(ofType(events, 'notice')).toMatchObject([{ level: 'warning', message: expect.stringMatching(/not logged[\s\S]*--log-dir/u) }]);
    expect(state.ending?.status).toBe('completed');
  });

  it('because it is a link to nowhere does not stop the run', async () => {
    symlinkSync(path.join(root, 'nowhere', 'logs'), path.join(root, 'link'));
    const child = run(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('../../support/full-disk-run.ts', import.meta.url)), path.join(root, 'link')], { timeout: 8000 });
    expect(JSON.parse((await child).stdout)).toMatchObject({ status: 'completed' });
  });

  it.each(['all', 'events'])('any more because the disk is full costs one warning, and the answer still comes, in no file of %s', async (files) => {
    const script = fileURLToPath(new URL('../../support/full-disk-run.ts', import.meta.url));
    const { stdout } = await run('sh', ['-c', 'ulimit -f 16; exec "$0" "$@"', process.execPath, '--import', 'tsx', script, root, files], { timeout: 60_000 });
    const seen = JSON.parse(stdout) as { status: string; length: number; notices: string[] };
    expect(seen).toMatchObject({ status: 'completed', length: 200 * 220, finalPath: null });
    expect(seen.notices).toEqual([expect.stringContaining('EFBIG')]);
    expect(filesBelow(root).filter((name) => name.endsWith('answer.txt'))).toEqual([]);
  });
});
