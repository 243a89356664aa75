import type { Backend, BackendEvent, BackendRequest, ToolCall, ToolSpec } from '../../src/backends/contract.js';

export const NEW_ANSWER: ToolSpec = {
  name: 'new_answer',
  description: 'Give an answer',
  parameters: { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] },
};

const VOTE: ToolSpec = {
  name: 'vote',
  description: 'Vote for an answer',
  parameters: { type: 'object', properties: { agent_id: { type: 'string' }, reason: { type: 'string' } }, required: ['agent_id', 'reason'] },
};

/** A call with both workflow tools, unless the test says otherwise. */
export const requestOf = (parts: Partial<BackendRequest> = {}): BackendRequest => ({
  messages: [
    { role: 'system', text: 'You are one of several agents.' },
    { role: 'user', content: 'What is the answer?' },
  ],
  tools: [NEW_ANSWER, VOTE],
  toolChoice: 'auto',
  callIndex: 0,
  ...parts,
});

/** Every event of one call. */
export async function collect(backend: Backend, request = requestOf(), signal = new AbortController().signal): Promise<BackendEvent[]> {
  const events: BackendEvent[] = [];
  for await (const event of backend.stream(request, signal)) events.push(event);
  return events;
}

type EventOf<T extends BackendEvent['type']> = Extract<BackendEvent, { type: T }>;

export const eventsOf = <T extends BackendEvent['type']>(events: readonly BackendEvent[], type: T): EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

export const textOf = (events: readonly BackendEvent[]): string => eventsOf(events, 'text-delta').map(({ text }) => text).join('');

export const reasoningOf = (events: readonly BackendEvent[]): string => eventsOf(events, 'reasoning-delta').map(({ text }) => text).join('');

export const callsOf = (events: readonly BackendEvent[]): ToolCall[] =>
  eventsOf(events, 'tool-call-end').map(({ id, name, argumentsText }) => ({ id, name, argumentsText }));

/** The arguments of one call as its deltas spelled them. */
export const spelled = (events: readonly BackendEvent[], id: string): string =>
  eventsOf(events, 'tool-call-delta').filter((event) => event.id === id).map(({ argumentsText }) => argumentsText).join('');
