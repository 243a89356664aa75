import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRun, type RunEvent } from '../../src/index.js';
import { filesBelow, playSession, removeSessions, sessionRoot, type PlayedSession } from '../support/session-run.js';
import { serverOf } from '../support/mcp.js';

let root: string;
beforeEach(() => {
  root = sessionRoot();
});
afterEach(removeSessions);

const made = (): string => path.join(root, 'made.txt');
const call = (name: string, args: object = {}) => ({ tool: { name, arguments: args } });
const write = () => call('mcp__files__write_file', { path: made(), content: 'kept' });
const list = () => call('mcp__files__list_directory', { path: root });

/** An agent with the filesystem server over the test's folder. */
const agent = (id: string, script: readonly object[], more: object = {}, backend: object = {}): object => ({
  id,
  ...more,
  backend: { type: 'scripted', mcp_servers: { files: { command: process.execPath, args: [serverOf('filesystem'), root] } }, script, ...backend },
});

const play = (config: object, more: object = {}): Promise<PlayedSession> => playSession(config, { root, ...more });
const results = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'tool-end').map(({ agent: id, name, status, text }) => ({ id, name, status, text }));
const solo = (script: readonly object[], more: object = {}, backend: object = {}, config: object = {}): object => ({ agent: agent('solo', [...script, { text: 'Done.' }], more, backend), ...config });

describe('a run whose agents have MCP servers', () => {
  it('calls their tools and goes on with what they said', async () => {
    const { result, events } = await play(solo([write()]));
    expect(results(events)).toEqual([{ id: 'solo', name: 'mcp__files__write_file', status: 'ok', text: expect.stringContaining('uccessfully wrote') }]);
    expect(readFileSync(made(), 'utf8')).toBe('kept');
    expect(result).toMatchObject({ final_answer: 'Done.' });
  });

  it('never says a secret that a server was given and tells', async () => {
    const key = 'abc-only-the-server-may-know';
    const server = { command: process.execPath, args: [serverOf('everything')], env: { ISSUES_TOKEN: '${ISSUES_TOKEN}' } };
    const { events } = await play(solo([call('mcp__all__get-env')], {}, { mcp_servers: { all: server } }), { env: { ISSUES_TOKEN: key } });
    expect(results(events)).toEqual([{ id: 'solo', name: 'mcp__all__get-env', status: 'ok', text: expect.stringContaining('"ISSUES_TOKEN": "***"') }]);
    expect(JSON.stringify(events)).not.toContain(key);
  });

  it('never says what a variable of another name holds that a server is given as its key', async () => {
    const key = 'ntn-only-the-server-may-know';
    const server = { command: process.execPath, args: [serverOf('everything')], env: { NOTION_TOKEN: '${NOTION_ONE}' } };
    const { events } = await play(solo([call('mcp__all__get-env')], {}, { mcp_servers: { all: server } }), { env: { NOTION_ONE: key } });
    expect(results(events)).toEqual([{ id: 'solo', name: 'mcp__all__get-env', status: 'ok', text: expect.stringContaining('"NOTION_TOKEN": "***"') }]);
    expect(JSON.stringify(events)).not.toContain(key);
  });

  it('tells a server the agent’s workspace by ${cwd}', async () => {
    const server = { command: process.execPath, args: [serverOf('everything')], env: { OUTPUT: '${cwd}/shots' } };
    const { events } = await play(solo([call('mcp__all__get-env'), { text: '{{workspace}}' }], {}, { cwd: 'work', mcp_servers: { all: server } }));
    const [told] = results(events);
    const final = events.find((event) => event.type === 'answer-final');
    expect(JSON.parse(told?.text ?? '')).toMatchObject({ OUTPUT: `${final?.text}/shots` });
    expect(events.filter((event) => event.type === 'notice' && event.message.includes('cwd'))).toEqual([]);
  });

  it('offers only the tools that the lists leave', async () => {
    const { events } = await play(solo([write()], {}, { allowed_tools: ['*_file', 'list_directory'], exclude_tools: ['mcp__files__write_file'], disallowed_tools: ['edit_*'] }));
    const offer = events.find((event) => event.type === 'tools-offer');
    expect(offer?.tools.map(({ name }) => name).sort()).toEqual(['mcp__files__list_directory', 'mcp__files__move_file', 'mcp__files__read_file', 'mcp__files__read_media_file', 'mcp__files__read_text_file']);
    expect(existsSync(made())).toBe(false);
  });

  it('goes on without a server that is not there, and tells the agent', async () => {
    const { result, events } = await play({ agent: { id: 'solo', backend: { type: 'scripted', mcp_servers: [{ name: 'gone', command: 'no-such-program' }], script: [{ text: 'Done.' }] } } });
    expect(events.find((event) => event.type === 'tools-offer')).toMatchObject({ tools: [], notes: [expect.stringContaining('The MCP server gone is not available')] });
    expect(result).toMatchObject({ final_answer: 'Done.' });
  });

  it('keeps a server’s pictures beside its log, for the agent to go on with', async () => {
    const { events, turn } = await play(solo([call('mcp__all__get-tiny-image')], {}, { mcp_servers: { all: { command: process.execPath, args: [serverOf('everything')] } } }));
    const at = path.join(turn, 'tools/solo/001_mcp__all__get-tiny-image.png');
    expect(results(events)).toEqual([{ id: 'solo', name: 'mcp__all__get-tiny-image', status: 'ok', text: expect.stringContaining(`bytes: kept in ${at}]`) }]);
    expect(readFileSync(at).subarray(1, 4).toString()).toBe('PNG');
  });

  it('keeps what the servers complain of beside its log', async () => {
    const { turn } = await play(solo([list()]));
    expect(filesBelow(turn).filter((file) => file.includes('mcp_files'))).toHaveLength(1);
  });

  it('is not begun with a server that cannot be', async () => {
    await expect(openRun({ config: { agent: { id: 'a', backend: { type: 'scripted', script: [], mcp_servers: { x: {} } } } }, env: {}, cwd: root, home: root })).rejects.toThrow('agent.backend.mcp_servers.x: x has neither a command to start it nor a url where it is');
  });
});

