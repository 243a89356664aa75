import type { RunEvent } from '../../../../src/index.js';
import { foldView } from '../../../../src/commands/ui/live/fold-view.js';
import { EMPTY_VIEW, type ViewState } from '../../../../src/commands/ui/live/view-state.js';
import { settingsOf, teamOf } from '../../../support/coordination.js';

type Bare<Event> = Event extends RunEvent ? Omit<Event, 'seq' | 'at' | 't' | 'epoch'> : never;
export type BareEvent = Bare<RunEvent> & { readonly t?: number };

const USAGE = { inputTokens: 1000, outputTokens: 200 };

/** Events with their stamps; `t` counts in steps of 100 ms unless given. */
export function stamped(events: readonly BareEvent[]): readonly RunEvent[] {
  return events.map((event, index) => ({ t: index * 100, ...event, seq: index + 1, at: '2026-11-21T10:00:00.000Z', epoch: 1 }));
}

export const begin = (ids: readonly string[] = ['ann', 'bob', 'cid'], settings: Parameters<typeof settingsOf>[0] = {}): BareEvent => ({
  type: 'run-start',
  schema: 1,
  engine: 'test',
  session: 's1',
  turn: 1,
  agents: teamOf(ids, { model: 'model-1', backend: 'test' }),
  task: 'Which is heavier?',
  history: [],
  settings: settingsOf(settings),
  fence: '',
  config: null,
});

export const turn = (agent: string, number: number, kind: 'answer' | 'vote' | 'present' = 'answer', seen: Readonly<Record<string, number>> = {}): readonly BareEvent[] => [
  { type: 'turn-start', agent, turn: number, kind, seen, mayAnswer: true, fresh: true },
  { type: 'call-start', agent, turn: number, call: 1, attempt: 1, index: number - 1, seen, mayAnswer: true, messages: [], tools: 'workflow', choice: 'auto', reserved: { tokens: 0, costMicros: 0 }, key: 'k' },
];

export const words = (agent: string, text: string, number = 1): BareEvent => ({ type: 'text-delta', agent, turn: number, call: 1, of: 'answer', text });

export const ended = (agent: string, number = 1): BareEvent => ({ type: 'call-end', agent, turn: number, call: 1, end: 'finish', reason: 'tool-calls', text: '', toolCalls: [], items: [], usage: USAGE, usageSource: 'reported', costMicros: 1500 });

const answer = (agent: string, text: string, rev = 1, label = `answer1.${String(rev)}`, number = 1): BareEvent => ({ type: 'answer-accept', agent, turn: number, rev, label, text, via: 'tool' });

export const vote = (agent: string, target: string, reason: string, seen: Readonly<Record<string, number>>, number = 2): BareEvent => ({ type: 'vote-cast', agent, turn: number, target, rev: seen[target] ?? 1, label: 'answer1.1', seen, reason, via: 'tool' });

/** A whole run of three, agreed on ann. */
export const AGREEMENT: readonly BareEvent[] = [
  begin(),
  ...['ann', 'bob', 'cid'].flatMap((id, place) => [...turn(id, 1), words(id, `Words of ${id}.`), ended(id), answer(id, `Words of ${id}.`, 1, `answer${String(place + 1)}.1`)]),
  ...['ann', 'bob', 'cid'].flatMap((id) => [...turn(id, 2, 'vote', { ann: 1, bob: 1, cid: 1 }), ended(id, 2), vote(id, 'ann', `because ${id} says so`, { ann: 1, bob: 1, cid: 1 })]),
  { type: 'winner-select', agent: 'ann', rev: 1, label: 'answer1.1', tally: [{ agent: 'ann', votes: 3 }], basis: 'current', unanimous: true, tie: false, finish: 'reuse' },
  { type: 'answer-final', agent: 'ann', label: 'answer1.final', text: 'Words of ann.', source: 'winner', marks: [] },
  { type: 'run-end', status: 'completed', usage: { inputTokens: 6000, outputTokens: 1200 }, costMicros: 9000, durationMs: 2400 },
];

export const folded = (events: readonly BareEvent[]): ViewState => stamped(events).reduce(foldView, EMPTY_VIEW);
