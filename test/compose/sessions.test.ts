import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { continueSession, openRun, run, type RunOptions, type RunResult } from '../../src/index.js';
import { closeServers, serve } from '../support/backend-servers.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';
import { AGREED, MUTE, REFUSED, saying, STUCK } from '../support/scripts.js';

let cwd: string;
let root: string;
beforeEach(() => {
  cwd = temporaryFolder();
  root = path.join(cwd, '.massgen/massgen_logs');
});
afterEach(async () => {
  await cleanUp();
  await closeServers();
});

const options = (config: object | undefined, prompt: string, more: RunOptions = {}): RunOptions => ({ ...(config === undefined ? {} : { config: { ...config } }), prompt, cwd, home: cwd, env: {}, ...more });
const ask = (config: object | undefined, prompt: string, more: RunOptions = {}): Promise<RunResult> => run(options(config, prompt, more));
const sessions = (): readonly string[] => readdirSync(root);
const directoryOf = ({ log_directory: directory }: RunResult): string => directory ?? '';

/** The first event of a turn, or the header before it. */
function lineOf(directory: string, turn: number, line = 1): { readonly session: string; readonly turn: number; readonly history: readonly { readonly role: string; readonly text: string }[] } {
  return JSON.parse(readFileSync(path.join(directory, `turn_${String(turn)}`, 'events.jsonl'), 'utf8').split('\n')[line] ?? '') as never;
}

const conversation = (...texts: readonly string[]): readonly object[] => texts.map((text, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text }));

