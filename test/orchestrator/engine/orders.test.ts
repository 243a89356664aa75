import { afterEach, describe, expect, it } from '@jest/globals';
import { fold, openRun, toResult, type RunEvent, type RunState } from '../../../src/index.js';
import { EMPTY } from '../../../src/orchestrator/coordination/state.js';
import { createOrders } from '../../../src/orchestrator/engine/orders.js';
import { cleanUp, temporaryFolder } from '../../support/massgen-process.js';
import { STUCK } from '../../support/scripts.js';

afterEach(cleanUp);

describe('orders to a run', () => {
  it('wait until there is a run to take them', () => {
    const { control, listen } = createOrders('ann');
    control.say('one');
    control.stopAgent('two');
    const taken: unknown[] = [];
    listen((order) => taken.push(order));
    control.answerNow();
    expect(taken).toEqual([{ type: 'say', by: 'ann', text: 'one' }, { type: 'stop-agent', by: 'ann', agent: 'two' }, { type: 'answer-now', by: 'ann' }]);
  });

  it('end a run that would never end, and are in what it says and comes to', async () => {
    const cwd = temporaryFolder();
    const open = await openRun({ config: { ...STUCK, orchestrator: { final_answer_strategy: 'winner_reuse' } }, cwd, home: cwd, env: {} });
    const { events, control, place } = open.start('hi');
    control.say('Be brief.');
    const seen: RunEvent[] = [];
    let state: RunState = EMPTY;
    for await (const event of events) {
      seen.push(event);
      state = fold(state, event);
      if (event.type === 'answer-accept') control.answerNow();
    }
    control.say('too late');
    expect(seen.filter(({ type }) => ['message-add', 'answer-request', 'time-up'].includes(type))).toMatchObject([
      { type: 'message-add', text: 'Be brief.' },
      { type: 'answer-request', by: 'user' },
      { type: 'time-up', which: 'request' },
    ]);
    expect(toResult(state, place)).toMatchObject({ status: 'completed', final_answer: 'The first answer.' });
    expect(state.messages).toEqual(['Be brief.']);
  });
});
