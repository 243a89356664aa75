import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRun, run, stream, MassgenError, type HistoryMessage, type RunEvent, type RunOptions } from '../../src/index.js';
import { cleanUp, loggedEvents, logTexts, start, temporaryFolder } from '../support/massgen-process.js';
import { AGREED, ECHO, MUTE, REFUSED, saying } from '../support/scripts.js';

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
});
afterEach(cleanUp);

const options = (config: object, more: RunOptions = {}): RunOptions => ({ config: { ...config }, cwd, home: cwd, env: {}, ...more });

async function collect(events: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('run', () => {
  it('resolves to the documented result, logged', async () => {
    const result = await run(options(AGREED, { prompt: 'hi' }));
    expect(result).toMatchObject({
      status: 'completed',
      final_answer: 'The agreed answer.',
      selected_agent: 'one',
      config_used: 'object',
      vote_results: { vote_counts: { one: 2 }, winner: 'one', is_tie: false, total_votes: 2 },
      answers: [
        { label: 'answer1.1', agent_id: 'one', content: 'The agreed answer.' },
        { label: 'answer2.1', agent_id: 'two', content: 'Another answer.' },
      ],
      agent_mapping: { agent1: 'one', agent2: 'two' },
      cost: 0,
    });
    expect(result.error).toBeUndefined();
    expect(result.log_directory?.startsWith(path.join(cwd, '.massgen/massgen_logs/log_'))).toBe(true);
    expect(readFileSync(path.join(result.final_answer_path ?? '', 'one/answer.txt'), 'utf8')).toBe('The agreed answer.');
  });

  it('resolves also when nobody answered', async () => {
    const result = await run(options(REFUSED, { prompt: 'hi' }));
    expect(result).toMatchObject({ status: 'failed', final_answer: '', final_answer_path: null, selected_agent: null, error: { code: 'agents-failed' } });
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'failed' });
  });

  it('throws before anything happens for what cannot be run', async () => {
    await expect(run(options(ECHO))).rejects.toThrow(new MassgenError('usage-invalid', 'there is no prompt; give one, or set `prompt:` in the configuration'));
    await expect(run(options(ECHO, { prompt: ' ' }))).rejects.toMatchObject({ code: 'usage-invalid', message: 'the prompt is empty; say what the agents should answer' });
    await expect(run(options({ agents: [] }, { prompt: 'hi' }))).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(run(options(ECHO, { prompt: 'hi', timeoutSeconds: -1 }))).rejects.toMatchObject({ code: 'usage-invalid' });
    expect(existsSync(path.join(cwd, '.massgen'))).toBe(false);
  });

  it.each<[given: unknown, says: string]>([
    [undefined, "the options must be an object, not undefined; write { prompt: 'the question' }"],
    ['hi', "the options must be an object, not a text; write { prompt: 'the question' }"],
    [{ config: ECHO, prompt: 7 }, 'prompt must be a text, not a number'],
    [{ config: ECHO, prompt: ['q'] }, 'prompt must be a text, not a list'],
    [{ config: ECHO, prompt: 'hi', signal: {} }, 'signal must be an AbortSignal, not an object'],
    [{ config: 7, prompt: 'hi' }, 'config must be a path, a name or a configuration, not a number'],
    [{ config: ECHO, prompt: 'hi', cwd: 1 }, 'cwd must be a text, not a number'],
    [{ config: ECHO, prompt: 'hi', agent: [7] }, 'agent must be a list of names, not a list of something else'],
    [{ config: ECHO, prompt: 'hi', history: 'x' }, 'history must be a list of { role, text } with the roles user, assistant, system and tool, not a text'],
    [{ config: ECHO, prompt: 'hi', history: ['x'] }, 'history must be a list of { role, text } with the roles user, assistant, system and tool, not a list of something else'],
    [{ config: ECHO, prompt: 'hi', history: [{ role: 'robot', text: 'x' }] }, 'history must be a list of { role, text } with the roles user, assistant, system and tool, not a list of something else'],
  ])('refuses %j by name', async (given, says) => {
    await expect(run(given as RunOptions)).rejects.toThrow(new MassgenError('usage-invalid', says));
    await expect(run(given as RunOptions)).rejects.toMatchObject({ code: 'usage-invalid' });
  });

  it('refuses a prompt, a history and a signal that are none when a run is started', async () => {
    const open = await openRun(options(ECHO));
    expect(() => open.start(7 as unknown as string)).toThrow(new MassgenError('usage-invalid', 'prompt must be a text, not a number'));
    expect(() => open.start(undefined as unknown as string)).toThrow(new MassgenError('usage-invalid', 'prompt must be a text, not undefined'));
    expect(() => open.start('hi', { history: [{ role: 'user', content: 'x' } as unknown as HistoryMessage] })).toThrow('history must be a list of { role, text }');
    expect(() => open.start('hi', { signal: {} as AbortSignal })).toThrow(new MassgenError('usage-invalid', 'signal must be an AbortSignal, not an object'));
    expect(existsSync(path.join(cwd, '.massgen'))).toBe(false);
  });

  it('takes the prompt of the configuration where none is given', async () => {
    expect((await run(options({ ...ECHO, prompt: 'configured' }))).final_answer).toBe('<configured>');
    expect((await run(options({ ...ECHO, prompt: 'configured' }, { prompt: 'given' }))).final_answer).toBe('<given>');
  });

  it('stops when its signal says so', async () => {
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort('enough');
    }, 50);
    expect(await run(options(MUTE, { prompt: 'hi', signal: stop.signal }))).toMatchObject({ status: 'cancelled', error: { code: 'run-cancelled' } });
  });
});

