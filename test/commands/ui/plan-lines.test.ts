import { describe, expect, it } from '@jest/globals';
import type { Backend, BackendRequest } from '../../../src/backends/contract.js';
import { planLines } from '../../../src/commands/ui/plan-lines.js';
import { settingsOf, teamOf, type SettingsChange } from '../../support/coordination.js';
import { ofType, playRun } from '../../support/engine-run.js';
import { answer, finish, say, toolCall, vote, type Step } from '../../support/fake-backend.js';

/** Answers, votes for `ballot`, finds the answer good, or speaks: whatever it is asked. */
function obliging(ballot: string): Backend {
  const reply = ({ tools, messages }: BackendRequest): readonly Step[] => {
    const offers = (name: string): boolean => tools.some((tool) => tool.name === name);
    if (offers('submit')) return [...toolCall('submit', { confirmed: true }), finish('tool-calls')];
    if (offers('vote') && JSON.stringify(messages).includes('<end of agent')) return vote(ballot);
    return offers('new_answer') ? answer(`The answer of whoever votes for ${ballot}.`) : say('The final answer.');
  };
  return {
    id: 'fake',
    model: 'm',
    async *stream(request) {
      for (const step of await Promise.resolve(reply(request))) if (typeof step === 'object') yield step;
    },
  };
}

async function callsOf(ballots: readonly string[], settings: SettingsChange): Promise<number> {
  const backends = Object.fromEntries(ballots.map((ballot, index) => [`agent_${String(index)}`, obliging(ballot)]));
  return ofType((await playRun(backends, { settings })).events, 'call-start').length;
}

const expected = (agents: number, settings: SettingsChange): string | undefined =>
  planLines({ source: 'team.yaml', agents: teamOf(Array.from({ length: agents }, (_unused, index) => `agent_${String(index)}`)), settings: settingsOf(settings), prompt: 'Why?', logRoot: 'logs' }).find((line) => line.startsWith('expected: '));

const AGREE = ['agent1', 'agent1', 'agent1'];
const DIFFER = ['agent1', 'agent2', 'agent1'];

describe('the calls a dry run expects', () => {
  it('are those that a run makes, whatever the final answer is made of', async () => {
    const cases = [
      [{}, '6 calls when all agree, and one more to present the answer when they do not', 6, 7],
      [{ strategy: 'winner_present' }, '7 calls when all agree', 7, 7],
      [{ strategy: 'winner_reuse' }, '6 calls when all agree', 6, 6],
      [{ skipPresentation: true }, '6 calls when all agree', 6, 6],
      [{ strategy: 'synthesize' }, '7 calls when all agree', 7, 7],
      [{ strategy: 'synthesize', skipVoting: true, maxAnswersPerAgent: 1 }, '4 calls', 4, 4],
      [{ skipVoting: true }, '4 calls', 4, 4],
      [{ skipVoting: true, strategy: 'winner_reuse' }, '3 calls', 3, 3],
      [{ skipCoordination: true }, '1 call', 1, 1],
      [{ maxRestarts: 1 }, '6 calls when all agree, and one more to present the answer when they do not, and one to check the answer', 7, 8],
    ] as const;
    for (const [settings, words, agreed, differing] of cases) {
      expect([settings, expected(3, settings)]).toEqual([settings, `expected: ${words}`]);
      expect([settings, await callsOf(AGREE, settings), await callsOf(DIFFER, settings)]).toEqual([settings, agreed, differing]);
    }
  });

  it('are one for one agent, and one more where its answer is checked', async () => {
    expect([expected(1, {}), await callsOf(['agent1'], {})]).toEqual(['expected: 1 call', 1]);
    expect([expected(1, { maxRestarts: 2 }), await callsOf(['agent1'], { maxRestarts: 2 })]).toEqual(['expected: 1 call, and one to check the answer', 2]);
  });
});
