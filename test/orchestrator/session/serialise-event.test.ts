import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '../../../src/orchestrator/index.js';
import { createQuote } from '../../../src/orchestrator/session/quoted.js';
import { serialiseEvent } from '../../../src/orchestrator/session/serialise-event.js';

// As the engine makes an event: its number first.
const stamp = { at: '2026-11-21T10:15:00.000Z', t: 0.1, epoch: 1 };
const call = { agent: 'a"b', turn: 1, call: 2 };
const usage = { inputTokens: 1, outputTokens: 2 };
const TRAP = 'it says "text":"" and \\"text\\":\\"\\"';

const texts = ['', 'short', TRAP, TRAP.repeat(40), `${'long '.repeat(200)}"quoted"\n\u2028☃🙂\ud83d`, '\udc00 is half a character '.repeat(60)];

const withText = (text: string): readonly RunEvent[] => [
  { seq: 1, type: 'text-delta', of: 'answer', text, ...call, ...stamp },
  { seq: 1, type: 'reasoning-delta', text, ...call, ...stamp },
  { seq: 1, type: 'answer-accept', agent: 'a', turn: 1, rev: 1, label: 'answer1.1', text, via: 'tool', toolCalls: [{ id: '1', name: 'n', argumentsText: '{"text":""}' }], ...stamp },
  { seq: 1, type: 'answer-final', agent: 'a', label: 'answer1.final', text, source: 'winner', marks: [], ...stamp },
  { seq: 1, type: 'call-end', ...call, end: 'finish', reason: 'stop', text, toolCalls: [{ id: '1', name: 'n', argumentsText: text }], items: [{ wire: 'openai', item: { text: '' } }], usage, usageSource: 'reported', costMicros: null, ...stamp },
  { seq: 1, type: 'call-end', ...call, end: 'error', error: { code: 'internal', message: TRAP }, text, toolCalls: [], items: [], usage, usageSource: 'estimated', costMicros: 1, ...stamp },
  { seq: 1, type: 'notice', level: 'info', message: text, ...stamp },
];

describe('an event as a line', () => {
  it.each(texts.map((text) => [JSON.stringify(text.slice(0, 30)), text]))('is what JSON.stringify makes of it: %s', (_name, text) => {
    const quote = createQuote(2);
    for (const event of [...withText(text), ...withText(`${text}.`), ...withText(text)]) expect(serialiseEvent(event, quote)).toBe(`${JSON.stringify(event)}\n`);
  });
});

describe('a quote', () => {
  it('tells texts apart that are equally long, however many there are', () => {
    const quote = createQuote(3);
    const long = Array.from({ length: 10 }, (_each, index) => `${'x'.repeat(600)}${String(index)}`);
    for (const text of [...long, ...long.toReversed(), ...long]) expect(quote(text)).toBe(JSON.stringify(text));
  });
});
