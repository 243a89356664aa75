import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { createSseReader } from '../../../src/backends/transport/sse.js';
import { MessagesReading } from '../../../src/backends/wires/anthropic-reading.js';
import { createChatReading } from '../../../src/backends/wires/chat-reading.js';
import type { Reading } from '../../../src/backends/wires/reading.js';
import { chatFrames, createFrameParser } from '../../../src/backends/wires/repeated-frames.js';

const frame = (text: string, rest: object = {}): string => JSON.stringify({ id: 'c1', choices: [{ index: 0, delta: { content: text }, finish_reason: null }], ...rest });
const toolFrame = (text: string): string => JSON.stringify({ id: 'c1', choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: text } }] }, finish_reason: null }] });

const anyPayload = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => frame(text)),
  fc.string().map((text) => toolFrame(text)),
  fc.constantFrom('c1', '0', 'content', '', '"', '\\', 'x","y":"z', 'null', '\u0001').map((text) => frame(text)),
  fc.string().map((text) => frame(text, { usage: { prompt_tokens: 1 } })),
  fc.string(),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

describe('frames that repeat the one before', () => {
  it('reads every stream exactly as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.array(anyPayload, { maxLength: 30 }), (payloads) => {
        const { parse } = createFrameParser(chatFrames);
        for (const payload of payloads) {
          let expected: unknown;
          try {
            expected = JSON.parse(payload);
          } catch {
            expected = undefined;
          }
          expect(JSON.stringify(parse(payload))).toBe(JSON.stringify(expected));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not take a frame for a repetition that says more than its piece', () => {
    const { parse } = createFrameParser(chatFrames);
    parse(frame('Hello'));
    expect(parse(frame('x').replace('"x"', '"a","role":"b"'))).toEqual({ id: 'c1', choices: [{ index: 0, delta: { content: 'a', role: 'b' }, finish_reason: null }] });
  });
});

const broken = (): { code: 'internal'; message: string } => ({ code: 'internal', message: 'an error frame' });
const readings: readonly (readonly [string, () => Reading, (payload: string) => string])[] = [
  ['chat completions', () => createChatReading({ idPrefix: 'call_', toError: broken }), (payload) => `data: ${payload}\n\n`],
  ['the Messages API', () => new MessagesReading(broken), (payload) => `event: content_block_delta\ndata: ${payload}\n\n`],
];

const messageFrame = (text: string): string => JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const blockStart = JSON.stringify({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });

/** What a stream says when it comes in these pieces; neighbouring deltas are put together, because it is for the socket to say how many there are. */
function said(pieces: readonly string[], reading: Reading, isJoined: boolean): readonly BackendEvent[] {
  const reader = createSseReader();
  const heard: BackendEvent[] = [];
  for (const piece of pieces) {
    const bytes = new TextEncoder().encode(piece);
    const events = reading.take(isJoined ? reader.takeJoined(bytes, () => reading.repeated?.()) : reader.take(bytes));
    for (const event of events) {
      const last = heard.at(-1);
      if (event.type === 'text-delta' && last?.type === 'text-delta') heard[heard.length - 1] = { ...last, text: last.text + event.text };
      else if (event.type === 'tool-call-delta' && last?.type === 'tool-call-delta' && last.id === event.id) heard[heard.length - 1] = { ...last, argumentsText: last.argumentsText + event.argumentsText };
      else heard.push(event);
    }
    if (heard.some(({ type }) => type === 'finish' || type === 'error')) break;
  }
  return heard;
}

describe('frames that are put together before they are read', () => {
  for (const [name, make, wrap] of readings) {
    it(`say what they say one by one: ${name}`, () => {
      const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.constantFrom('a', ' word', '\n', '"', '\\', '\\"', 'x","y":"z', '\u2028'));
      const payload = fc.oneof({ weight: 12, arbitrary: text.map(name === 'chat completions' ? (each) => frame(each) : messageFrame) }, { weight: 4, arbitrary: text.map(toolFrame) }, fc.constantFrom('[DONE]', '', '{}', blockStart, frame('x').replace('"x"', '"a\\"'), frame('x').replace('"x"', '"a","role":"b"')), anyPayload);
      fc.assert(
        fc.property(fc.array(payload, { maxLength: 40 }), fc.array(fc.nat(400), { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), (payloads, cuts, lineEnd) => {
          const start = name === 'chat completions' ? '' : wrap(blockStart);
          const stream = `${start}${payloads.map((each) => wrap(each.replaceAll(/[\r\n]/gu, ' '))).join('')}`.replaceAll('\n', lineEnd);
          const pieces: string[] = [];
          let rest = stream;
          for (const cut of cuts) {
            pieces.push(rest.slice(0, cut));
            rest = rest.slice(cut);
          }
          pieces.push(rest);
          expect(said(pieces, make(), true)).toEqual(said(pieces, make(), false));
        }),
        { numRuns: 1000 },
      );
    });
  }
});
