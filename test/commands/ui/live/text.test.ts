import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { ASCII, UNICODE, glyphsFor } from '../../../../src/commands/ui/live/glyphs.js';
import { characters, cut, fill, fit, line, plainText, widthOf } from '../../../../src/commands/ui/live/spans.js';
import { wrapText } from '../../../../src/commands/ui/live/wrap.js';
import { cpuMs } from '../../../support/cpu-ms.js';
import { clock, dollars, grouped, short } from '../../../../src/commands/ui/live/figures.js';

const LETTERS = ['日', '本', 'ー', 'が', '한', 'Ａ', '、', '\u3099', '\u3030', 'é', 'ß', '×', '»', '\u00a0', '\u00ad', 'ž', 'λ', 'Ж', '\u0483', '—', '…', '\u0301', '👍🏽', '❤️', '\u200d', 'ع', ' ', 'a'];

describe('text on a terminal', () => {
  it('is broken at spaces, and long words where they must be', () => {
    expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrapText('one\n\ntwo', 10)).toEqual(['one', '', 'two']);
    expect(wrapText('a\tb', 10)).toEqual(['a    b']);
  });

  it('counts wide and combining characters as the cells they take', () => {
    expect(wrapText('日本語のテキスト', 6)).toEqual(['日本語', 'のテキ', 'スト']);
    expect(cut('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301e\u0301');
    expect(widthOf('👨‍👩‍👧')).toBe(2);
    expect(plainText(fill(line('日本'), 5))).toBe('日本 ');
    expect(plainText(fit(line('日本語'), 5))).toBe('日本…');
  });

  it('measures as the library does, and pages of any script in no time', async () => {
    fc.assert(
      fc.property(fc.tuple(fc.array(fc.constantFrom(...LETTERS), { maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 3 })).map(([letters, rest]) => [...letters, rest].join('')), (text) => {
        expect(widthOf(text)).toBe(stringWidth(text));
        expect(widthOf(cut(text, 7))).toBeLessThanOrEqual(7);
      }),
    );
    const mixed = 'Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich – „schön“. Съешь же ещё этих мягких французских булок, да выпей чаю. '.repeat(20_000);
    expect(await cpuMs(() => wrapText(mixed, 100))).toBeLessThan(600);
    const page = '日本語のテキスト、そして한국어。'.repeat(5000);
    expect(await cpuMs(() => wrapText(page, 100))).toBeLessThan(1500);
    expect(await cpuMs(() => wrapText(page.slice(0, 20_000).replaceAll('。', ' é👍 '), 100))).toBeLessThan(1500);
  });

  it('holds nothing that a terminal would obey, or that turns a line around', () => {
    expect(plainText(line('a\u202eb\u2069c\u001b[2Jd'))).toBe('abcd');
    expect(plainText(line('日本 ✓'))).toBe('日本 ✓');
  });

  it('fits whatever it is, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 2, max: 50 }), (text, width) => {
        const rows = wrapText(text, width);
        // One character that is wider than a row has nowhere to go.
        for (const row of rows) expect(widthOf(row) <= width || characters(row).length === 1).toBe(true);
        expect(rows.join('').replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
      }),
      { numRuns: 300 },
    );
  });

  it('is drawn with signs that the terminal has', () => {
    expect(glyphsFor({ LANG: 'en_GB.UTF-8' }, 'linux')).toBe(UNICODE);
    expect(glyphsFor({}, 'linux')).toBe(UNICODE);
    expect(glyphsFor({ LANG: 'C' }, 'linux')).toBe(ASCII);
    expect(glyphsFor({ TERM: 'linux', LANG: 'en_GB.UTF-8' }, 'linux')).toBe(ASCII);
    expect(glyphsFor({}, 'win32')).toBe(ASCII);
    expect(glyphsFor({ WT_SESSION: '1' }, 'win32')).toBe(UNICODE);
    for (const sign of Object.values(ASCII)) expect(sign).toMatch(/^[\u0020-\u007e]$/u);
    for (const sign of Object.values(UNICODE)) expect(widthOf(sign as string)).toBe(1);
  });

  it('has figures as people read them', () => {
    expect([grouped(1234567), short(999), short(1234), short(12_345), short(1_200_000)]).toEqual(['1,234,567', '999', '1.2k', '12k', '1.2M']);
    expect([clock(5000), clock(65_000), clock(3_700_000), clock(-1)]).toEqual(['0:05', '1:05', '1:01:40', '0:00']);
    expect([dollars(1500), dollars(15_000), dollars(2_500_000)]).toEqual(['$0.0015', '$0.015', '$2.50']);
  });
});
