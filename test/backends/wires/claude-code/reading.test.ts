import { describe, expect, it } from '@jest/globals';
import type { BackendEvent } from '../../../../src/backends/contract.js';
import { resolveBackend } from '../../../../src/backends/resolve.js';
import { AgentReading } from '../../../../src/backends/wires/claude-code/reading.js';
import { promptBlocks } from '../../../../src/backends/wires/claude-code/conversation.js';
import { callsOf, eventsOf, textOf } from '../../../support/backend-collect.js';

const { endpoint } = resolveBackend({ type: 'claude_code' }, {}, 'a');

function read(...messages: object[]): BackendEvent[] {
  const reading = new AgentReading({ ...endpoint, fetch });
  return messages.flatMap((message) => reading.take(message));
}

const whole = (id: string, ...content: object[]): object => ({ type: 'assistant', message: { id, content }, parent_tool_use_id: null });
const result = (more: object = {}): object => ({ type: 'result', subtype: 'success', is_error: false, stop_reason: 'end_turn', modelUsage: {}, ...more });
const toolResult = (id: string, more: object = {}): object => ({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id, ...more }] }, parent_tool_use_id: null });
const vote = { type: 'tool_use', id: 't1', name: 'mcp__massgen__vote', input: { agent_id: 'agent1' } };

describe('the messages of an agent’s process', () => {
  it('are read where the vendor did not stream', () => {
    const events = read(whole('m1', { type: 'text', text: 'I vote.' }, vote), toolResult('t1'), result({ stop_reason: 'tool_use' }));
    expect(textOf(events)).toBe('I vote.');
    expect(callsOf(events)).toEqual([{ id: 't1', name: 'vote', argumentsText: '{"agent_id":"agent1"}' }]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  it('count a call only when it was made', () => {
    const events = read(whole('m1', vote), toolResult('t1', { is_error: true }), whole('m2', { type: 'text', text: 'Never mind.' }), result());
    expect(callsOf(events)).toEqual([]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('tell nothing of the agents that it starts', () => {
    expect(read({ ...whole('m1', { type: 'text', text: 'sub' }), parent_tool_use_id: 'x' })).toEqual([]);
  });

  it('have the usage of all models, and the cost at the vendor', () => {
    const modelUsage = { a: { inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 100, cacheCreationInputTokens: 20 }, b: { inputTokens: 1, outputTokens: 2 } };
    expect(eventsOf(read(result({ modelUsage, total_cost_usd: 0.0012345 })), 'usage')).toEqual([{ type: 'usage', usage: { inputTokens: 131, outputTokens: 7, cachedInputTokens: 100, cacheWriteTokens: 20, costMicros: 1235 } }]);
  });

  it.each([
    ['rate_limit', 'backend-overloaded'],
    ['billing_error', 'quota-exhausted'],
    ['model_not_found', 'request-rejected'],
    ['server_error', 'backend-unavailable'],
    ['authentication_failed', 'backend-rejected'],
  ])('%s is %s', (error, code) => {
    const events = read({ ...whole('m1', { type: 'text', text: 'API Error' }), error }, result({ is_error: true }));
    expect(textOf(events)).toBe('');
    expect(eventsOf(events, 'error')).toMatchObject([{ error: { code } }]);
  });

  it.each([
    [{ stop_reason: 'max_tokens' }, 'length'],
    [{ stop_reason: 'refusal' }, 'refusal'],
  ])('%j ends with %s', (more, reason) => {
    expect(read(result(more)).at(-1)).toEqual({ type: 'finish', reason });
  });

  it('say an execution that failed', () => {
    expect(eventsOf(read(result({ subtype: 'error_during_execution', is_error: true, errors: ['it broke'] })), 'error')).toMatchObject([{ error: { message: expect.stringContaining('it broke') } }]);
  });
});

describe('the prompt of an agent’s process', () => {
  it('is the question as it is, with its images', () => {
    const blocks = promptBlocks([
      { role: 'system', text: 'S' },
      { role: 'user', content: [{ type: 'text', text: 'Q' }, { type: 'image', mediaType: 'image/png', base64: 'AA' }] },
    ]);
    expect(blocks).toEqual([{ type: 'text', text: 'Q' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }]);
  });

  it('tells who said what before', () => {
    const blocks = promptBlocks([
      { role: 'user', content: 'Q' },
      { role: 'assistant', text: 'Hm.', toolCalls: [{ id: 'c', name: 'vote', argumentsText: '{}' }], items: [] },
      { role: 'tool', callId: 'c', name: 'vote', text: 'Recorded.' },
      { role: 'user', content: 'Again.' },
    ]);
    expect(blocks.map((block) => block['text'])).toEqual(['[User]', 'Q', '[You]\nHm.\n[You called vote]\n{}', '[Result of your call of vote]\nRecorded.', '[User]', 'Again.']);
  });
});
