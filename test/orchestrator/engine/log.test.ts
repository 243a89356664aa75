import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { MassgenError } from '../../../src/errors.js';
import type { RunEvent } from '../../../src/orchestrator/index.js';
import { foldAll, ofType, playRun, startRun } from '../../support/engine-run.js';
import { answer, error, fakeBackend, hang, say, text, toolCall, vote } from '../../support/fake-backend.js';

const team = () => ({ a: fakeBackend([{ type: 'reasoning-delta', text: 'hm' }, text('Well, '), ...answer('A')], vote('agent1')), b: fakeBackend([error('backend-reset')], answer('B'), vote('agent1')) });

describe('the log of a run', () => {
  it('holds the events that were shown, numbered without gaps, and tells the same story after JSON', async () => {
    const { events, log, state } = await playRun(team());
    expect(log).toEqual(events);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.every((event, index) => index === 0 || event.t >= events[index - 1]!.t)).toBe(true);
    expect(foldAll(JSON.parse(JSON.stringify(log)) as RunEvent[])).toEqual(state);
  });

  it('has each event before anybody sees it, and before anything is done about it', async () => {
    const a = fakeBackend(say('Four.'));
    let stored = 0;
    const append = async (batch: readonly RunEvent[]): Promise<undefined> => {
      await sleep(15);
      const begins = batch.some(({ type }) => type === 'call-start');
      if (begins) expect(a.requests).toHaveLength(0);
      stored += batch.length;
    };
    for await (const event of startRun({ a }, { deps: { append } }).events) expect(event.seq).toBeLessThanOrEqual(stored);
    expect(a.requests).toHaveLength(1);
  });

  it('that refuses stops the run: calls are aborted, nothing more is shown, the reader is told why', async () => {
    const a = fakeBackend([text('one '), 20, text('two '), hang]);
    let batches = 0;
    const append = (): Promise<undefined> => {
      batches += 1;
      return batches < 3 ? Promise.resolve(undefined) : Promise.reject(new MassgenError('log-refused', 'another owner has this log'));
    };
    const seen: RunEvent[] = [];
    const reading = (async () => {
      for await (const event of startRun({ a, b: a }, { deps: { append } }).events) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'log-refused' });
    expect(a.signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(seen.some((event) => event.type === 'run-end')).toBe(false);
    const asked = a.requests.length;
    await sleep(40);
    expect(a.requests).toHaveLength(asked);
  });

  it('that cannot be kept is mentioned once, and the run goes on', async () => {
    let told = false;
    const append = (): Promise<string | undefined> => {
      const warning = told ? undefined : 'the disk is full';
      told = true;
      return Promise.resolve(warning);
    };
    const { events, state } = await playRun(team(), { deps: { append } });
    expect(ofType(events, 'notice')).toMatchObject([{ level: 'warning', message: 'the disk is full' }]);
    expect(state.ending?.status).toBe('completed');
  });
});

describe('what is shown', () => {
  it('of an answer is read out of its tool call as it arrives, and of the rest as it is said', async () => {
    const content = 'Four,\n"because" \\ 2 + 2 = 4 ☃ 𝒳';
    const a = fakeBackend([text('Well. '), ...toolCall('new_answer', { notes: { content: 'not this' }, content }, 4), { type: 'finish', reason: 'tool-calls' }], vote('agent1'));
    const { events } = await playRun({ a, b: fakeBackend(answer('B'), vote('agent1')) });
    const shown = ofType(events, 'text-delta').filter(({ agent, turn }) => agent === 'a' && turn === 1);
    const joined = (of: string): string => shown.filter((event) => event.of === of).map((event) => event.text).join('');
    expect(joined('answer')).toBe(content);
    expect(joined('reply')).toBe('Well. ');
    expect(shown[0]).toMatchObject({ agent: 'a', turn: 1, call: 1 });
  });

  it('is one event for all deltas of a kind that arrive at once', async () => {
    const { events } = await playRun({ only: fakeBackend([...Array.from({ length: 500 }, () => text('word ')), { type: 'finish', reason: 'stop' }]) });
    const shown = ofType(events, 'text-delta');
    expect(shown.map((event) => event.text).join('')).toBe('word '.repeat(500));
    expect(shown.length).toBeLessThan(50);
  });

  it('of a call that is tried again is withdrawn, in a vote too', async () => {
    const half = toolCall('new_answer', { content: 'Half an answer' }).slice(0, 4);
    const a = fakeBackend(answer('A'), [...half, error('backend-reset')], vote('agent1'));
    const { events } = await playRun({ a, b: fakeBackend(answer('B'), vote('agent1')) });
    expect(ofType(events, 'text-delta').some((event) => event.agent === 'a' && event.turn === 2 && event.of === 'answer')).toBe(true);
    expect(ofType(events, 'draft-discard')).toMatchObject([{ agent: 'a', turn: 2, call: 1 }]);
  });

  it('names tools that the provider used, and its sources', async () => {
    const only = fakeBackend([{ type: 'provider-tool', id: 't', name: 'web_search', status: 'start' }, { type: 'citation', url: 'https://example.org/' }, ...say('Four.')]);
    const { events } = await playRun({ only });
    expect(ofType(events, 'provider-tool')).toMatchObject([{ agent: 'only', name: 'web_search', status: 'start' }]);
    expect(ofType(events, 'citation')).toMatchObject([{ url: 'https://example.org/' }]);
  });
});
