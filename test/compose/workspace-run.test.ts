import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRun, type RunEvent } from '../../src/index.js';
import { treeOf } from '../support/file-world.js';
import { playSession, removeSessions, sessionRoot } from '../support/session-run.js';

let root: string;
beforeEach(() => {
  root = sessionRoot();
});
afterEach(removeSessions);

const call = (name: string, args: object) => ({ name, arguments: args });
const write = (file: string, content: string) => call('write_file', { path: file, content });
const out = (): string => path.join(root, 'out/result.txt');

const agent = (id: string, script: readonly object[], backend: object = {}): object => ({ id, backend: { type: 'scripted', cwd: `${id}_files`, script, ...backend } });
const vote = { vote: { agent: 'agent1', reason: 'so' } };

/** Ada wins with a program and finishes it in her presentation; Bob has notes. */
const team = (orchestrator: object = {}): object => ({
  agents: [
    agent('ada', [{ tools: [write('src/app.py', 'draft'), write(out(), 'too early')] }, { answer: 'A program.' }, { delay: 0.05, ...vote }, { tools: [write('src/app.py', 'final'), write(out(), 'delivered')] }, { text: 'Done.' }]),
    agent('bob', [{ tools: [write('notes.md', 'notes')] }, { answer: 'Notes.' }, vote]),
  ],
  orchestrator: { final_answer_strategy: 'winner_present', context_paths: [{ path: 'out', permission: 'write' }], ...orchestrator },
});

const ends = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'tool-end').map(({ name, status }) => `${name} ${status}`);
const notices = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'notice').map(({ message }) => message);
const infoOf = (events: readonly RunEvent[], id: string) => events.flatMap((event) => (event.type === 'run-start' ? event.agents : [])).find((each) => each.id === id);

