import type { Source } from '../runs/serve-event.js';
import { placeOf } from '../runs/sources.js';
import { customInput } from './response-tools.js';

type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** Where something in a text is from. */
export interface Annotation extends Source {
  readonly type: 'url_citation';
  readonly start_index: number;
  readonly end_index: number;
}

export interface OutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly Annotation[];
  readonly logprobs: readonly [];
}

/** What a response may hold. */
export type OutputItem =
  | { readonly type: 'reasoning'; readonly id: string; readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[] }
  | { readonly type: 'message'; readonly id: string; readonly status: ItemStatus; readonly role: 'assistant'; readonly content: readonly OutputText[] }
  | { readonly type: 'function_call'; readonly id: string; readonly status: ItemStatus; readonly call_id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'custom_tool_call'; readonly id: string; readonly status: ItemStatus; readonly call_id: string; readonly name: string; readonly input: string };

/** An item while it comes. */
export interface OpenItem {
  readonly kind: 'reasoning' | 'content' | 'call' | 'custom-call';
  readonly id: string;
  /** Its place in the output. */
  readonly index: number;
  text: string;
  readonly annotations: Annotation[];
  readonly call?: { readonly id: string; readonly name: string };
}

export const annotationOf = (source: Source, text: string): Annotation => ({ type: 'url_citation', ...placeOf(source, text), ...source });

/** The part of a message that is its text. */
export const textPart = ({ text, annotations }: Pick<OpenItem, 'text' | 'annotations'>): OutputText => ({ type: 'output_text', text, annotations: [...annotations], logprobs: [] });

/** The item as it is sent; `empty`: before anything of it has come. */
export function outputItem({ kind, id, text, annotations, call = { id: '', name: '' } }: OpenItem, status: ItemStatus, empty = false): OutputItem {
  switch (kind) {
    case 'reasoning':
      return { type: 'reasoning', id, summary: empty ? [] : [{ type: 'summary_text', text }] };
    case 'content':
      return { type: 'message', id, status, role: 'assistant', content: empty ? [] : [textPart({ text, annotations })] };
    case 'call':
      return { type: 'function_call', id, status, call_id: call.id, name: call.name, arguments: empty ? '' : text };
    case 'custom-call':
      return { type: 'custom_tool_call', id, status, call_id: call.id, name: call.name, input: empty ? '' : customInput(text) };
  }
}
