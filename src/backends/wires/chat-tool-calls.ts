import type { ToolCall } from '../contract.js';
import type { Batch } from './batch.js';
import { listOf, objectOf, stringOf, type Json } from './json.js';

interface OpenCall {
  readonly id: string;
  /** The vendor's own id, if it gave one. */
  readonly given: string;
  readonly index: unknown;
  name: string;
  text: string;
}

/** Joins tool calls that come in pieces. */
export interface ToolCallJoiner {
  take(pieces: unknown, batch: Batch): void;
  /** Says the end of every call, in the order in which they began. */
  close(batch: Batch): readonly ToolCall[];
}

/**
 * Which call does a piece belong to? Vendors number them (`index`), but some leave the index out, some give every call
 * index 0, some repeat id and name on each piece, and some send whole calls without an id. So: a name with an id not seen
 * at this index begins a call; else the index, then the id, then "the last one" decides.
 */
export function createToolCallJoiner(idPrefix: string): ToolCallJoiner {
  const calls: OpenCall[] = [];

  function find(piece: Json, id: string, name: string): OpenCall | undefined {
    const index = piece['index'];
    if (typeof index === 'number') {
      const call = calls.findLast((open) => open.index === index);
      return call && name !== '' && id !== '' && call.given !== '' && call.given !== id ? undefined : call;
    }
    if (id !== '') return calls.find((open) => open.given === id) ?? (name === '' ? calls.at(-1) : undefined);
    return name === '' ? calls.at(-1) : undefined;
  }

  function begin(piece: Json, id: string): OpenCall {
    const own = id === '' || calls.some((open) => open.id === id) ? `${idPrefix}${String(calls.length)}` : id;
    const call = { id: own, given: id, index: piece['index'], name: '', text: '' };
    calls.push(call);
    return call;
  }

  function takeOne(piece: Json, batch: Batch): void {
    const called = objectOf(piece['function']) ?? piece;
    const id = stringOf(piece['id']);
    const name = stringOf(called['name']);
    const given = called['arguments'];
    const text = typeof given === 'object' && given !== null ? JSON.stringify(given) : stringOf(given);
    const call = find(piece, id, name) ?? begin(piece, id);
    if (call.name === '' && name !== '') {
      call.name = name;
      batch.toolStart(call.id, name);
      if (call.text !== '') batch.toolDelta(call.id, call.text);
    }
    if (text === '') return;
    call.text += text;
    if (call.name !== '') batch.toolDelta(call.id, text);
  }

  return {
    take: (pieces, batch) => {
      for (const piece of listOf(pieces)) {
        const object = objectOf(piece);
        if (object) takeOne(object, batch);
      }
    },
    close: (batch) =>
      calls.map(({ id, name, text }) => {
        if (name === '') batch.toolStart(id, name);
        const call = { id, name, argumentsText: text };
        batch.toolEnd(call);
        return call;
      }),
  };
}
