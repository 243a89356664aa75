import type { BackendEvent, ToolCall } from '../contract.js';

/** Collects what one socket read said. Neighbouring deltas of one kind become one event. */
export interface Batch {
  text(text: string): void;
  reasoning(text: string): void;
  toolStart(id: string, name: string): void;
  toolDelta(id: string, text: string): void;
  toolEnd(call: ToolCall): void;
  push(event: BackendEvent): void;
  /** Everything since the last call. */
  drain(): BackendEvent[];
}

type Open =
  | { type: 'text-delta' | 'reasoning-delta'; text: string }
  | { type: 'tool-call-delta'; id: string; argumentsText: string };

export function createBatch(): Batch {
  let events: BackendEvent[] = [];
  // The last event, while it may still grow.
  let open: Open | undefined;

  const push = (event: BackendEvent): void => {
    open = undefined;
    events.push(event);
  };
  const grow = (type: 'text-delta' | 'reasoning-delta', text: string): void => {
    if (open?.type === type) {
      open.text += text;
      return;
    }
    open = { type, text };
    events.push(open);
  };

  return {
    text: (text) => {
      grow('text-delta', text);
    },
    reasoning: (text) => {
      grow('reasoning-delta', text);
    },
    toolStart: (id, name) => {
      push({ type: 'tool-call-start', id, name });
    },
    toolDelta: (id, text) => {
      if (open?.type === 'tool-call-delta' && open.id === id) {
        open.argumentsText += text;
        return;
      }
      open = { type: 'tool-call-delta', id, argumentsText: text };
      events.push(open);
    },
    toolEnd: ({ id, name, argumentsText }) => {
      push({ type: 'tool-call-end', id, name, argumentsText });
    },
    push,
    drain: () => {
      const drained = events;
      events = [];
      open = undefined;
      return drained;
    },
  };
}