describe('a session goes on', () => {
  it('as the next turn in its directory, with what was said before, its team and its id', async () => {
    const first = await ask(AGREED, 'one');
    const second = await ask(undefined, 'two', { session: 'latest' });
    const third = await ask(saying('Short.'), 'three', { session: first.session_id });
    expect(sessions()).toHaveLength(1);
    expect([second, third].map((each) => [each.session_id, each.log_directory])).toEqual([[first.session_id, first.log_directory], [first.session_id, first.log_directory]]);
    expect([second.final_answer, third.final_answer]).toEqual(['The agreed answer.', 'Short.']);
    expect(second.final_answer_path).toBe(path.join(directoryOf(first), 'turn_2/final'));
    expect(lineOf(directoryOf(first), 3)).toMatchObject({ session: first.session_id, turn: 3, history: conversation('one', 'The agreed answer.', 'two', 'The agreed answer.') });
  });

  it('and tells every agent, without a call more', async () => {
    const asked: string[] = [];
    const origin = await serve((request, response) => {
      void json(request).then((body) => {
        asked.push(JSON.stringify(body));
        const isVote = JSON.stringify(body).includes('Vote, or submit');
        const call = isVote ? { name: 'vote', arguments: JSON.stringify({ agent_id: 'agent1', reason: 'good' }) } : { name: 'new_answer', arguments: JSON.stringify({ content: `answer ${String(asked.length)}` }) };
        const choice = { index: 0, delta: { tool_calls: [{ index: 0, id: `c${String(asked.length)}`, type: 'function', function: call }] }, finish_reason: 'tool_calls' };
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify({ id: 'r', object: 'chat.completion.chunk', model: 'm', choices: [choice] })}\n\ndata: [DONE]\n\n`);
      });
    });
    const team = { agents: ['one', 'two'].map((id) => ({ id, backend: { type: 'chatcompletion', model: 'm', base_url: `${origin}/v1` } })) };
    await ask(saying('The first answer.'), 'The first question?');
    const second = await ask(team, 'The second question?', { session: 'latest' });
    expect(second.status).toBe('completed');
    expect(asked).toHaveLength(4);
    for (const body of asked) for (const text of ['The first question?', 'The first answer.', 'The second question?']) expect(body).toContain(text);
  });

  it('by a part of its name, its path, that of a turn or an attempt', async () => {
    const directory = directoryOf(await ask(saying('A.'), 'one'));
    const name = path.basename(directory);
    for (const id of [name, name.slice(-13), directory, path.relative(cwd, directory), `./${path.relative(cwd, directory)}/turn_1/`, path.join(directory, 'turn_1', 'attempt_1')]) {
      mkdirSync(path.join(directory, 'turn_1', 'attempt_1'), { recursive: true });
      expect(await continueSession(root, id, { cwd })).toMatchObject({ directory, turn: 2 });
    }
  });

  it('in its own directory when it lies elsewhere than new ones', async () => {
    const directory = directoryOf(await ask(saying('A.'), 'one', { logDirectory: 'elsewhere' }));
    await ask(undefined, 'two', { session: directory });
    expect(readdirSync(directory).sort()).toEqual(['turn_1', 'turn_2']);
  });

  it('where the configuration says so', async () => {
    const first = await ask(saying('A.'), 'one');
    const second = await ask({ ...saying('B.'), session_id: first.session_id }, 'two');
    expect(second).toMatchObject({ session_id: first.session_id, log_directory: first.log_directory, final_answer: 'B.' });
  });

  it('after messages that came from elsewhere', async () => {
    await ask(saying('A.'), 'one', { history: [{ role: 'user', text: 'before' }] });
    expect((await continueSession(root, 'latest')).history).toEqual([{ role: 'user', text: 'before' }, ...conversation('one', 'A.')]);
  });

  it('under a name of its own, given when it begins', async () => {
    const open = await openRun(options(saying('A.'), 'one'));
    const { events, place } = open.start('one', { session: { id: 'api_session_20260130_x7' } });
    for await (const event of events) expect(event.seq).toBeGreaterThan(0);
    const session = await continueSession(root, 'api_session_20260130_x7', { exact: true, withoutConfig: true });
    expect(session).toMatchObject({ id: 'api_session_20260130_x7', directory: place.logDirectory, turn: 2 });
    const next = open.start('two', { session });
    for await (const event of next.events) expect(event.seq).toBeGreaterThan(0);
    expect([next.turn, next.place.sessionId]).toEqual([2, 'api_session_20260130_x7']);
  });
});

describe('a turn that did not end well', () => {
  const stopped = async (config: object): Promise<RunResult> => {
    const stop = new AbortController();
    const open = await openRun(options(config, 'one', { signal: stop.signal }));
    const { events, place } = open.start('one');
    for await (const event of events) if (event.type === 'answer-accept') stop.abort('enough');
    return { log_directory: place.logDirectory } as RunResult;
  };

  it('gives its best answer, and says that it is no more', async () => {
    await stopped(STUCK);
    const { history, remarks } = await continueSession(root, 'latest');
    expect(history).toEqual(conversation('one', '[This turn was interrupted; this is the best answer it had.]\n\nThe first answer.'));
    expect(remarks[1]).toBe('turn 1 was interrupted; the agents are told its best answer so far');
  });

  it('gives the answer with most votes when its process died before any was chosen', async () => {
    const directory = directoryOf(await ask({ agents: ['a', 'b', 'c'].map((id) => ({ id, backend: { type: 'scripted', script: [{ answer: `${id}.` }, { vote: 'agent2' }] } })) }, 'one'));
    const file = path.join(directory, 'turn_1/events.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    const end = lines.findIndex((line) => line.includes('"type":"winner-select"'));
    writeFileSync(file, `${[lines[0]?.replace(/"pid":\d+/u, '"pid":999999999') ?? '', ...lines.slice(1, end)].join('\n')}\n{"torn`);
    const { history, remarks } = await continueSession(root, 'latest');
    expect(history[1]?.text).toBe('[This turn broke off; this is the best answer it had.]\n\nb.');
    expect(remarks[1]).toBe('turn 1 broke off; the agents are told its best answer so far');
  });

  it('is told as one without an answer when it has none', async () => {
    await ask(REFUSED, 'one');
    const { history, remarks } = await continueSession(root, 'latest');
    expect(history).toEqual(conversation('one', '[No answer: this turn failed.]'));
    expect(remarks[1]).toMatch(/^turn 1 failed without an answer \(.+\); the agents are told so$/u);
  });

  it('is left out while it runs, or when it cannot be read', async () => {
    const directory = directoryOf(await ask(saying('A.'), 'one'));
    const stop = new AbortController();
    const { events, turn } = (await openRun(options(MUTE, '', { signal: stop.signal }))).start('two', { session: await continueSession(root, 'latest') });
    mkdirSync(path.join(directory, 'turn_7'));
    utimesSync(path.join(directory, 'turn_7'), 0, 0);
    for await (const event of events) {
      if (event.type !== 'call-start') continue;
      const session = await continueSession(root, 'latest');
      expect(session).toMatchObject({ turn: 8, history: conversation('one', 'A.') });
      expect(session.remarks.slice(1)).toEqual(['turn 2 is still running, so the agents are not told of it', expect.stringMatching(/^turn 7 is left out: /u)]);
      stop.abort('enough');
    }
    expect(turn).toBe(2);
  });
});

describe('the team of a continued session', () => {
  const team = (text: string): string => JSON.stringify(saying(text));

  it('is that of its file, where it was, as it is now', async () => {
    writeFileSync(path.join(cwd, 'team.yaml'), team('A.'));
    await run({ config: 'team.yaml', prompt: 'one', cwd, home: cwd, env: {} });
    writeFileSync(path.join(cwd, 'team.yaml'), team('B.'));
    expect(await run({ session: 'latest', prompt: 'two', cwd: temporaryFolder(), home: cwd, env: {}, logDirectory: root })).toMatchObject({ final_answer: 'B.', config_used: path.join(cwd, 'team.yaml') });
  });

  it('is the one in the log when the file is gone, and that is said', async () => {
    writeFileSync(path.join(cwd, 'team.yaml'), team('A.'));
    await run({ config: 'team.yaml', prompt: 'one', cwd, home: cwd, env: {} });
    rmSync(path.join(cwd, 'team.yaml'));
    const open = await openRun({ session: 'latest', cwd, home: cwd, env: {} });
    expect(open.notes[1]).toMatch(/^the configuration team\.yaml is not there any more; the one stored in log_\w+ is used$/u);
    expect(open.source).toBe('team.yaml');
  });

  it('is an example by its name, or another one that is given', async () => {
    await run({ config: '@examples/scripted_ci', prompt: 'one', cwd, home: cwd, env: {} });
    expect((await openRun({ session: 'latest', cwd, home: cwd, env: {} })).source).toBe('@examples/scripted_ci');
    expect((await openRun({ session: 'latest', config: saying('x') as never, cwd, home: cwd, env: {} })).source).toBe('object');
    writeFileSync(path.join(cwd, 'other.yaml'), team('B.'));
    expect((await openRun({ session: 'latest', cwd, home: cwd, env: { MASSGEN_CONFIG: 'other.yaml' } })).source).toBe(path.join(cwd, 'other.yaml'));
  });

  it('is refused when what the log holds of it lacks a secret', async () => {
    const config = { agent: { id: 'solo', backend: { type: 'chatcompletion', base_url: 'http://127.0.0.1:9/v1', model: 'm', api_key: 'very-secret-key' } }, timeout_settings: { orchestrator_timeout_seconds: 0.1 } };
    await ask(config, 'one');
    await expect(openRun({ session: 'latest', cwd, home: cwd, env: {} })).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringMatching(/^the one stored in log_\w+ lacks its secrets \(agent\.backend\.api_key\); give one with --config$/u) });
  });
});

describe('what cannot be continued is refused before anything is called', () => {
  it.each([
    ['nothing at all', 'latest', /^there is no session to continue in .*massgen_logs; begin one by asking without --continue$/u],
    ['an unknown id', 'nowhere', /^there is no session "nowhere" in /u],
    ['a path without a session', '.', / holds no session$/u],
    ['a path that is not there', './nowhere', /^there is no directory /u],
  ])('%s', async (_name, id, message) => {
    await expect(ask(saying('A.'), 'one', { session: id })).rejects.toMatchObject({ code: 'usage-invalid', message: expect.stringMatching(message) });
  });

  it('a name that is nearly right, with the right one', async () => {
    const name = path.basename(directoryOf(await ask(saying('A.'), 'one')));
    await expect(continueSession(root, `${name.slice(0, -1)}x`)).rejects.toThrow(`did you mean ${name}?`);
  });

  it('anything but a whole id, for strangers', async () => {
    const first = await ask(saying('A.'), 'one');
    for (const id of ['latest', directoryOf(first), path.basename(directoryOf(first)), first.session_id.slice(2), '../x', '']) {
      await expect(continueSession(root, id, { exact: true })).rejects.toThrow(/^there is no such session$/u);
    }
    expect(await continueSession(root, first.session_id, { exact: true })).toMatchObject({ turn: 2 });
  });
});

describe('sessions of the Python MassGen', () => {
  it('go on in their log directory, with the stored team', async () => {
    const directory = path.join(root, 'log_20251101_120000_000001');
    const attempt = path.join(directory, 'turn_1/attempt_1');
    mkdirSync(path.join(attempt, 'final/agent_a'), { recursive: true });
    writeFileSync(path.join(attempt, 'final/agent_a/answer.txt'), 'From Python.');
    writeFileSync(path.join(attempt, 'status.json'), JSON.stringify({ finish_reason: 'completed', is_complete: true, meta: { question: 'Old question?', session_id: 'attempt_1' }, results: { winner: 'agent_a' } }));
    writeFileSync(path.join(attempt, 'execution_metadata.yaml'), `query: Old question?\nconfig_path: gone.yaml\nconfig: ${team('New.')}\n`);
    const result = await run({ session: directory, prompt: 'two', cwd, home: cwd, env: {} });
    expect(result).toMatchObject({ final_answer: 'New.', log_directory: directory, session_id: 'log_20251101_120000_000001' });
    expect(lineOf(directory, 2)).toMatchObject({ turn: 2, history: conversation('Old question?', 'From Python.') });
    expect(await continueSession(root, 'latest')).toMatchObject({ turn: 3, history: conversation('Old question?', 'From Python.', 'two', 'New.') });
  });

  it('go on from the folder of conversations, which stays as it is', async () => {
    const folder = path.join(cwd, '.massgen/sessions/session_20251101_120000');
    for (const turn of [1, 2]) {
      mkdirSync(path.join(folder, `turn_${String(turn)}`), { recursive: true });
      writeFileSync(path.join(folder, `turn_${String(turn)}`, 'metadata.json'), JSON.stringify({ turn, task: `q${String(turn)}` }));
      writeFileSync(path.join(folder, `turn_${String(turn)}`, 'answer.txt'), `a${String(turn)}`);
    }
    const result = await ask(saying('New.'), 'q3', { session: 'session_20251101_120000' });
    expect(result).toMatchObject({ session_id: 'session_20251101_120000', final_answer: 'New.' });
    expect(path.dirname(directoryOf(result))).toBe(root);
    expect(readdirSync(folder)).toEqual(['turn_1', 'turn_2']);
    expect(await continueSession(root, 'session_20251101_120000')).toMatchObject({ directory: directoryOf(result), turn: 4, history: conversation('q1', 'a1', 'q2', 'a2', 'q3', 'New.') });
  });

  const team = (text: string): string => JSON.stringify(saying(text));
});
