import type { Key } from './keys.js';
import type { Pressed } from './press.js';

/** What is asked in the middle of a run: a yes or no, or a line of text. */
export type QuestionKind = 'yes-no' | 'line';

/** Puts a question to whoever watches; null when there is no answer. */
export type AskViewer = (text: string, kind: QuestionKind, signal?: AbortSignal) => Promise<string | null>;

export interface Question {
  readonly kind: QuestionKind;
  readonly settle: (answer: string | null) => void;
}

const isReturn = ({ name }: Key): boolean => name === 'return' || name === 'enter';

export const questionHint = (kind: QuestionKind): string => (kind === 'yes-no' ? 'y: yes   n: no' : 'Enter: write the answer   Esc: no answer');

/** A line that was sent, an empty one too. */
function written(key: Key, draft: string, action: Pressed['action']): string | undefined {
  if (isReturn(key) && draft.trim() === '') return '';
  return action?.type === 'say' ? action.text : undefined;
}

/** What a key says to a question; undefined where it means something else: in the line that is being written (`draft`), above all, a y is a letter. */
export function replyTo(kind: QuestionKind, key: Key, draft: string | null, { action }: Pressed): string | null | undefined {
  if (action?.type === 'interrupt') return null;
  if (draft !== null) return kind === 'line' ? written(key, draft, action) : undefined;
  if (key.paste === true || key.ctrl === true) return undefined;
  if (kind === 'line') return key.name === 'escape' ? null : undefined;
  if (key.name === 'y') return 'yes';
  return key.name === 'n' || key.name === 'escape' || isReturn(key) ? 'no' : undefined;
}