describe('a tool that may not be called', () => {
  const refused: Readonly<Record<string, () => object>> = {
    'tool_approval of the team': () => solo([write()], {}, {}, { orchestrator: { tool_approval: { 'write_*': 'deny' } } }),
    'tool_approval of the agent': () => solo([write()], { tool_approval: 'deny' }),
    'tool_approval with nobody to ask': () => solo([write()], { tool_approval: { 'effects:outside': 'ask' } }),
    'a hook': () => solo([write()], {}, {}, { hooks: { PreToolUse: [{ matcher: 'write_*', command: 'exit 2' }] } }),
    'a hook of the agent': () => solo([write()], {}, { hooks: { PreToolUse: [{ matcher: 'write_*', command: 'exit 2' }] } }),
    'a hook that fails': () => solo([write()], {}, {}, { hooks: { PreToolUse: [{ command: 'exit 1' }] } }),
  };

  it.each(Object.entries(refused))('is refused by %s, and its side effect never happens', async (_name, config) => {
    const { result, events } = await play(config());
    expect(results(events)).toEqual([{ id: 'solo', name: 'mcp__files__write_file', status: 'refused', text: expect.stringContaining('Not run:') }]);
    expect(existsSync(made())).toBe(false);
    expect(result).toMatchObject({ final_answer: 'Done.' });
  });

  it.each([
    ['yes', true, 'ok'],
    ['no', false, 'refused'],
  ])('is asked for at the terminal: %s', async (_word, answer, status) => {
    const asked: string[] = [];
    const open = await openRun({
      config: solo([write()], { tool_approval: 'ask' }) as Readonly<Record<string, unknown>>,
      env: {},
      cwd: root,
      home: root,
      logDirectory: path.join(root, 'logs'),
      ask: (question) => {
        asked.push(question);
        return Promise.resolve(answer);
      },
    });
    const events: RunEvent[] = [];
    for await (const event of open.start('Write.').events) events.push(event);
    expect(asked).toEqual([expect.stringContaining('Agent solo would call mcp__files__write_file with {')]);
    expect(results(events)).toMatchObject([{ status }]);
    expect(existsSync(made())).toBe(answer);
  });

  it('is not asked for where CI says that nobody is there', async () => {
    const open = await openRun({ config: solo([write()], { tool_approval: 'ask' }) as Readonly<Record<string, unknown>>, env: { CI: 'true' }, cwd: root, home: root, logDirectory: path.join(root, 'logs'), ask: () => Promise.resolve(true) });
    const events: RunEvent[] = [];
    for await (const event of open.start('Write.').events) events.push(event);
    expect(results(events)).toMatchObject([{ status: 'refused', text: expect.stringContaining('there is nobody to ask') }]);
    expect(existsSync(made())).toBe(false);
  });
});

