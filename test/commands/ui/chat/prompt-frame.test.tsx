import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { render } from 'ink-testing-library';
import { promptFrame, sentLines } from '../../../../src/commands/ui/chat/prompt-frame.js';
import { emptyPrompt, type PromptState } from '../../../../src/commands/ui/chat/prompt-state.js';
import { UNICODE } from '../../../../src/commands/ui/live/glyphs.js';
import { LiveScreen } from '../../../../src/commands/ui/live/live-screen.js';
import { plainText, widthOf } from '../../../../src/commands/ui/live/spans.js';

const open: { unmount: () => void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.unmount();
});

const HISTORY = ['What is oil?', 'Why is the sky blue?'];
const frame = (state: Partial<PromptState>, columns = 60, rows = 20) => promptFrame({ ...emptyPrompt(), ...state }, { columns, rows, glyphs: UNICODE, history: HISTORY, status: ['3 agents', '/help'] });

function screen(state: Partial<PromptState>, columns?: number, rows?: number): string {
  const shown = render(<LiveScreen printed={[]} frame={frame(state, columns, rows)} paint={(text) => text} />);
  open.push(shown);
  return shown.lastFrame() ?? '';
}

describe('the line of a conversation on the screen', () => {
  it('stands with its cursor above what there is to know', () => {
    expect(screen({ draft: { before: 'Why ', after: 'so?' } })).toBe('> Why ▏so?\n3 agents  /help');
    expect(screen({ hint: 'once more to leave' })).toBe('> ▏\nonce more to leave');
  });

  it('wraps, wide characters and words from right to left included', () => {
    expect(screen({ draft: { before: '日本語のテキスト', after: '' } }, 12)).toBe('> 日本語のテ\n  キスト▏\n3 agents');
    expect(screen({ draft: { before: 'שלום עולם', after: '' } }, 30)).toContain('> שלום עולם▏');
  });

  it('shows the rows around the cursor of a text that is higher than the screen', () => {
    const rows = Array.from({ length: 50 }, (_unused, index) => `row ${String(index)}`);
    expect(screen({ draft: { before: rows.join('\n'), after: '' } }, 40, 10)).toContain('row 49▏');
    const middle = screen({ draft: { before: rows.slice(0, 20).join('\n'), after: `\n${rows.slice(20).join('\n')}` } }, 40, 10);
    expect(middle).toContain('row 19▏');
    expect(middle.split('\n').length).toBeLessThan(10);
  });

  it('lists ways to complete a word, the chosen one among them', () => {
    const items = Array.from({ length: 40 }, (_unused, index) => `file_${String(index)}.txt`);
    const shown = screen({ menu: { items, at: 30, from: 0 } }, 60, 20);
    expect(shown).toContain('file_30.txt');
    expect(shown).toContain('40 in all');
  });

  it('shows what a search has found', () => {
    expect(screen({ search: { query: 'oil', back: 2 } })).toBe('  What is oil?\nsearch: oil▏\nEnter asks it  Esc edits it  Ctrl-R further back  Ctrl-C dr…');
    expect(screen({ search: { query: 'gas', back: null } })).toContain('no question has that in it');
  });

  it('is never as high as the screen, and no row is wider', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 4, max: 60 }), fc.integer({ min: 3, max: 20 }), fc.array(fc.string({ minLength: 1, maxLength: 30 }), { maxLength: 30 }), (before, after, columns, rows, items) => {
        const { header, body, footer } = frame({ draft: { before, after }, menu: items.length === 0 ? null : { items, at: null, from: 0 } }, columns, rows);
        const lines = [...header, ...body, ...footer];
        expect(lines.length).toBeLessThan(Math.max(rows, 3));
        for (const line of lines) expect(widthOf(plainText(line))).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 300 },
    );
  });

  it('stays as it was sent', () => {
    expect(sentLines('one\ntwo', 40).map(plainText)).toEqual(['> one', '  two']);
  });
});
