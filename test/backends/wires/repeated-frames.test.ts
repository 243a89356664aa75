import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chatPlaces, createFrameParser } from '../../../src/backends/wires/repeated-frames.js';

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
        const parse = createFrameParser(chatPlaces);
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
    const parse = createFrameParser(chatPlaces);
    parse(frame('Hello'));
    expect(parse(frame('x').replace('"x"', '"a","role":"b"'))).toEqual({ id: 'c1', choices: [{ index: 0, delta: { content: 'a', role: 'b' }, finish_reason: null }] });
  });
});