describe('stream', () => {
  it('yields numbered events, each in the log before it is yielded, run-end last', async () => {
    const seen: RunEvent[] = [];
    for await (const event of stream(options(AGREED, { prompt: 'hi' }))) {
      seen.push(event);
      expect(loggedEvents(cwd).length).toBeGreaterThanOrEqual(event.seq);
    }
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_event, index) => index + 1));
    expect(seen.at(-1)?.type).toBe('run-end');
    expect(loggedEvents(cwd)).toEqual(seen);
  });

  it('stops the run when the loop is left, and completes its log', async () => {
    for await (const event of stream(options(MUTE, { prompt: 'hi' }))) if (event.type === 'call-start') break;
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
  });
});

describe('openRun', () => {
  it('calls nobody and writes nothing', async () => {
    const open = await openRun(options({ ...MUTE, prompt: 'hi' }));
    expect(open).toMatchObject({ source: 'object', prompt: 'hi', logRoot: path.join(cwd, '.massgen/massgen_logs'), warnings: [], notes: [] });
    expect(open.team.agents.map(({ id }) => id)).toEqual(['solo']);
    expect(existsSync(path.join(cwd, '.massgen'))).toBe(false);
  });

  it('starts any number of runs at the same time, each with its own session and log', async () => {
    const open = await openRun(options({ agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text: '<{{task}}>' }] } } }));
    const prompts = Array.from({ length: 8 }, (_unused, index) => `question ${String(index)}`);
    const runs = await Promise.all(prompts.map(async (prompt) => {
      const { events, place } = open.start(prompt);
      return { place, events: await collect(events) };
    }));
    expect(runs.map(({ events }) => events.flatMap((event) => (event.type === 'answer-final' ? [event.text] : [])))).toEqual(prompts.map((prompt) => [`<${prompt}>`]));
    expect(new Set(runs.map(({ place }) => place.sessionId)).size).toBe(8);
    expect(new Set(runs.map(({ place }) => place.logDirectory)).size).toBe(8);
    expect(logTexts(cwd)).toHaveLength(8);
  });

  it('stops any number of runs by one signal, without a warning of Node', async () => {
    const program = `
      import { openRun } from ${JSON.stringify(pathToFileURL(path.resolve('dist/index.js')).href)};
      const stop = new AbortController();
      const open = await openRun({ config: ${JSON.stringify(MUTE)}, signal: stop.signal });
      const runs = Array.from({ length: 12 }, () => open.start('hi').events);
      await Promise.all(runs.map((events) => events.next()));
      stop.abort();
      for (const events of runs) for await (const event of events) if (event.type === 'run-end') console.log(event.status);`;
    const outcome = await start([process.execPath, '--input-type=module', '--eval', program]).ended;
    expect(outcome).toMatchObject({ code: 0, stdout: 'cancelled\n'.repeat(12), stderr: '' });
  });

  it('asks again for a text whose check throws, and fails with its words', async () => {
    const check = (text: string): null => {
      JSON.parse(text);
      return null;
    };
    const script = [{ text: 'no JSON' }, { text: '{}' }, { text: 'none' }];
    const open = await openRun(options({ agent: { id: 'solo', backend: { type: 'scripted', loop: true, script } } }));
    const good = await collect(open.start('hi', { request: { format: { type: 'json' } }, check }).events);
    expect(good.find(({ type }) => type === 'answer-reject')).toMatchObject({ reason: 'format_unmet', message: expect.stringContaining('is not valid JSON') as unknown });
    expect(good.at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
    const refusing = (): never => {
      throw new Error('I take nothing');
    };
    const bad = await collect(open.start('hi', { request: { format: { type: 'json' } }, check: refusing }).events);
    expect(bad.at(-1)).toMatchObject({ type: 'run-end', status: 'failed', error: { code: 'format-unmet', message: expect.stringContaining('I take nothing') as unknown } });
  });

  it('gives the history to the agents', async () => {
    const open = await openRun(options(ECHO, { history: [{ role: 'user', text: 'earlier' }, { role: 'assistant', text: 'reply' }] }));
    const events = await collect(open.start('now').events);
    expect(events[0]).toMatchObject({ type: 'run-start', task: 'now', history: [{ role: 'user', text: 'earlier' }, { role: 'assistant', text: 'reply' }] });
  });

  it('logs the configuration without its secrets', async () => {
    const config = { agent: { id: 'solo', backend: { type: 'scripted', script: [{ text: 'x' }], api_key: 'sk-written-down', extra_headers: { 'x-token': '${MY_TOKEN}' } } } };
    const open = await openRun(options(config, { env: { MY_TOKEN: 'tok-from-environment' } }));
    await collect(open.start('hi').events);
    const text = logTexts(cwd).join('');
    expect(text).toContain('${MY_TOKEN}');
    expect(text).not.toMatch(/sk-written-down|tok-from-environment/);
  });

  it('keeps no log where the configuration says so', async () => {
    const open = await openRun(options({ ...saying('x'), ui: { logging_enabled: false } }));
    const { events, place } = open.start('hi');
    expect((await collect(events)).at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
    expect(place).toMatchObject({ logDirectory: null, finalAnswerPath: null });
    expect(existsSync(path.join(cwd, '.massgen'))).toBe(false);
  });
});
