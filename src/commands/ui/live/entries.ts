import type { RunEvent, RunState, Seen } from '../../../orchestrator/index.js';
import { factLines } from '../plain-lines.js';
import { safeText } from '../safe-text.js';
import type { Entry } from './view-state.js';

const MINOR: ReadonlySet<RunEvent['type']> = new Set(['turn-start', 'provider-tool', 'tools-offer', 'tool-start', 'tool-end', 'citation', 'draft-discard']);

/** The answers that something was based on, by their labels. */
export function seenLabels(seen: Seen, { agents }: RunState): string {
  const labels = Object.entries(seen).flatMap(([id, rev]) => (rev === 0 || agents[id] === undefined ? [] : [`${agents[id].info.anonymous.replace('agent', 'answer')}.${rev}`]));
  return labels.sort((one, other) => one.localeCompare(other, 'en', { numeric: true })).join(', ');
}

function withSeen(text: string, event: RunEvent, state: RunState): string {
  if (event.type !== 'vote-cast' && !(event.type === 'turn-start' && event.kind !== 'answer' && event.kind !== 'solo')) return text;
  const labels = seenLabels(event.seen, state);
  return labels === '' ? text : event.type === 'vote-cast' ? `${text} (saw ${labels})` : `${text}: ${labels}`;
}

function bodyOf(event: RunEvent): string | null {
  if (event.type === 'run-start') return safeText(event.task);
  return event.type === 'answer-accept' && event.via !== 'solo' ? safeText(event.text) : null;
}

/** What an event adds to the timeline. Text as it arrives is not in it. */
export function entriesOf(event: RunEvent, state: RunState): readonly Entry[] {
  if (event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-progress') return [];
  return factLines(event, state).map(({ about, tone, text }) => ({ seq: event.seq, t: event.t, about, tone, text: withSeen(text, event, state), body: bodyOf(event), minor: MINOR.has(event.type) }));
}
