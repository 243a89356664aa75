import type { RunEvent } from '../../protocol.js';

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const oneOf = (...values: readonly string[]): Check => (value) => values.includes(value as string);
const flag: Check = (value) => typeof value === 'boolean';
const has = (fields: Fields): Check => (value) => typeof value === 'object' && value !== null && Object.entries(fields).every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));
const map = has({});
const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const orNull = (check: Check): Check => (value) => value === null || check(value);
const optional = (check: Check): Check => (value) => value === undefined || check(value);

const error = has({ code: text, message: text });
const usage = has({ inputTokens: number, outputTokens: number });
const turn: Fields = { agent: text, turn: number };
const call: Fields = { ...turn, call: number };

/** What each kind of event must have for anyone to read it. Nothing deeper is looked at than is used. */
const SHAPES: Readonly<Record<RunEvent['type'], Fields>> = {
  'run-start': { session: text, engine: text, task: text, agents: listOf(has({ id: text, anonymous: text, backend: text, model: text })), history: listOf(has({ role: text, text })), settings: map },
  'turn-start': { ...turn, kind: oneOf('answer', 'vote', 'solo', 'present', 'evaluate'), seen: map, fresh: flag },
  'call-start': { ...call, attempt: number, index: number, seen: map },
  'call-end': { ...call, end: text, text, toolCalls: listOf(has({ name: text })), items: listOf(map), usage, costMicros: orNull(number), error: optional(error) },
  'tools-offer': { agent: text, tools: listOf(has({ name: text })), notes: listOf(text) },
  'tool-start': { ...call, id: text, name: text },
  'tool-end': { ...call, id: text, name: text, status: text, text, durationMs: number },
  'retry-wait': { ...call, attempt: number, until: number, error },
  'conversation-compact': { ...call, from: number, to: number },
  'answer-accept': { ...turn, rev: number, label: text, text, via: text },
  'answer-reject': { ...call, reason: text, message: text },
  'vote-cast': { ...turn, target: text, rev: number, label: text, seen: map, reason: text },
  'vote-abstain': { ...turn, seen: map, why: text },
  'turn-end': { ...turn, outcome: text, why: optional(text) },
  'agent-fail': { agent: text, error },
  'time-up': { which: oneOf('patience', 'coordination', 'request', 'run', 'turn') },
  'budget-reach': { tokens: number, costMicros: number },
  'cancel-request': { by: text, error: optional(error) },
  'answer-request': { by: text },
  'message-add': { by: text, text },
  'winner-select': { agent: text, rev: number, label: text, tally: listOf(has({ agent: text, votes: number })), basis: text, unanimous: flag, tie: flag, finish: text },
  'draft-discard': call,
  'evaluation-end': { agent: text, verdict: text, reason: text, instructions: text },
  'attempt-start': { attempt: number, reason: text, instructions: text },
  'answer-final': { agent: text, label: text, text, source: text, marks: listOf(text) },
  'run-end': { status: text, usage, costMicros: orNull(number), durationMs: number, error: optional(error) },
  'text-delta': { ...call, text },
  'reasoning-delta': { ...call, text },
  'provider-tool': { ...call, id: text, name: text, status: text, detail: optional(text) },
  'tool-progress': { ...call, id: text, message: text },
  citation: { agent: text, url: text },
  notice: { level: text, message: text },
};

const STAMP: Fields = { type: text, seq: number, at: text, t: number };

const CHECKS = new Map<string, readonly (readonly [name: string, check: Check])[]>(Object.entries(SHAPES).map(([type, shape]) => [type, Object.entries({ ...STAMP, ...shape })]));
const STAMP_ONLY = Object.entries(STAMP);

/** What is wrong with a parsed line as an event, if anything is. Kinds of events that are not known pass: a newer massgen may have written them. */
export function eventFlaw(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'is not an event';
  const event = value as Readonly<Record<string, unknown>>;
  const wrong = (CHECKS.get(String(event['type'])) ?? STAMP_ONLY).find(([name, check]) => !check(event[name]));
  return wrong === undefined ? undefined : `is not a whole event: ${wrong[0]} is missing or of the wrong kind`;
}

/** Whether this program knows the event's kind. */
export const isKnown = (event: RunEvent): boolean => CHECKS.has(event.type);
