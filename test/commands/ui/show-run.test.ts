import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPlainView } from '../../../src/commands/ui/plain-lines.js';
import { showRun, type Display, type Screen } from '../../../src/commands/ui/show-run.js';
import { openRun, type RunEvent } from '../../../src/index.js';
import { EMPTY, fold } from '../../../src/orchestrator/index.js';
import { breaks, openTable, says } from '../../support/coordination.js';
import { cleanUp, temporaryFolder } from '../../support/massgen-process.js';
import { AGREED, MUTE, REFUSED, STUCK } from '../../support/scripts.js';

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
});
afterEach(cleanUp);

interface Shown {
  readonly out: readonly string[];
  readonly progress: readonly string[];
}

async function events(config: object, more: object = {}): Promise<AsyncGenerator<RunEvent, void, undefined>> {
  const open = await openRun({ config: { ...config }, cwd, home: cwd, env: {}, ...more });
  return open.start('hi').events;
}

async function show(config: object, display: Display, more: object = {}): Promise<Shown> {
  const shown = { out: [] as string[], progress: [] as string[] };
  const screen: Screen = {
    out: (text) => void shown.out.push(text),
    progress: (text) => void shown.progress.push(text),
    paint: (text, tone, agent) => (tone === 'normal' ? text : `<${tone}${tone === 'name' ? String(agent) : ''}>${text}`),
  };
  await showRun(await events(config, more), display, screen);
  return shown;
}

describe('the view of a run', () => {
  it('names each agent in its own colour and marks what matters', async () => {
    const { out, progress } = await show(AGREED, 'plain');
    expect(out).toEqual([]);
    expect(progress).toContain('<name0>[one] writes its first answer\n');
    expect(progress).toContain('<name1>[two] <text>| Another answer.\n');
    expect(progress).toContain('<name0>[one] <good>votes for one (answer1.1): the better answer\n');
    expect(progress).toContain('<name-1>[massgen] <good>winner: one (answer1.1); one 2 votes, unanimous\n');
  });

  it('shows names of agents without what turns a line around', async () => {
    const { progress } = await show({ agent: { id: 'a\u202eb\u2066c', backend: { type: 'scripted', script: [{ text: 'yes' }] } } }, 'plain');
    expect(progress).toContain('<name0>[abc] <text>| yes\n');
    expect(progress.join('')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
  });

  it('shows faults and how many agents they cost', async () => {
    const { progress } = await show(REFUSED, 'plain');
    expect(progress).toContain('<name1>[two] <warning>failed: scripted fault: the key was refused\n');
    expect(progress.at(-1)).toMatch(/failed in .*; 2 of 2 agents failed\n$/);
  });

  it.each([
    ['a connection that breaks after some words', { text: 'half a text', fault: 'reset', after: 1 }, 'scripted fault: the connection was reset'],
    ['a key that is refused', { fault: 'rejected' }, 'scripted fault: the key was refused'],
    ['a filter', { text: 'half a text', finish: 'content-filter' }, "the provider's content filter ended it"],
    ['no words at all', { text: '' }, 'it was empty'],
    ['the token limit', { text: 'half a text', finish: 'length' }, 'it was cut off at the token limit'],
    ['a provider that asks to wait for longer than the run has', { fault: 'rate-limit', retry_after: 86_400 }, 'scripted fault: too many requests; it asks to wait 24 h, which is longer than this run has'],
  ])('says why a presentation failed: %s', async (_case, step, why) => {
    const script = (presents: readonly object[]): readonly object[] => [{ answer: 'The answer.' }, { vote: 'agent1' }, ...presents];
    const agents = [script([step]), script([])].map((steps, place) => ({ id: `agent${String(place + 1)}`, backend: { type: 'scripted', script: steps } }));
    const { progress } = await show({ agents, orchestrator: { final_answer_strategy: 'winner_present' } }, 'plain');
    expect(progress).toContain(`<name0>[agent1] <warning>the presentation failed: ${why}\n`);
    expect(progress.join('')).toContain('the presentation failed, so this is the stored answer');
  });

  it('does not say that a presentation failed which is asked for again, shortened', () => {
    const table = openTable({ agents: ['a', 'b'], task: 'a long question '.repeat(1000), settings: { skipCoordination: true } });
    table.reply('a', breaks('context-overflow', { overflow: { limit: 1000, size: 2000 } }));
    table.reply('a', says('As presented.'));
    const view = createPlainView();
    let state = EMPTY;
    const lines = table.facts.flatMap((fact, place) => {
      const event = { ...fact, seq: place + 1, at: '2026-01-30T10:00:00.000Z', t: place, epoch: 1 };
      state = fold(state, event);
      return view(event, state).map(({ text }) => text);
    });
    expect(lines.join('\n')).toContain('the conversation is too long for the model: shortened');
    expect(lines.join('\n')).not.toContain('failed');
  });

  it('says of tokens and money whether they are an estimate', async () => {
    const script = [{ fault: 'reset' }];
    const { progress } = await show({ agent: { id: 'solo', backend: { type: 'scripted', script, loop: true, price: { input: 1, output: 1 } } } }, 'plain', { timeoutSeconds: 60 });
    expect(progress.at(-1)).toMatch(/; about \d+ tokens?, about \$/);
    expect((await show(AGREED, 'plain')).progress.join('')).not.toContain('about');
    expect((await show(REFUSED, 'plain')).progress.at(-1)).toContain('; 0 tokens, ');
  });

  it('shows limits in words, and none about voting to an agent alone', async () => {
    const [team, solo] = await Promise.all([show(STUCK, 'plain', { timeoutSeconds: 2 }), show(MUTE, 'plain', { timeoutSeconds: 0.5 })]);
    expect(team.progress.join('')).toContain('voting begins without waiting any longer for first answers');
    expect(solo.progress.join('')).toContain('the time limit is reached');
    expect(solo.progress.join('')).not.toContain('voting');
  });

  it('prints one JSON line an event on the output, and nothing else', async () => {
    const { out, progress } = await show(AGREED, 'json');
    expect(progress).toEqual([]);
    expect(out.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
    expect((JSON.parse(out.at(-1) ?? '') as RunEvent).type).toBe('run-end');
  });

  it('is silent but for notices', async () => {
    expect(await show(AGREED, 'silent')).toEqual({ out: [], progress: [] });
    expect((await show(AGREED, 'silent', { logDirectory: '/dev/null/logs' })).progress).toEqual([expect.stringMatching(/^massgen: this run is not logged: /)]);
  });

  it('waits for a slow reader of the output', async () => {
    let [waiting, most] = [0, 0];
    const screen: Screen = {
      out: () => {
        waiting += 1;
        most = Math.max(most, waiting);
        return new Promise((resolve) =>
          setTimeout(() => {
            waiting -= 1;
            resolve();
          }, 1),
        );
      },
      progress: () => undefined,
      paint: (text) => text,
    };
    const state = await showRun(await events(AGREED), 'json', screen);
    expect(most).toBe(1);
    expect(state.ending?.status).toBe('completed');
  });
});
