import { describe, expect, it } from '@jest/globals';
import { answers, breaks, openTable, says, submits, votes, type Reply, type Table, type TableOptions } from '../../support/coordination.js';

/** Two agents, one vote each way unless they agree; `a` wins. */
function voted(options: TableOptions = {}, agree = false): Table {
  const table = openTable(options);
  table.reply('a', answers('stored A'));
  table.reply('b', answers('stored B'));
  table.reply('a', votes('agent1'));
  table.reply('b', votes(agree ? 'agent1' : 'agent2'));
  return table;
}

const settings = { limits: { totalMs: 100_000 } };

describe('the strategy', () => {
  it.each([
    ['auto', false, 'present'],
    ['auto', true, 'reuse'],
    ['winner_reuse', false, 'reuse'],
    ['winner_present', true, 'present'],
    ['synthesize', true, 'synthesize'],
  ] as const)('%s, with agreement %p, is to %s', (strategy, agree, finish) => {
    expect(voted({ settings: { strategy } }, agree).of('winner-select')).toMatchObject([{ agent: 'a', finish }]);
  });

  it('of skip_final_presentation is always to reuse', () => {
    expect(voted({ settings: { strategy: 'winner_present', skipPresentation: true } }).of('answer-final')).toMatchObject([{ text: 'stored A', source: 'winner' }]);
  });

  it('to synthesize one answer is to present it', () => {
    const table = openTable({ settings: { strategy: 'synthesize' } });
    table.reply('a', answers('A'));
    table.reply('b', breaks());
    expect(table.of('winner-select')).toMatchObject([{ agent: 'a', finish: 'present' }]);
  });
});

