import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { frameOf } from '../../../../src/commands/ui/live/frame.js';
import { foldView } from '../../../../src/commands/ui/live/fold-view.js';
import { UNICODE } from '../../../../src/commands/ui/live/glyphs.js';
import { plainText, widthOf } from '../../../../src/commands/ui/live/spans.js';
import { FIRST_UI, type Panel } from '../../../../src/commands/ui/live/ui-state.js';
import { EMPTY_VIEW, viewOf, type ViewState } from '../../../../src/commands/ui/live/view-state.js';
import { AGREEMENT, begin, ended, folded, stamped, turn, vote, words, type BareEvent } from './events.js';

const said = (view: ViewState, agent: string): string => {
  const { parts, last } = viewOf(view, agent).scroll;
  return [...parts, ...(last === null ? [] : [last])].map(({ kind, text }) => `${kind}: ${text}`).join('\n');
};

const strangers: readonly BareEvent[] = [words('nobody', 'hello'), vote('nobody', 'ann', 'why', {}), vote('ann', 'nobody', 'why', { nobody: 3 }), ended('nobody'), ...turn('nobody', 7)];

describe('what a live view shows', () => {
  it('is what agents write, joined, with what happened in between', () => {
    const view = folded([begin(), ...turn('ann', 1), words('ann', 'One '), words('ann', 'two.'), { type: 'reasoning-delta', agent: 'ann', turn: 1, call: 1, text: 'hm' }]);
    expect(said(view, 'ann')).toBe('note: turn 1: first answer\ntext: One two.\nthinking: hm');
    expect(viewOf(view, 'ann').written).toBe(10);
  });

  it('counts tokens and money for each agent, and does not know money that nobody knows', () => {
    const view = folded([begin(), ...turn('ann', 1), ended('ann'), ...turn('bob', 1), { ...ended('bob'), costMicros: null } as BareEvent]);
    expect(viewOf(view, 'ann')).toMatchObject({ usage: { inputTokens: 1000, outputTokens: 200 }, costMicros: 1500, costKnown: true });
    expect(viewOf(view, 'bob')).toMatchObject({ costKnown: false });
  });

  it('says of tokens and money whether they are an estimate', () => {
    const shown = (usageSource: 'reported' | 'estimated'): string => {
      const view = folded([begin(), ...turn('ann', 1), { ...ended('ann'), usageSource } as BareEvent]);
      const { header, body } = frameOf(view, { ...FIRST_UI, panel: 'cost' }, { columns: 120, rows: 40, now: 0, glyphs: UNICODE, place: { source: null, log: null }, keys: true, steers: true });
      return [...header, ...body].map(plainText).join('\n');
    };
    expect(shown('estimated')).toMatch(/about [\d,]+ tokens[\s\S]*about \$/u);
    expect(shown('reported')).not.toContain('about');
  });

  it('has votes with their reasons and what was seen', () => {
    const { votes, entries } = folded(AGREEMENT);
    expect(votes.map(({ voter, target, reason }) => [voter, target, reason])).toEqual([['ann', 'ann', 'because ann says so'], ['bob', 'ann', 'because bob says so'], ['cid', 'ann', 'because cid says so']]);
    expect(entries.map(({ text }) => text)).toContain('votes for ann (answer1.1): because bob says so (saw answer1.1, answer2.1, answer3.1)');
  });

  it('remembers the tool at work until it is done', () => {
    const tool = (status: 'start' | 'end'): BareEvent => ({ type: 'provider-tool', agent: 'ann', turn: 1, call: 1, id: 'x', name: 'web_search', status, detail: 'oil' });
    expect(viewOf(folded([begin(), ...turn('ann', 1), tool('start')]), 'ann').tool).toBe('web_search: oil');
    expect(viewOf(folded([begin(), ...turn('ann', 1), tool('start'), tool('end')]), 'ann').tool).toBeNull();
  });

  it('takes no escape sequence from anybody', () => {
    const evil = '\u001b]0;owned\u0007\u001b[31mred\u001b[200~paste\u001b[201~\u009b2J\u0090dcs\u009c\u202eback';
    const view = folded([
      begin(),
      ...turn('ann', 1),
      words('ann', evil),
      { type: 'notice', level: 'warning', message: evil },
      { type: 'agent-fail', agent: 'bob', error: { code: 'backend-rejected', message: evil } },
      { type: 'provider-tool', agent: 'ann', turn: 1, call: 1, id: 'x', name: evil, status: 'start', detail: evil },
      vote('ann', 'bob', evil, { bob: 1 }),
    ]);
    expect(said(view, 'ann') + JSON.stringify(view.entries) + JSON.stringify(view.votes) + String(viewOf(view, 'ann').tool)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u);
  });

  it('keeps what it holds of an agent within bounds, however long it talks', () => {
    let view = folded([begin(['ann']), ...turn('ann', 1)]);
    const piece = stamped([words('ann', 'All work and no play makes a long text without an end to it.\n')])[0]!;
    for (let count = 0; count < 20_000; count += 1) view = foldView(view, piece);
    const { scroll } = viewOf(view, 'ann');
    expect(scroll.size).toBeLessThan(200_000);
    expect(scroll.cut).toBe(true);
    expect(said(view, 'ann').length).toBeLessThan(220_000);
  });

  it('never breaks, whatever comes in whatever order, and always fits its screen', () => {
    const all = [...AGREEMENT, ...strangers, begin(['x', 'ann']), { type: 'attempt-start', attempt: 2, reason: 'r', instructions: 'i' } as BareEvent];
    const panels: readonly (Panel | null)[] = [null, 'votes', 'answers', 'timeline', 'cost', 'system', 'help'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { maxLength: 40 }), fc.constantFrom(...panels), fc.integer({ min: 5, max: 210 }), fc.integer({ min: 5, max: 60 }), fc.constantFrom(null, 'ann', 'gone'), fc.integer({ min: 0, max: 50 }), (events, panel, columns, rows, focus, scroll) => {
        const view = stamped(events).reduce(foldView, EMPTY_VIEW);
        const frame = frameOf(view, { ...FIRST_UI, panel, focus, scroll }, { columns, rows, now: view.t + 500, glyphs: UNICODE, place: { source: null, log: null }, keys: true, steers: true });
        const lines = [...frame.header, ...frame.body, ...frame.footer].map(plainText);
        expect(lines.length).toBeLessThan(rows);
        for (const each of lines) expect(widthOf(each)).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 400 },
    );
  });
});
