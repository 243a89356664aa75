import { randomBytes } from 'node:crypto';
import type { ServedToolCall, Source } from '../runs/serve-event.js';
import type { InputItem } from './response-types.js';

/** A piece of what was said: of the deliberation, of the answer, where the answer is from, or a call of the caller's tool. */
export type SaidPiece = readonly ['reasoning' | 'content', string] | readonly ['citation', Source] | readonly ['call', ServedToolCall];

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

export interface ResponseEnding {
  readonly status: 'completed' | 'incomplete' | 'failed' | 'cancelled';
  /** Why it is incomplete. */
  readonly reason?: 'max_output_tokens' | 'content_filter';
  /** Unix seconds. */
  readonly at: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly usage: ResponseUsage | null;
  readonly metadata?: object;
}

/**
 * All there is to know of a response, as it is kept. Its resource and its stream are made from this, and every time the same:
 * somebody who reads the stream again gets the same events with the same numbers.
 */
export interface ResponseRecord {
  readonly version: 1;
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly previous: string | null;
  readonly background: boolean;
  readonly store: boolean;
  /** Fields of the request that the resource repeats. */
  readonly echo: Readonly<Record<string, unknown>>;
  /** Names of tools that take a text instead of arguments. */
  readonly customTools: readonly string[];
  /** With ids. */
  readonly input: readonly InputItem[];
  readonly said: readonly SaidPiece[];
  readonly ending: ResponseEnding | null;
}

const ID = /^resp_[0-9a-f]{48}$/u;
const ITEM_ID = /^[a-z]{2,5}_([0-9a-f]{48})[io]\d{1,9}$/u;

export const newResponseId = (): string => `resp_${randomBytes(24).toString('hex')}`;
export const isResponseId = (id: string): boolean => ID.test(id);

/** The id of an item of a response: of its input (`i`) or output (`o`), by its place. */
export const itemId = (prefix: string, responseId: string, side: 'i' | 'o', index: number): string => `${prefix}_${responseId.slice('resp_'.length)}${side}${String(index)}`;

/** The response that an item belongs to. */
export function responseOfItem(id: string): string | undefined {
  const hex = ITEM_ID.exec(id)?.[1];
  return hex === undefined ? undefined : `resp_${hex}`;
}
