import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event } from 'js-yaml';
import type { Locate, Position } from './issue.js';
import type { Path } from './path.js';

interface Place {
  readonly key: number;
  readonly value: number;
}

interface Frame {
  readonly path: Path;
  readonly kind: 'list' | 'map';
  /** Of a list: the offset of its first "-", or of its bracket. */
  readonly start: number;
  count: number;
  /** Of a map: the key whose value comes next. */
  key: { readonly name: string; readonly offset: number } | undefined;
}

type Node = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

/** Undefined for a value that is not written at all. */
function offsetOf(event: Node): number | undefined {
  if (event.type === EVENT_ID.SCALAR && event.valueStart < 0) return event.anchorStart > 0 ? event.anchorStart - 1 : event.tagStart >= 0 ? event.tagStart : undefined;
  if (event.type === EVENT_ID.SCALAR) return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? event.valueStart - 1 : event.valueStart;
  return event.type === EVENT_ID.ALIAS ? event.anchorStart - 1 : event.start;
}

const nameOf = (path: Path): string => JSON.stringify(path.map(String));

/** The "-" of an item that holds nothing: the first, or the next one below it that comes after what was read. */
function emptyItem({ start, count }: Frame, text: string, after: number): number {
  if (count === 0) return start;
  const column = start - (text.lastIndexOf('\n', start) + 1);
  for (let line = text.indexOf('\n', after) + 1; line > 0; line = text.indexOf('\n', line) + 1) {
    if (text[line + column] === '-' && text.slice(line, line + column).trim() === '') return line + column;
  }
  return start;
}

/** Puts a node into its list or map; a map's key only waits for its value. `after` is where the text was read to. */
function placeNode(event: Node, frame: Frame, text: string, { places, after }: { readonly places: Map<string, Place>; readonly after: number }): Path | undefined {
  const written = offsetOf(event);
  if (frame.kind === 'list') {
    const offset = written ?? emptyItem(frame, text, after);
    const path = [...frame.path, frame.count++];
    places.set(nameOf(path), { key: offset, value: offset });
    return path;
  }
  if (frame.key === undefined) {
    frame.key = { name: event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : '', offset: written ?? after };
    return undefined;
  }
  const path = [...frame.path, frame.key.name];
  places.set(nameOf(path), { key: frame.key.offset, value: written ?? frame.key.offset });
  frame.key = undefined;
  return path;
}

function placesOf(text: string, events: readonly Event[]): Map<string, Place> {
  const places = new Map<string, Place>();
  const frames: (Frame | undefined)[] = [];
  let after = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.POP) frames.pop();
    else if (event.type === EVENT_ID.DOCUMENT) frames.push(undefined);
    else {
      const frame = frames.at(-1);
      const path = frame === undefined ? [] : placeNode(event, frame, text, { places, after });
      const value = path === undefined ? undefined : places.get(nameOf(path))?.value;
      after = Math.max(after, offsetOf(event) ?? 0, value ?? 0, event.type === EVENT_ID.SCALAR ? event.valueEnd : 0);
      if (event.type === EVENT_ID.MAPPING) frames.push({ path: path ?? [], kind: 'map', start: event.start, count: 0, key: undefined });
      if (event.type === EVENT_ID.SEQUENCE) frames.push({ path: path ?? [], kind: 'list', start: event.start, count: 0, key: undefined });
    }
  }
  return places;
}

/** Turns offsets into lines and columns, both from 1. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Finds keys and values in the YAML text that `events` were read from. What an anchor brought in is placed where it was used. */
export function locator(text: string, events: readonly Event[]): Locate {
  let index: { readonly places: Map<string, Place>; readonly toPosition: (offset: number) => Position } | undefined;
  return (path, at) => {
    index ??= { places: placesOf(text, events), toPosition: positionsIn(text) };
    for (let length = path.length; length > 0; length -= 1) {
      const place = index.places.get(nameOf(path.slice(0, length)));
      if (place !== undefined) return index.toPosition(length < path.length ? place.key : place[at]);
    }
    return { line: 1, column: 1 };
  };
}
