import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAnswerScan } from '../../../src/orchestrator/engine/answer-scan.js';
import { cpuMs } from '../../support/cpu-ms.js';

const scanned = (pieces: readonly string[]): string => {
  const scan = createAnswerScan();
  return pieces.map((piece) => scan(piece)).join('');
};

/** A text cut at the given places. */
function cut(text: string, places: readonly number[]): readonly string[] {
  const sorted = [...new Set(places.map((place) => place % (text.length + 1)))].sort((one, other) => one - other);
  return [0, ...sorted].map((from, index) => text.slice(from, sorted[index] ?? text.length));
}

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const others = fc.dictionary(fc.oneof(anyText, fc.constantFrom('contents', 'Content', '', 'a"b', 'content ')), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });

/** The same text as JSON with every character escaped. */
const escaped = (text: string): string => `"${Array.from({ length: text.length }, (_unused, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`;

describe('reading an answer out of a tool call', () => {
  it('gives what JSON.parse gives, however the call is cut', () => {
    fc.assert(
      fc.property(others, others, anyText, fc.array(fc.nat(400), { maxLength: 12 }), fc.constantFrom(0, 1, 4), (before, after, content, places, indent) => {
        const given = { ...before, content, ...after };
        const text = JSON.stringify(given, null, indent);
        expect(scanned(cut(text, places))).toBe(given.content);
      }),
      { numRuns: 1500 },
    );
  });

  it('gives it too when every character is escaped', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(400), { maxLength: 12 }), (content, places) => {
        expect(scanned(cut(`{ "x" : [ { "content" : "no" } ] , "content"\n:\t${escaped(content)} }`, places))).toBe(content);
      }),
      { numRuns: 500 },
    );
  });

  it('has given a beginning of it at every moment before', () => {
    const text = JSON.stringify({ content: 'Four,\n"because" ☃' });
    for (let length = 0; length <= text.length; length += 1) expect('Four,\n"because" ☃'.startsWith(scanned([text.slice(0, length)]))).toBe(true);
  });

  it.each([
    ['"content"', ''],
    ['[{"content":"x"}]', ''],
    ['{"a":{"content":"x"}}', ''],
    ['{"content":7,"other":"x"}', ''],
    ['{"content":["x"]}', ''],
    ['{"content":null}{"content":"x"}', ''],
    ['{"content":"x"}{"content":"y"}', 'x'],
    ['{"other":"content","content":"y"}', 'y'],
    ['{"other":"content:","x":"content"}', ''],
    ['  \n{"content":"y"', 'y'],
    ['nonsense', ''],
    ['', ''],
    ['{"content":"\\/ \\b\\f\\n\\r\\t \\u0041"}', '/ \b\f\n\r\t A'],
  ])('of %p gives %p', (text, expected) => {
    expect(scanned([text])).toBe(expected);
    expect(scanned(text.split(/(?=[\s\S])/u))).toBe(expected);
  });

  it('looks at each character once', async () => {
    const scan = createAnswerScan();
    let length = 0;
    const cost = await cpuMs(() => {
      scan('{"content":"');
      for (let piece = 0; piece < 100_000; piece += 1) length += scan('some words ').length;
    });
    expect(length).toBe(1_100_000);
    expect(cost).toBeLessThan(2000);
  });
});
