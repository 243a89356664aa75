import type { RunEvent } from '../../../protocol.js';

/**
 * An event without what only an agent's next prompt needs. What a run said of itself in its calls is most of its log, and
 * folding that into a state would hold all of it in memory.
 */
export function slim(event: RunEvent): RunEvent {
  switch (event.type) {
    case 'run-start':
      return { ...event, history: [], config: null };
    case 'call-start':
      return { ...event, messages: [] };
    case 'call-end':
      return { ...event, text: '', toolCalls: [], items: [], draft: '' };
    default:
      return event;
  }
}
