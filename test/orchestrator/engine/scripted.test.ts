import { describe, expect, it } from '@jest/globals';
import type { Backend } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import { ofType, playRun } from '../../support/engine-run.js';

const scripted = (agent: string, script: readonly object[]): Backend => createBackend({ type: 'scripted', script }, { env: {}, agent });

describe('a run of scripted backends', () => {
  it('goes through an outage, an improvement and a vote', async () => {
    const a = scripted('a', [{ fault: 'rate-limit', retry_after: 0.03 }, { answer: 'A' }, { vote: 'agent2' }]);
    const b = scripted('b', [{ text: 'Thinking aloud.' }, { answer: 'B' }, { vote: 'agent2' }]);
    const { events, state } = await playRun({ a, b });
    expect(ofType(events, 'retry-wait')).toMatchObject([{ agent: 'a', error: { status: 429, retryAfterMs: 30 } }]);
    expect(ofType(events, 'answer-reject')).toMatchObject([{ agent: 'b', reason: 'no_tool_calls' }]);
    expect(state.final).toMatchObject({ agent: 'b', text: 'B' });
    expect(state.ending?.status).toBe('completed');
  });

  it('fails when an agent was asked less often than its script has steps', async () => {
    const a = scripted('a', [{ answer: 'A' }, { vote: 'agent1' }, { vote: 'agent1' }]);
    const b = scripted('b', [{ answer: 'B' }, { vote: 'agent1' }]);
    const { state } = await playRun({ a, b });
    expect(state.ending).toMatchObject({ status: 'failed', error: { code: 'script-mismatch', message: 'agent a was asked 2 times, its script has 3 steps' } });
  });

  it('fails the agent that is asked more often, and says so at the end', async () => {
    const a = scripted('a', [{ answer: 'A' }]);
    const b = scripted('b', [{ answer: 'B' }, { vote: 'agent2' }]);
    const { events } = await playRun({ a, b });
    expect(ofType(events, 'agent-fail')).toMatchObject([{ agent: 'a', error: { code: 'script-mismatch' } }]);
  });
});
