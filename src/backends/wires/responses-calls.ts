import type { Batch } from './batch.js';
import { stringOf, type Json } from './json.js';

interface OpenCall {
  readonly id: string;
  readonly name: string;
  text: string;
  closed: boolean;
}

/** The function calls of one response, by the place of their item. */
export interface FunctionCalls {
  open(place: string, item: Json): void;
  delta(place: string, text: string): void;
  /** The whole item has come; its arguments are the true ones. */
  done(place: string, item: Json): void;
  /** Ends what is still open. Says whether there were any calls. */
  close(): boolean;
}

export function createFunctionCalls(batch: Batch): FunctionCalls {
  const calls = new Map<string, OpenCall>();

  function open(place: string, item: Json): OpenCall {
    const call = { id: stringOf(item['call_id']) || stringOf(item['id']), name: stringOf(item['name']), text: '', closed: false };
    calls.set(place, call);
    batch.toolStart(call.id, call.name);
    return call;
  }

  function end(call: OpenCall, text: string): void {
    if (call.closed) return;
    if (call.text === '' && text !== '') batch.toolDelta(call.id, text);
    call.closed = true;
    batch.toolEnd({ id: call.id, name: call.name, argumentsText: text });
  }

  return {
    open: (place, item) => {
      open(place, item);
    },
    delta: (place, text) => {
      const call = calls.get(place);
      if (!call || text === '') return;
      call.text += text;
      batch.toolDelta(call.id, text);
    },
    done: (place, item) => {
      const call = calls.get(place) ?? open(place, item);
      end(call, stringOf(item['arguments']) || call.text);
    },
    close: () => {
      for (const call of calls.values()) end(call, call.text);
      return calls.size > 0;
    },
  };
}
