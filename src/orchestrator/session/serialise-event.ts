import type { RunEvent } from '../protocol.js';
import { isLong, withQuoted, type Quote } from './quoted.js';

function jsonOf(event: RunEvent, quote: Quote): string {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta': {
      const { type, text, agent, turn, call, seq, at, t, epoch } = event;
      const of = type === 'text-delta' ? `"of":"${event.of}",` : '';
      return `{"seq":${seq},"type":"${type}",${of}"text":${quote(text)},"agent":${JSON.stringify(agent)},"turn":${turn},"call":${call},"at":"${at}","t":${t},"epoch":${epoch}}`;
    }
    case 'answer-accept':
    case 'answer-final':
      return isLong(event.text) ? withText({ ...event, text: '' }, quote(event.text)) : JSON.stringify(event);
    case 'call-end':
      // Only plain members stand before its text then.
      return isLong(event.text) && event.error === undefined ? withText({ ...event, text: '' }, quote(event.text)) : JSON.stringify(event);
    default:
      return JSON.stringify(event);
  }
}

const withText = (event: RunEvent, quoted: string): string => withQuoted(JSON.stringify(event), '"text":""', quoted);

/** An event as a line of JSON, as `JSON.stringify` would write it. Deltas are most of a log and answers most of its length: both are written in half the time. */
export const serialiseEvent = (event: RunEvent, quote: Quote): string => `${jsonOf(event, quote)}\n`;