describe('a team with workspaces', () => {
  it('shows each agent the others’ work with their answers, and delivers the winner’s', async () => {
    mkdirSync(path.join(root, 'out'));
    let seen: object = {};
    const played: RunEvent[] = [];
    const { events, turn } = await playSession(team(), {
      root,
      see: (event) => {
        if (event.type === 'vote-cast' && event.agent === 'ada') seen = treeOf(infoOf(played, 'ada')!.peers!);
        played.push(event);
      },
    });
    expect(seen).toEqual({ agent1: '(folder)', 'agent1/src': '(folder)', 'agent1/src/app.py': 'draft', agent2: '(folder)', 'agent2/notes.md': 'notes' });
    expect(ends(events).sort()).toEqual(['write_file failed', 'write_file ok', 'write_file ok', 'write_file ok', 'write_file ok']);
    expect(readFileSync(out(), 'utf8')).toBe('delivered');
    expect(treeOf(path.join(turn, 'final/ada/workspace'))).toEqual({ src: '(folder)', 'src/app.py': 'final' });
    expect(notices(events)).toEqual([`files of yours: new: ${out()}`, `the files of ada are in ${path.join(turn, 'final/ada/workspace')}`]);
    expect(existsSync(infoOf(events, 'ada')!.peers!)).toBe(false);
    expect(infoOf(events, 'ada')!.workspace).not.toContain('bob');
  });

  it('keeps the work of each answer in the log, beside its text', async () => {
    mkdirSync(path.join(root, 'out'));
    const { turn } = await playSession(team(), { root });
    const kept = Object.keys(treeOf(turn)).filter((name) => /^(?:ada|bob)\/\d{8}_\d{6}_\d{6}\/(?:answer\.txt|workspace\/(?:src\/app\.py|notes\.md))$/u.test(name));
    expect(kept.map((name) => path.dirname(name).split('/').slice(0, 2).join('/')).sort()).toHaveLength(4);
    expect(new Set(kept.map((name) => name.split('/').slice(0, 2).join('/'))).size).toBe(2);
  });

  it('sees in the next turn of its session what the last one delivered', async () => {
    mkdirSync(path.join(root, 'out'));
    await playSession(team(), { root });
    const open = await openRun({ config: team() as Readonly<Record<string, unknown>>, session: 'latest', env: {}, cwd: root, home: root, logDirectory: path.join(root, 'logs') });
    const events: RunEvent[] = [];
    let before: object = {};
    for await (const event of open.start('And now?').events) {
      events.push(event);
      const note = event.type === 'tools-offer' ? event.notes.find((each) => each.includes('delivered')) : undefined;
      if (note !== undefined) before = treeOf(/ are in (\S+), read-only/u.exec(note)?.[1] ?? '');
    }
    expect(before).toEqual({ src: '(folder)', 'src/app.py': 'final' });
  });

  it('is called by OpenFang’s names of the file tools as well, and by those of its lists', async () => {
    const script = [{ tool: call('file_write', { path: 'a.txt', content: 'a' }) }, { tools: [call('file_read', { path: 'a.txt' }), call('file_list', { path: '.' }), call('move_file', { source: 'a.txt', destination: 'b.txt' })] }, { text: 'Done.' }];
    const { events } = await playSession({ agent: agent('solo', script, { exclude_tools: ['mcp__filesystem__move_file'] }) }, { root });
    expect(ends(events).sort()).toEqual(['file_list ok', 'file_read ok', 'file_write ok', 'move_file failed']);
  });

  it('has a workspace where its list of tools has file tools in it', async () => {
    const { events, turn } = await playSession({ agent: { id: 'solo', tools: ['file_write', 'file_read'], backend: { type: 'scripted', script: [{ tools: [write('a.txt', 'a')] }, { text: 'Done.' }] } } }, { root });
    expect(events.find((event) => event.type === 'tools-offer')?.tools.map(({ name }) => name).sort()).toEqual(['read_file', 'write_file']);
    expect(treeOf(path.join(turn, 'final/solo/workspace'))).toEqual({ 'a.txt': 'a' });
  });

  it('has a workspace where its list of tools means them by a glob', async () => {
    const { events, turn } = await playSession({ agent: { id: 'solo', tools: ['read_text_file', 'write_*'], backend: { type: 'scripted', script: [{ tools: [write('a.txt', 'a')] }, { text: 'Done.' }] } } }, { root });
    expect(events.find((event) => event.type === 'tools-offer')?.tools.map(({ name }) => name).sort()).toEqual(['read_text_file', 'write_file']);
    expect(treeOf(path.join(turn, 'final/solo/workspace'))).toEqual({ 'a.txt': 'a' });
  });

  it('is not begun where a context path is missing', async () => {
    await expect(playSession(team({ context_paths: [{ path: 'nowhere' }] }), { root })).rejects.toThrow(`context_paths: not found: nowhere (${path.join(root, 'nowhere')}); make it or correct the path`);
  });

  it('leaves no workspaces behind where nobody looks at them', async () => {
    const open = await openRun({ config: team({ context_paths: [] }) as Readonly<Record<string, unknown>>, isServer: true, env: {}, cwd: root, home: root, logDirectory: path.join(root, 'logs') });
    const types: string[] = [];
    for await (const { type } of open.start('Go.').events) types.push(type);
    expect(types.at(-1)).toBe('run-end');
    expect(treeOf(path.join(root, '.massgen'))).toEqual({ snapshots: '(folder)', temp_workspaces: '(folder)', workspaces: '(folder)' });
  });
});

describe('files that a prompt names', () => {
  const solo = { agent: { id: 'solo', backend: { type: 'scripted', script: [{ tools: [call('read_file', { path: 'PLACE/a.md' }), write('PLACE/b.md', 'b')] }, { text: 'Done.' }] } } };
  const config = (): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(solo).replaceAll('PLACE', path.join(root, 'docs'))) as Readonly<Record<string, unknown>>;

  async function play(prompt: string | undefined, session?: string): Promise<readonly string[]> {
    const open = await openRun({ config: config(), env: {}, cwd: root, home: root, logDirectory: path.join(root, 'logs'), ...(session === undefined ? {} : { session }) });
    const question = prompt === undefined ? 'And again?' : await open.takePaths(prompt);
    const events: RunEvent[] = [];
    for await (const event of open.start(question).events) events.push(event);
    return [...ends(events)].sort();
  }

  beforeEach(() => {
    mkdirSync(path.join(root, 'docs'));
    writeFileSync(path.join(root, 'docs/a.md'), 'a');
  });

  it.each([
    ['Read @docs', ['read_file ok', 'write_file failed']],
    ['Change @docs:w', ['read_file ok', 'write_file ok']],
    ['Read docs', []],
  ])('%s: %j', async (prompt, expected) => expect(await play(prompt)).toEqual(expected));

  it('stay with the session', async () => {
    await play('Change @docs:w');
    expect(await play(undefined, 'latest')).toEqual(['read_file ok', 'write_file ok']);
  });
});