describe('a profile', () => {
  it.each([
    ['minimal', []],
    [['files__list_directory'], ['mcp__files__list_directory']],
    [['mcp__files__read_*', 'minimal'], ['mcp__files__read_file', 'mcp__files__read_media_file', 'mcp__files__read_multiple_files', 'mcp__files__read_text_file']],
  ])('%j leaves the tools it names, and no side effect', async (tools, left) => {
    const { events } = await play(solo([write()], { tools }));
    expect(events.find((event) => event.type === 'tools-offer')?.tools.map(({ name }) => name).filter((name) => name.startsWith('mcp__')).sort()).toEqual(left);
    expect(existsSync(made())).toBe(false);
  });

  it('full leaves all', async () => {
    await play(solo([write()], { tools: 'full' }));
    expect(existsSync(made())).toBe(true);
  });
});

describe('planning mode', () => {
  const vote = { vote: { agent: 'agent1', reason: 'a plan' } };
  const coordination = { enable_planning_mode: true, planning_mode_instruction: 'Plan the posts only.' };

  it('lets nobody act before the final answer, and the one who presents it then', async () => {
    const seen: boolean[] = [];
    const script = [list(), write(), { answer: 'I would write made.txt.' }, vote, write(), { text: 'It is written.' }];
    const { events, result } = await playSession(
      { agents: [agent('one', script), { id: 'two', backend: { type: 'scripted', script: [{ answer: 'No idea.' }, vote] } }], orchestrator: { coordination } },
      { root, see: (event) => {
          if (event.type === 'tool-end' && event.name.includes('write')) seen.push(existsSync(made()));
        } },
    );
    expect(results(events).map(({ name, status }) => [name, status])).toEqual([
      ['mcp__files__list_directory', 'ok'],
      ['mcp__files__write_file', 'refused'],
      ['mcp__files__write_file', 'ok'],
    ]);
    expect(seen).toEqual([false, true]);
    expect(result).toMatchObject({ final_answer: 'It is written.' });
    expect(events.find((event) => event.type === 'tools-offer')?.notes.join()).toContain('Plan the posts only.');
  });

  it('holds where the answer is never presented: the side effect never happens', async () => {
    await play({ agents: [agent('one', [write(), { answer: 'Planned.' }, vote]), { id: 'two', backend: { type: 'scripted', script: [{ answer: 'No idea.' }, vote] } }], orchestrator: { skip_final_presentation: true, coordination } });
    expect(existsSync(made())).toBe(false);
  });

  it('is off unless it is asked for', async () => {
    writeFileSync(made(), 'before');
    await play({ agents: [agent('one', [write(), { answer: 'Written.' }, vote]), { id: 'two', backend: { type: 'scripted', script: [{ answer: 'No idea.' }, vote] } }] });
    expect(readFileSync(made(), 'utf8')).toBe('kept');
  });
});

describe('a server that asks the agent’s model', () => {
  const config = (sampling: object, budget: object = {}): object => ({
    agent: {
      id: 'solo',
      backend: {
        type: 'scripted',
        // The model's first reply, to the agent as to the server.
        script: [{ ...call('mcp__every__trigger-sampling-request', { prompt: 'Well?' }), text: 'From the model.', usage: { input: 100, output: 5 } }, { text: 'Done.', usage: { input: 10, output: 1 } }],
        mcp_servers: { every: { command: process.execPath, args: [serverOf('everything')], ...sampling } },
      },
    },
    ...budget,
  });

  it('is answered where the configuration allows it, and the run pays for it', async () => {
    const { events, state } = await play(config({ sampling: true }));
    const [end] = events.filter((event) => event.type === 'tool-end');
    expect(end).toMatchObject({ status: 'ok', text: expect.stringContaining('From the model.'), spent: { usage: { inputTokens: 100, outputTokens: 5 }, costMicros: 0 } });
    expect(state.spent.usage).toMatchObject({ inputTokens: 210, outputTokens: 11 });
  });

  it('is told that there is none elsewhere', async () => {
    const { events } = await play(config({}));
    expect(results(events)).toMatchObject([{ status: 'failed', text: expect.stringContaining('There is no tool') }]);
  });
});
