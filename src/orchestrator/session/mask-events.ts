import { hidden, isPath } from '../config/mask.js';
import type { RunEvent } from '../protocol.js';

const SHORTEST = 8;

/** A password that is also a word of the language, or the path of a file with a key in it, would hide what is no secret. */
const tellsItself = (value: string): boolean => value.length >= SHORTEST && !/^\p{L}{1,15}$/u.test(value) && !isPath(value);

/** Fields that name something: what they hold is of the protocol or of the configuration, and other fields refer to it. */
const NAMES: ReadonlySet<string> = new Set(['type', 'id', 'agent', 'target', 'label', 'anonymous', 'session', 'engine', 'at', 'kind', 'of', 'via', 'end', 'outcome', 'status', 'code', 'name', 'role']);

/** Puts `***` in the place of secrets in a text. */
export function createTextMask(secrets: readonly string[]): (text: string) => string {
  const telling = secrets.filter(tellsItself);
  return (text) => telling.reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
}

type EventMask = (batch: readonly RunEvent[], lines: string) => readonly RunEvent[];

/** By the list they were made for: all runs of an open team have the same. */
const masks = new WeakMap<readonly string[], EventMask>();

/**
 * Puts `***` in the place of secrets that a run knows, wherever a text of an event has one: a prompt into which a key was pasted,
 * an answer that repeats it, an error that quotes the request. Given a batch and its lines; the same batch when there is nothing to hide.
 */
export function eventMask(secrets: readonly string[]): EventMask {
  const known = masks.get(secrets) ?? createEventMask(secrets);
  masks.set(secrets, known);
  return known;
}

function createEventMask(secrets: readonly string[]): EventMask {
  const written = secrets.filter(tellsItself).map((secret) => JSON.stringify(secret).slice(1, -1));
  const maskText = createTextMask(secrets);
  const mask = (value: unknown): unknown => {
    if (typeof value === 'string') return maskText(value);
    if (Array.isArray(value)) return value.map(mask);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, NAMES.has(name) && typeof child === 'string' ? child : mask(child)]));
  };
  return (batch, lines) => (written.some((secret) => lines.includes(secret)) ? batch.map((event) => mask(event) as RunEvent) : batch);
}
