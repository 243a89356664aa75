import { describe, expect, it } from '@jest/globals';
import { createBackend } from '../../../src/backends/create.js';
import type { Backend } from '../../../src/backends/contract.js';
import type { BackendConfig, ScriptStep } from '../../../src/backends/spec.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, textOf } from '../../support/backend-collect.js';
import { describeBackend, type Scenario } from '../../support/backend-contract.js';

const make = (script: readonly ScriptStep[], more: Partial<BackendConfig> = {}): Backend =>
  createBackend({ type: 'scripted', script, ...more }, { env: {}, agent: 'ada' });

const text = 'Grüße, 世界 👋 — done.';
const STEPS: Readonly<Record<Scenario, ScriptStep>> = {
  text: { text, usage: { input: 120, output: 30 } },
  'tool-call': { answer: 'Grüße, 世界' },
  'parallel-tool-calls': { answer: 'Grüße, 世界', vote: { agent: 'agent2', reason: 'clearer' } },
  reasoning: { reasoning: 'Let me think. Über…', text },
  length: { text, finish: 'length' },
  withheld: { text, finish: 'content-filter' },
  'cut-short': { text, fault: 'truncate', after: 2 },
  unauthorized: { fault: 'rejected' },
  'rate-limited': { fault: 'rate-limit', retry_after: 3 },
  unavailable: { fault: 'unavailable' },
  reset: { text, fault: 'reset', after: 2 },
  garbage: { fault: 'garbage' },
  silence: { text, fault: 'silence', after: 2 },
};

describeBackend({
  name: 'scripted',
  make: (scenario) => make([STEPS[scenario]]),
  makeWithoutKey: () => undefined,
  secret: 'none',
  heard: () => '',
  skip: [
    { reason: 'a script needs no key', tests: ['says a missing key before any call is made', 'never shows a key'] },
    { reason: 'a script looks at nothing', tests: ['sends images'] },
  ],
});

describe('the scripted backend', () => {
  it('answers by the index of the call, so that a resumed run hears the same', async () => {
    const script = [{ text: 'one' }, { text: 'two' }, { text: 'three' }];
    const say = async (callIndex: number): Promise<string> => textOf(await collect(make(script), requestOf({ callIndex })));
    expect([await say(2), await say(0), await say(2)]).toEqual(['three', 'one', 'three']);
  });

  it('streams word by word', async () => {
    const events = await collect(make([{ text: 'one two  three\nfour' }]));
    expect(eventsOf(events, 'text-delta').map((event) => event.text)).toEqual(['one ', 'two  ', 'three\n', 'four']);
  });

  it('turns the short forms into workflow calls', async () => {
    const events = await collect(make([{ answer: 'x' }, { vote: 'agent2' }], {}), requestOf({ callIndex: 1 }));
    expect(callsOf(events)).toEqual([{ id: 'call_1_0', name: 'vote', argumentsText: '{"agent_id":"agent2","reason":"the better answer"}' }]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  it('sends arguments given as text verbatim, broken or not', async () => {
    const events = await collect(make([{ tools: [{ name: 'vote', arguments: '{"agent' }], finish: 'length' }]));
    expect(callsOf(events)[0]?.argumentsText).toBe('{"agent');
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'length' });
  });

  it('puts the question into {{task}}, from the newest ORIGINAL MESSAGE block', async () => {
    const script = [{ reasoning: 'about {{task}}', answer: 'On "{{ task }}"' }];
    const block = '<ORIGINAL MESSAGE> Why is $& blue? <END OF ORIGINAL MESSAGE>\n<CURRENT ANSWERS>…';
    const messages = [
      { role: 'user', content: block },
      { role: 'assistant', text: 'x', toolCalls: [], items: [] },
      { role: 'user', content: 'news' },
    ] as const;
    const events = await collect(make(script), requestOf({ messages }));
    expect(reasoningOf(events)).toBe('about Why is $& blue?');
    expect(JSON.parse(callsOf(events)[0]?.argumentsText ?? '')).toEqual({ content: 'On "Why is $& blue?"' });
    expect(reasoningOf(await collect(make(script)))).toBe('about What is the answer?');
  });

  it('estimates usage where the step gives none', async () => {
    const usage = eventsOf(await collect(make([{ text: 'x'.repeat(40) }])), 'usage')[0]?.usage;
    expect(usage?.outputTokens).toBe(10);
    expect(usage?.inputTokens).toBeGreaterThan(10);
  });

  it('fails when asked more often than scripted, and names the agent', async () => {
    const events = await collect(make([{ text: 'one' }]), requestOf({ callIndex: 1 }));
    expect(events).toEqual([{ type: 'error', error: { code: 'script-mismatch', message: 'agent ada was asked 2 times, its script has 1 step' } }]);
  });

  it('complains when a run asked less or more often than scripted', () => {
    const backend = make([{ text: 'one' }, { text: 'two' }]);
    expect(backend.complaint?.(0)).toEqual({ code: 'script-mismatch', message: 'agent ada was asked never, its script has 2 steps' });
    expect(backend.complaint?.(1)).toMatchObject({ message: 'agent ada was asked once, its script has 2 steps' });
    expect(backend.complaint?.(2)).toBeUndefined();
    expect(backend.complaint?.(3)).toMatchObject({ message: 'agent ada was asked 3 times, its script has 2 steps' });
  });

  it('repeats with loop and never complains', async () => {
    const backend = make([{ text: 'one' }, { text: 'two' }], { loop: true });
    expect(textOf(await collect(backend, requestOf({ callIndex: 5 })))).toBe('two');
    expect(backend.complaint?.(1)).toBeUndefined();
  });

  it('takes its time, and an abort ends the waiting', async () => {
    const stop = new AbortController();
    const begun = performance.now();
    setTimeout(() => {
      stop.abort();
    }, 30);
    expect(await collect(make([{ text: 'late', delay: 20 }]), requestOf(), stop.signal)).toEqual([{ type: 'finish', reason: 'aborted' }]);
    expect(performance.now() - begun).toBeLessThan(15_000);
    const slow = performance.now();
    await collect(make([{ text: 'a b c', delay: 0.02, pace: 0.02 }]));
    expect(performance.now() - slow).toBeGreaterThan(50);
  });

  it('has a name for its model', () => {
    expect(make([{ text: 'x' }]).model).toBe('scripted');
    expect(make([{ text: 'x' }], { model: 'gpt-9' }).model).toBe('gpt-9');
  });

  it('refuses a script that cannot be played, and says where', () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      [undefined, 'script must be a list of steps'],
      [[], 'script must be a list of steps'],
      [[{ text: 'x' }, 'y'], 'script[1] must be a step'],
      [[{ fault: 'explode' }], 'script[0].fault must be one of rate-limit'],
      [[{ text: 'x', delay: -1 }], 'script[0].delay must be a number of seconds'],
      [[{ tool: { arguments: {} } }], 'script[0].tool must be a {name, arguments}'],
      [[{ txet: 'x' }], 'script[0].txet must be left out'],
    ];
    for (const [script, message] of wrong) {
      expect(() => make(script as never)).toThrow(expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(`agent ada: ${message}`) }));
    }
  });
});
