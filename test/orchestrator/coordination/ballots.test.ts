import { describe, expect, it } from '@jest/globals';
import type { CallResult } from '../../../src/orchestrator/protocol.js';
import { answers, breaks, openTable, says, submits, votes, type Table, type TableOptions } from '../../support/coordination.js';

function voting(agents: readonly string[], options: TableOptions = {}): Table {
  const table = openTable({ agents, ...options });
  for (const agent of agents) table.reply(agent, answers(`answer of ${agent}`));
  return table;
}

const REUSE: TableOptions = { settings: { strategy: 'winner_reuse' } };
const silences = (table: Table, agent: string): void => {
  for (let reply = 0; reply < 3; reply += 1) table.reply(agent, says('I cannot decide'));
};

describe('counting', () => {
  it('gives a tie to the agent that stands first in the configuration, not first by number', () => {
    const table = voting(['z', 'b'], REUSE);
    table.reply('z', votes('agent2'));
    table.reply('b', votes('agent1'));
    expect(table.of('winner-select')).toMatchObject([{ agent: 'z', label: 'answer2.1', tie: true, unanimous: false, tally: [{ agent: 'z', votes: 1 }, { agent: 'b', votes: 1 }] }]);
  });

  it('never counts a failed agent, whose answer may still win', () => {
    const table = voting(['a', 'b', 'c'], REUSE);
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent3'));
    table.reply('c', breaks());
    expect(table.of('winner-select')).toMatchObject([{ agent: 'a', tie: true, unanimous: false }]);
    const [end] = table.of('winner-select');
    expect(end?.tally).toEqual([{ agent: 'a', votes: 1 }, { agent: 'c', votes: 1 }]);
  });

  it('lets the accepted answer of a dead agent win, delivered as it is stored', () => {
    const table = voting(['a', 'b', 'c'], { settings: { strategy: 'winner_present' } });
    table.reply('c', breaks());
    table.reply('a', votes('agent3'));
    table.reply('b', votes('agent3'));
    expect(table.of('winner-select')).toMatchObject([{ agent: 'c', unanimous: true, finish: 'reuse' }]);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'c', text: 'answer of c' }]);
  });

  it('calls a result unanimous only when every live agent voted for it', () => {
    const table = voting(['a', 'b', 'c'], REUSE);
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent1'));
    silences(table, 'c');
    expect(table.of('winner-select')).toMatchObject([{ agent: 'a', unanimous: false, basis: 'current', tally: [{ agent: 'a', votes: 2 }] }]);
  });

  it('takes the first in configuration order when nobody voted', () => {
    const table = voting(['z', 'b'], REUSE);
    silences(table, 'z');
    silences(table, 'b');
    expect(table.of('winner-select')).toMatchObject([{ agent: 'z', basis: 'none', tally: [], tie: false, unanimous: false }]);
  });
});

describe('an abstention', () => {
  it('is what a voter has cast who brings no vote in three replies; its text is no answer', () => {
    const table = voting(['a', 'b']);
    silences(table, 'b');
    expect(table.of('vote-abstain')).toMatchObject([{ agent: 'b', seen: { a: 1, b: 1 } }]);
    expect(table.of('answer-accept')).toHaveLength(2);
  });

  it('holds for what its agent had seen: news is asked about again, but not after a second abstention', () => {
    const table = voting(['a', 'b', 'c']);
    silences(table, 'b');
    table.reply('a', answers('better'));
    table.reply('c', votes('agent1'));
    expect(table.asked()).toEqual(['a vote', 'b vote', 'c vote']);
    silences(table, 'b');
    table.reply('a', votes('agent1'));
    table.reply('c', answers('better still'));
    expect(table.asked()).toEqual(['a vote', 'c vote']);
    table.reply('a', votes('agent3'));
    table.reply('c', votes('agent3'));
    expect(table.of('winner-select')).toMatchObject([{ agent: 'c', tally: [{ agent: 'c', votes: 2 }], unanimous: false }]);
  });
});

