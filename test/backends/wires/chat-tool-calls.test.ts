import { describe, expect, it } from '@jest/globals';
import type { BackendEvent, ToolCall } from '../../../src/backends/contract.js';
import { createBatch } from '../../../src/backends/wires/batch.js';
import { createToolCallJoiner } from '../../../src/backends/wires/chat-tool-calls.js';
import { callsOf, spelled } from '../../support/backend-collect.js';

interface Piece {
  readonly index?: number;
  readonly id?: string;
  readonly name?: string;
  readonly text?: unknown;
}

/** What the joiner makes of `tool_calls` in these chunks. */
function join(...chunks: readonly (readonly Piece[])[]): readonly ToolCall[] {
  const batch = createBatch();
  const joiner = createToolCallJoiner('call_7_');
  for (const pieces of chunks) {
    joiner.take(
      pieces.map(({ index, id, name, text }) => ({ index, id, type: 'function', function: { name, arguments: text } })),
      batch,
    );
  }
  const calls = joiner.close(batch);
  const events: readonly BackendEvent[] = batch.drain();
  expect(callsOf(events)).toEqual(calls);
  for (const { id, argumentsText } of calls) expect(spelled(events, id)).toBe(argumentsText);
  return calls;
}

const A = { id: 'a', name: 'new_answer', argumentsText: '{"x":1}' };
const B = { id: 'b', name: 'vote', argumentsText: '{"y":2}' };

describe('tool calls in pieces', () => {
  it('are joined by index', () => {
    expect(join([{ index: 0, id: 'a', name: 'new_answer', text: '' }], [{ index: 1, id: 'b', name: 'vote', text: '{"y"' }], [{ index: 0, text: '{"x":1}' }, { index: 1, text: ':2}' }])).toEqual([A, B]);
  });

  it('are joined when id and name come again with every piece', () => {
    expect(join([{ index: 0, id: 'a', name: 'new_answer', text: '{"x"' }], [{ index: 0, id: 'a', name: 'new_answer', text: ':1}' }])).toEqual([A]);
    expect(join([{ id: 'a', name: 'new_answer', text: '{"x"' }], [{ id: 'b', name: 'vote', text: '{"y":2}' }], [{ id: 'a', name: 'new_answer', text: ':1}' }])).toEqual([A, B]);
  });

  it('are joined without any index', () => {
    expect(join([{ id: 'a', name: 'new_answer', text: '{"x"' }], [{ text: ':1}' }], [{ id: 'b', name: 'vote' }], [{ text: '{"y":2}' }])).toEqual([A, B]);
  });

  it('are kept apart when all have index 0', () => {
    expect(join([{ index: 0, id: 'a', name: 'new_answer', text: '{"x":1}' }], [{ index: 0, id: 'b', name: 'vote', text: '{"y"' }], [{ index: 0, text: ':2}' }])).toEqual([A, B]);
  });

  it('may come whole in one chunk, with or without ids', () => {
    expect(join([{ index: 0, id: 'a', name: 'new_answer', text: '{"x":1}' }, { index: 1, id: 'b', name: 'vote', text: '{"y":2}' }])).toEqual([A, B]);
    expect(join([{ name: 'new_answer', text: '{"x":1}' }, { name: 'vote', text: '{"y":2}' }])).toEqual([
      { ...A, id: 'call_7_0' },
      { ...B, id: 'call_7_1' },
    ]);
  });

  it('may have arguments that are an object already', () => {
    expect(join([{ index: 0, id: 'a', name: 'new_answer', text: { x: 1 } }])).toEqual([A]);
  });

  it('get ids of their own where the vendor gives one id to two', () => {
    expect(join([{ index: 0, id: 'a', name: 'new_answer', text: '{"x":1}' }, { index: 1, id: 'a', name: 'vote', text: '{"y":2}' }])).toEqual([A, { ...B, id: 'call_7_1' }]);
  });

  it('wait for a name that comes late', () => {
    expect(join([{ index: 0, id: 'a', text: '{"x"' }], [{ index: 0, name: 'new_answer', text: ':1}' }])).toEqual([A]);
  });
});
