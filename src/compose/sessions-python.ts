import path from 'node:path';
import type { HistoryMessage } from '../orchestrator/index.js';
import { asText } from '../orchestrator/session/read/foreign/loose.js';
import { readJsonPart, readTextPart } from '../orchestrator/session/read/foreign/read-part.js';
import { turnDirectory, turnNumbers } from '../orchestrator/session/read/turn-places.js';

/** A conversation that MassGen in Python keeps in `.massgen/sessions/<id>`. */
export interface PythonSession {
  readonly id: string;
  readonly turn: number;
  readonly history: readonly HistoryMessage[];
}

function numbersOf(directory: string): readonly number[] {
  try {
    return turnNumbers(directory);
  } catch {
    return [];
  }
}

function messagesOf(directory: string): readonly HistoryMessage[] {
  const task = asText(readJsonPart(directory, 'metadata.json').content?.['task']);
  if (task === null) return [];
  // An interrupted turn's answer says so in its own first line.
  const answer = readTextPart(directory, 'answer.txt').content ?? '';
  return [{ role: 'user', text: task }, { role: 'assistant', text: answer.trim() === '' ? '[No answer: this turn was interrupted.]' : answer }];
}

/** A directory's conversation: `turn_N/metadata.json` has the question, `turn_N/answer.txt` the answer. Undefined when there is none; nothing is ever written there. */
export function readPythonSession(directory: string): PythonSession | undefined {
  const numbers = numbersOf(directory);
  const history = numbers.flatMap((turn) => messagesOf(turnDirectory(directory, turn)));
  return history.length === 0 ? undefined : { id: path.basename(directory), turn: (numbers.at(-1) ?? 0) + 1, history };
}
