import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safeJson, safeText } from '../../../src/commands/ui/safe-text.js';

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const anyText = fc.string({ unit: fc.oneof(fc.constantFrom('\u001b', '\u009b', '\u009d', '\u0007', '\u009c', '[', ']', ';', '0', 'm', '\\', '\r', '\n', '\t', '\u007f', '\u202e'), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' })) });

describe('text for a terminal', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['titles', '\u001b]0;owned\u0007text', 'text'],
    ['a clipboard', '\u001b]52;c;aGk=\u001b\\text', 'text'],
    ['eight-bit sequences', '\u009b2Jtext', 'text'],
    ['text that runs backwards', 'a\u202eb', 'ab'],
    ['lines that overwrite each other', 'secret\rpublic\r\nnext', 'secret\npublic\nnext'],
  ])('has no %s', (_name, text, safe) => {
    expect(safeText(text)).toBe(safe);
  });

  it('keeps letters of all languages, emoji, tabs and line feeds', () => {
    const text = 'Grüße, 世界 👩‍👩‍👧\n\tשלום مرحبا';
    expect(safeText(text)).toBe(text);
  });

  it('has no control characters, whatever it was, and is the same when made safe again', () => {
    fc.assert(fc.property(anyText, (text) => !CONTROLS.test(safeText(text)) && safeText(safeText(text)) === safeText(text)));
  });

  it('made safe in pieces has no control characters either', () => {
    fc.assert(fc.property(fc.array(anyText), (pieces) => !CONTROLS.test(pieces.map(safeText).join(''))));
  });
});

describe('JSON for a terminal', () => {
  it('is one line without control characters that stands for the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (value) => {
        const line = safeJson(value);
        return !/[\u0000-\u001f\u007f-\u009f]/.test(line) && JSON.stringify(JSON.parse(line)) === JSON.stringify(value);
      }),
    );
  });
});