describe('a presentation', () => {
  it('is the final answer', () => {
    const table = voted();
    table.reply('a', says(' As presented. '));
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a', label: 'answer1.final', text: ' As presented. ', source: 'presentation', marks: [] }]);
  });

  const BAD: readonly (readonly [what: string, reply: Reply])[] = [
    ['is empty', says('  ')],
    ['was cut off', { reason: 'length', text: 'As pre' }],
    ['was filtered', { reason: 'content-filter', text: 'As pre' }],
    ['was refused', { reason: 'refusal', text: 'I cannot' }],
    ['broke off after some text', breaks('backend-reset', { text: 'As pre' })],
    ['was rejected by the provider', breaks('request-rejected')],
  ];

  it.each(BAD)('that %s gives way to the stored answer, and what was shown is withdrawn', (_what, reply) => {
    const table = voted();
    table.reply('a', reply);
    expect(table.of('retry-wait')).toEqual([]);
    expect(table.of('draft-discard')).toHaveLength((reply.text ?? '').trim() === '' ? table.of('draft-discard').length : 1);
    expect(table.of('answer-final')).toMatchObject([{ text: 'stored A', source: 'winner', marks: ['presentation-failed'] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('of which nothing was shown yet is tried again', () => {
    const table = voted();
    table.reply('a', breaks('backend-reset'));
    table.advance();
    table.reply('a', says('As presented.'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'As presented.' }]);
  });

  it('says why it failed only when it is not asked for again', () => {
    const table = voted({ task: 'a long question '.repeat(1000) });
    table.reply('a', breaks('context-overflow', { overflow: { limit: 100, size: 200 } }));
    expect(table.of('conversation-compact')).toHaveLength(1);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(table.of('turn-end').filter(({ why }) => why !== undefined)).toEqual([]);
      table.reply('a', breaks('backend-overloaded'));
      table.advance();
    }
    expect(table.of('turn-end').at(-1)).toMatchObject({ agent: 'a', outcome: 'failed', why: 'backend-overloaded!' });
    expect(table.of('agent-fail')).toEqual([]);
  });

  it('has the last fifth of the time, at most a minute, to itself', () => {
    const table = voted({ settings: { ...settings, strategy: 'winner_present' } });
    table.advance(99_999);
    expect(table.asked()).toEqual(['a present']);
    table.advance(1);
    expect(table.of('time-up')).toMatchObject([{ which: 'run' }]);
    expect(table.of('answer-final')).toMatchObject([{ text: 'stored A', marks: ['time-limit', 'presentation-failed'] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
    const long = openTable({ settings: { limits: { totalMs: 3_600_000 } } });
    long.reply('a', answers('A'));
    long.advance(3_539_999);
    expect(long.asked()).toContain('b answer');
    long.advance(1);
    expect(long.asked()).toEqual(['a present']);
  });

  it('stays what it was when its checker breaks off after some words', () => {
    const table = voted({ settings: { strategy: 'winner_present', maxRestarts: 1 } }, true);
    table.reply('a', says('As presented.'));
    expect(table.asked()).toEqual(['b evaluate']);
    table.reply('b', breaks('backend-reset', { text: 'Let me check' }));
    table.advance();
    table.reply('b', submits());
    expect(table.of('answer-final')).toMatchObject([{ text: 'As presented.', marks: [] }]);
  });

  it('without answers that runs out of time ends the run as timed out', () => {
    const table = openTable({ settings: { ...settings, skipCoordination: true } });
    table.advance(100_000);
    expect(table.of('run-end')).toMatchObject([{ status: 'timeout', error: { code: 'run-timeout', message: expect.stringContaining('within 100 s') } }]);
  });

  it('that is cancelled gives way to the stored answer', () => {
    const table = voted();
    table.input({ type: 'cancel', by: 'SIGINT' });
    expect(table.of('cancel-request')).toMatchObject([{ by: 'SIGINT' }]);
    expect(table.of('answer-final')).toMatchObject([{ text: 'stored A', marks: ['cancelled'] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'cancelled' }]);
  });

  it('that cannot go on fails, with the reason', () => {
    const table = voted();
    const error = { code: 'backend-reset', message: 'what was shown cannot stand' } as const;
    table.input({ type: 'cancel', by: 'caller', error });
    expect(table.of('cancel-request')).toMatchObject([{ by: 'caller', error }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'failed', error }]);
  });
});

describe('the time limit', () => {
  it('ends coordination with what there is and leaves time to present it', () => {
    const table = openTable({ settings });
    table.reply('a', answers('A'));
    table.advance(80_000);
    expect(table.of('turn-end').at(-1)).toMatchObject({ agent: 'b', outcome: 'aborted' });
    expect(table.asked()).toEqual(['a present']);
    table.reply('a', says('A, presented'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'A, presented', marks: ['time-limit'] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('takes the longest draft when nobody has answered', () => {
    const table = openTable({ agents: ['a', 'b', 'c'], settings, drafts: { a: 'short', b: 'rather longer', c: '' } });
    table.advance(80_000);
    expect(table.of('answer-accept')).toMatchObject([{ agent: 'b', text: 'rather longer', via: 'draft', label: 'answer2.1' }]);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', text: 'rather longer', source: 'draft', marks: ['time-limit', 'draft'] }]);
  });

  it('takes no draft when somebody has answered', () => {
    const table = openTable({ settings: { ...settings, strategy: 'winner_reuse' }, drafts: { b: 'a very long draft indeed' } });
    table.reply('a', answers('A'));
    table.advance(80_000);
    expect(table.of('answer-accept')).toHaveLength(1);
    expect(table.of('answer-final')).toMatchObject([{ text: 'A' }]);
  });

  it('takes the text of a reply that there was no time to put right', () => {
    const table = openTable({ settings });
    table.reply('a', says('It is four.'));
    table.advance(80_000);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a', text: 'It is four.' }]);
  });

  it('fails the run as timed out when there is nothing at all', () => {
    const table = openTable({ settings });
    table.reply('a', breaks('backend-rejected', { message: 'key refused' }));
    table.advance(80_000);
    expect(table.of('run-end')).toMatchObject([{ status: 'timeout', error: { code: 'run-timeout', message: expect.stringContaining('a: key refused') } }]);
  });

  it('of every first turn takes the longest draft too', () => {
    const table = openTable({ settings: { limits: { firstTurnMs: 5000, graceMs: 0 } }, drafts: { a: 'as far as I came' } });
    table.advance(5000);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a', text: 'as far as I came', source: 'draft' }]);
  });

  it('of a first turn is the reason an agent is reported with', () => {
    const table = openTable({ settings: { limits: { firstTurnMs: 5000, graceMs: 0 } } });
    table.advance(5000);
    expect(table.of('run-end')[0]?.error?.message).toMatch(/a: .*time/u);
  });
});

describe('a cancelled run', () => {
  it('fails as cancelled when there is no answer', () => {
    const table = openTable();
    table.input({ type: 'cancel', by: 'caller' });
    expect(table.of('run-end')).toMatchObject([{ status: 'cancelled', error: { code: 'run-cancelled' } }]);
  });

  it('is cancelled once', () => {
    const table = openTable();
    table.input({ type: 'cancel', by: 'caller' }, { type: 'cancel', by: 'caller' });
    expect(table.of('cancel-request')).toHaveLength(1);
  });
});

describe('a single agent', () => {
  it('whose text the token limit cut is delivered with a mark', () => {
    const table = openTable({ agents: ['only'] });
    table.reply('only', { reason: 'length', text: 'Once upon' });
    expect(table.of('answer-final')).toMatchObject([{ text: 'Once upon', marks: ['truncated'] }]);
  });

  it('that says nothing is asked three times, then the run fails', () => {
    const table = openTable({ agents: ['only'] });
    for (let reply = 0; reply < 3; reply += 1) table.reply('only', says(''));
    expect(table.of('run-end')).toMatchObject([{ status: 'failed', error: { code: 'agents-failed' } }]);
  });

  it('whose reply a filter withheld fails the run', () => {
    const table = openTable({ agents: ['only'] });
    table.reply('only', { reason: 'content-filter', text: 'Half a' });
    expect(table.of('agent-fail')).toMatchObject([{ error: { code: 'reply-filtered' } }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'failed' }]);
  });
});