describe('an early stop', () => {
  const settings = { limits: { totalMs: 100_000 } };

  it('counts a last vote whose answer is still the newest of its author', () => {
    const table = voting(['a', 'b', 'c'], { settings });
    table.reply('a', votes('agent2'));
    table.reply('b', votes('agent2'));
    table.reply('c', answers('late idea'));
    table.advance(80_000);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'b', basis: 'standing', unanimous: false, tally: [{ agent: 'b', votes: 2 }] }]);
  });

  it('is never unanimous while some have not seen the newest answer, though all votes are for one', () => {
    const table = voting(['a', 'b', 'c'], { settings });
    table.reply('b', votes('agent2'));
    table.reply('c', votes('agent2'));
    table.reply('a', answers('late idea'));
    table.reply('a', votes('agent2'));
    table.advance(80_000);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'b', basis: 'standing', unanimous: false, tally: [{ agent: 'b', votes: 3 }], finish: 'present' }]);
  });

  it('does not count a vote for an answer that was replaced since', () => {
    const table = voting(['a', 'b', 'c'], { settings });
    table.reply('a', votes('agent2'));
    table.reply('c', votes('agent3'));
    table.reply('b', answers('other words'));
    table.advance(80_000);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'c', basis: 'standing', tally: [{ agent: 'c', votes: 1 }] }]);
  });

  it('says so when votes on the present answers were enough, or when there were none', () => {
    const some = voting(['a', 'b', 'c'], { settings });
    some.reply('a', votes('agent2'));
    some.advance(80_000);
    expect(some.of('winner-select')).toMatchObject([{ agent: 'b', basis: 'current', unanimous: false }]);
    const none = voting(['z', 'b'], { settings });
    none.advance(80_000);
    expect(none.of('winner-select')).toMatchObject([{ agent: 'z', basis: 'none' }]);
  });

  it('keeps the standing votes of those who are being asked again', () => {
    const table = voting(['a', 'b', 'c'], { settings });
    table.reply('a', votes('agent2'));
    table.reply('b', votes('agent2'));
    table.reply('c', answers('late idea'));
    table.input({ type: 'cancel', by: 'test' });
    expect(table.of('winner-select')).toMatchObject([{ agent: 'b', tally: [{ agent: 'b', votes: 2 }] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'cancelled', error: { code: 'run-cancelled' } }]);
    expect(table.of('answer-final')).toMatchObject([{ text: 'answer of b', marks: ['cancelled'] }]);
  });

  it('keeps them too when their call breaks off in the same moment', () => {
    const table = voting(['a', 'b', 'c'], { settings });
    table.reply('a', votes('agent2'));
    table.reply('b', votes('agent2'));
    table.reply('c', answers('late idea'));
    const result: CallResult = { end: 'error', error: { code: 'backend-reset', message: 'reset' }, text: '', toolCalls: [], items: [], usage: { inputTokens: 1, outputTokens: 0 }, usageSource: 'estimated' };
    table.input({ type: 'cancel', by: 'test' }, { type: 'call-end', agent: 'a', turn: 3, call: 1, result, costMicros: null, chance: 0 });
    expect(table.of('agent-fail')).toEqual([]);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'b', tally: [{ agent: 'b', votes: 2 }] }]);
  });
});

describe('whoever checks the result', () => {
  it('is another agent than its author when there is one', () => {
    const table = voting(['a', 'b'], { settings: { maxRestarts: 1 } });
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent1'));
    expect(table.asked()).toEqual(['b evaluate']);
    table.reply('b', submits());
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a' }]);
  });

  it('is the author when nobody else is up', () => {
    const table = voting(['a', 'b'], { settings: { maxRestarts: 1 } });
    table.reply('b', breaks());
    table.reply('a', votes('agent1'));
    expect(table.asked()).toEqual(['a evaluate']);
  });
});
