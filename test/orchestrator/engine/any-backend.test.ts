import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { createDice, type Dice } from '../../support/dice.js';
import { foldAll, ofType, playRun } from '../../support/engine-run.js';
import { answer, deaf, error, fakeBackend, finish, hang, say, text, toolCall, vote, type FakeBackend, type Step } from '../../support/fake-backend.js';

const CODES = ['backend-overloaded', 'backend-reset', 'backend-rejected', 'context-overflow'] as const;

function drawSteps(dice: Dice): readonly Step[] {
  const begun: readonly BackendEvent[] = [text('Well '), { type: 'reasoning-delta', text: 'hm' }, ...toolCall('new_answer', { content: `half "${dice.below(99)}"` }).slice(0, 1 + dice.below(5))];
  const boom: Step = () => {
    throw new Error('boom');
  };
  return dice.pick<readonly Step[]>([
    answer(`answer ${dice.below(5)}`),
    answer(`answer ${dice.below(99)}`),
    vote(`agent${1 + dice.below(3)}`),
    vote('agent1'),
    say('only words'),
    [...begun, error(dice.pick(CODES), dice.chance(0.3) ? { retryAfterMs: dice.below(60) } : {})],
    [...begun, dice.pick([hang, deaf, boom, finish('length'), finish('content-filter'), finish('aborted')])],
    [1 + dice.below(10), ...answer('late')],
    begun,
    [finish(), text('after the end'), error('internal')],
  ]);
}

const drawBackend = (dice: Dice): FakeBackend => fakeBackend(...Array.from({ length: 12 }, () => drawSteps(dice)));

describe('whatever backends say', () => {
  it('a run ends in time with one run-end, its log is what was shown, and no call is left open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), async (number) => {
        const dice = createDice(number);
        const backends = Object.fromEntries(['b', 'z', 'c'].slice(0, 1 + dice.below(3)).map((id) => [id, drawBackend(dice)]));
        const signal = dice.chance(0.2) ? { signal: AbortSignal.timeout(1 + dice.below(30)) } : {};
        const settings = { maxRestarts: dice.below(2), strategy: dice.pick(['auto', 'winner_present'] as const), limits: { totalMs: 150, idleMs: 30 }, retry: { attempts: 2, baseMs: 1, maxMs: 4 } };
        const { events, log, state, ms } = await playRun(backends, { settings, ...signal });
        expect(log).toEqual(events);
        expect(ofType(events, 'run-end')).toHaveLength(1);
        expect(events.at(-1)?.type).toBe('run-end');
        expect(state).toEqual(foldAll(JSON.parse(JSON.stringify(log))));
        expect(ofType(events, 'call-end')).toHaveLength(ofType(events, 'call-start').length);
        expect(ms).toBeLessThan(15_000);
        if (state.ending?.status === 'completed') expect(state.final?.text).not.toBe('');
      }),
      { numRuns: 60 },
    );
  });
});
