import type { RunEvent } from '../../protocol.js';
import { eventFlaw } from './check-event.js';
import { notALog, readHeader, type LogHeader } from './read-header.js';
import type { ProblemList } from './problem-list.js';
import type { Line } from './split-lines.js';

export interface EventParser {
  /** The events of these lines, in order; what is no event is left out and reported. Throws `log-refused` for a file that cannot be read at all. */
  readonly parse: (lines: readonly Line[]) => readonly RunEvent[];
  /** Undefined before the first line. */
  readonly header: () => LogHeader | undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Turns the lines of an events.jsonl into events that are safe to fold: whole, in order, and about agents of the run. */
export function createEventParser(file: string, problems: ProblemList): EventParser {
  let header: LogHeader | undefined;
  let last = 0;
  let agents: ReadonlySet<string> = new Set();
  const isOutOfOrder = (seq: number, line: number): boolean => {
    if (seq <= last) {
      problems.add(`line ${String(line)} repeats event ${String(seq)} and is left out`, line);
      return true;
    }
    if (seq > last + 1) problems.add(seq === last + 2 ? `event ${String(last + 1)} is missing` : `events ${String(last + 1)} to ${String(seq - 1)} are missing`, line);
    last = seq;
    return false;
  };
  const stranger = (event: RunEvent): string | undefined => {
    if (event.type === 'run-start') {
      agents = new Set(event.agents.map(({ id }) => id));
      return undefined;
    }
    const named = [...('agent' in event ? [event.agent] : []), ...(event.type === 'vote-cast' ? [event.target] : [])];
    return named.find((agent) => !agents.has(agent));
  };
  const toEvent = ({ number, text, flaw }: Line): RunEvent | undefined => {
    if (flaw === 'not UTF-8') problems.add(`line ${String(number)} has bytes that are not UTF-8; they show as \ufffd`, number);
    const value = flaw === 'too long' ? undefined : parseJson(text);
    const wrong = flaw === 'too long' ? 'is too long' : value === undefined ? 'is not JSON' : eventFlaw(value);
    if (wrong !== undefined) {
      problems.add(`line ${String(number)} ${wrong} and is left out`, number);
      return undefined;
    }
    const event = value as RunEvent;
    if (isOutOfOrder(event.seq, number)) return undefined;
    const unknown = stranger(event);
    if (unknown === undefined) return event;
    problems.add(`line ${String(number)} speaks of agent "${unknown}", who is not in the run, and is left out`, number);
    return undefined;
  };
  const parse = (lines: readonly Line[]): readonly RunEvent[] => {
    const events: RunEvent[] = [];
    for (const line of lines) {
      if (line.number === 1) {
        header = readHeader(line.text, file);
        if (header === undefined) throw notALog(file);
        continue;
      }
      const event = toEvent(line);
      if (event !== undefined) events.push(event);
    }
    return events;
  };
  return { parse, header: () => header };
}
