import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { browserFrame, found, openBrowser, pressBrowser, type BrowserState, type Choice } from '../../../../src/commands/ui/live/browser.js';
import { UNICODE } from '../../../../src/commands/ui/live/glyphs.js';
import type { Key } from '../../../../src/commands/ui/live/keys.js';
import { plainText, widthOf } from '../../../../src/commands/ui/live/spans.js';
import type { SessionSummary } from '../../../../src/orchestrator/index.js';

const session = (id: string, question: string): SessionSummary => ({ id, directory: `/logs/${id}`, status: 'completed', question, agents: ['ann'], winner: 'ann', started_at: '2026-11-21T10:00:00.000Z', duration_seconds: 3, cost: 0.01, turns: [] });
const SESSIONS = [session('log_20261121_100000_000001', 'Why is the sky blue?'), session('log_20261121_090000_000001', 'Which is heavier?'), session('log_20261121_080000_000001', 'A \u001b[31mred\u0007 question, 日本語 and more')];

const typed = (text: string): Key => ({ name: text, text });
const named = (name: string): Key => ({ name, text: '' });

function after(...keys: readonly Key[]): { readonly state: BrowserState; readonly choice: Choice | undefined } {
  let state = openBrowser(SESSIONS);
  let choice: Choice | undefined;
  for (const key of keys) ({ state, choice } = { choice: undefined, ...pressBrowser(state, key) });
  return { state, choice };
}

const screen = (state: BrowserState, columns = 100, rows = 20): readonly string[] => {
  const { header, body, footer } = browserFrame(state, columns, rows, UNICODE);
  return [...header, ...body, ...footer].map(plainText);
};

describe('the list of sessions to choose from', () => {
  it('points at one, and does with it what the key says', () => {
    expect(screen(after(named('down')).state)[2]).toMatch(/^› .*Which is heavier\?/u);
    expect(after(named('return')).choice).toEqual({ type: 'show', id: SESSIONS[0]!.id });
    expect(after(named('down'), typed('r')).choice).toEqual({ type: 'replay', id: SESSIONS[1]!.id });
    expect(after(named('end'), typed('a')).choice).toEqual({ type: 'answer', id: SESSIONS[2]!.id });
    expect(after(named('end'), named('home'), typed('o')).choice).toEqual({ type: 'open', id: SESSIONS[0]!.id });
    expect(after(typed('q')).choice).toEqual({ type: 'leave' });
  });

  it('compares two', () => {
    expect(screen(after(typed('d')).state).join('\n')).toContain(`compares it with ${SESSIONS[0]!.id}`);
    expect(after(typed('d'), named('down'), typed('d')).choice).toEqual({ type: 'diff', ids: [SESSIONS[0]!.id, SESSIONS[1]!.id] });
    expect(after(typed('d'), typed('d')).state.marked).toBeNull();
  });

  it('finds those with every word that is typed', () => {
    const { state } = after(typed('/'), typed('h'), typed('e'), typed('a'), typed('v'));
    expect(found(state).map(({ question }) => question)).toEqual(['Which is heavier?']);
    expect(pressBrowser(pressBrowser(state, named('return')).state, named('return')).choice).toEqual({ type: 'show', id: SESSIONS[1]!.id });
    expect(found(pressBrowser(state, named('escape')).state)).toHaveLength(3);
    expect(after(typed('/'), typed('q')).choice).toBeUndefined();
    expect(after(typed('/'), typed('%'), named('return'), named('return')).choice).toBeUndefined();
  });

  it.each([40, 60, 80])('shows the questions and how to leave at %d columns', (columns) => {
    const lines = screen(openBrowser(SESSIONS), columns);
    expect(lines[1]).toMatch(/2026-11-21 .*Why is the sky blue/u);
    expect(lines.at(-1)).toMatch(/q leave$/u);
  });

  it('fits any screen and lets no question write to it', () => {
    const keys = fc.constantFrom(...['d', '/', 'j', 'k', 'x', 'ü', '__proto__'].map(typed), ...['up', 'down', 'pagedown', 'escape', 'backspace', 'constructor'].map(named));
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 20 }), fc.integer({ min: 5, max: 200 }), fc.integer({ min: 6, max: 50 }), (list, columns, rows) => {
        const lines = screen(after(...list).state, columns, rows);
        expect(lines.length).toBeLessThan(rows);
        for (const each of lines) {
          expect(widthOf(each)).toBeLessThanOrEqual(columns);
          expect(each).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
        }
      }),
    );
  });
});
