import type { RunEvent } from '../protocol.js';

/**
 * An event as a line of JSON. Deltas are most of a log, and are written here as `JSON.stringify` would, in half its time:
 * the same keys in the same order.
 */
export function serialiseEvent(event: RunEvent): string {
  if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') return `${JSON.stringify(event)}\n`;
  const { type, text, agent, turn, call, seq, at, t, epoch } = event;
  const of = type === 'text-delta' ? `"of":"${event.of}",` : '';
  return `{"type":"${type}",${of}"text":${JSON.stringify(text)},"agent":${JSON.stringify(agent)},"turn":${turn},"call":${call},"seq":${seq},"at":"${at}","t":${t},"epoch":${epoch}}\n`;
}
