import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTextLines } from '../../../src/commands/ui/text-lines.js';

const linesOf = (pieces: readonly string[]): readonly string[] => {
  const { take, rest } = createTextLines();
  return [...pieces.flatMap((piece) => take(piece)), ...rest()];
};

describe('text that arrives in pieces', () => {
  it('becomes whole lines', () => {
    expect(linesOf(['one li', 'ne\ntwo', '\n', '\n \nthree'])).toEqual(['one line', 'two', 'three']);
  });

  it('is cut after a sentence, else after a word, when a line is long', () => {
    const sentence = `${'word '.repeat(20).trim()}. `;
    expect(linesOf([sentence.repeat(2)])).toEqual([sentence.trim(), sentence]);
    expect(linesOf(['word '.repeat(40)])[0]).toBe('word '.repeat(32).trim());
  });

  it('is cut anywhere when it has no spaces', () => {
    expect(linesOf(['x'.repeat(400)]).map((line) => line.length)).toEqual([160, 160, 80]);
  });

  it('is shown as soon as a line is whole, and the rest only once', () => {
    const { take, rest } = createTextLines();
    expect([take('a\nb'), rest(), rest()]).toEqual([['a'], ['b'], []]);
  });

  it('loses nothing but white space, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 })), (pieces) => {
        const squeeze = (text: string): string => text.replace(/\s/gu, '');
        return squeeze(linesOf(pieces).join('')) === squeeze(pieces.join(''));
      }),
    );
  });
});
