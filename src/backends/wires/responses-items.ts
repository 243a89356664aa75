import type { Endpoint } from '../spec.js';
import type { Batch } from './batch.js';
import { isObject, listOf, objectOf, stringOf, type Json } from './json.js';
import { createFunctionCalls } from './responses-calls.js';

const RESPONSES_WIRE = 'openai-responses';

/** Whose items they are: thoughts are sealed, and another vendor of this dialect refuses them. */
export const itemsWire = ({ id }: Pick<Endpoint, 'id'>): string => (id === 'openai' ? RESPONSES_WIRE : `${RESPONSES_WIRE}:${id}`);

export const isThought = (item: unknown): boolean => isObject(item) && item['type'] === 'reasoning';

/** Of a reply whose thoughts are left out: "Item 'fc_…' of type 'function_call' was provided without its required 'reasoning' item." By its id the vendor knows what it belonged to; results are paired by `call_id`. */
export function withoutId(item: unknown): unknown {
  if (!isObject(item) || isThought(item) || !('id' in item)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'id'));
}

/** The output items of one response: said as events while they grow, kept verbatim when they are whole. */
export interface OutputItems {
  add(frame: Json): void;
  done(frame: Json): void;
  text(frame: Json): void;
  argumentsDelta(frame: Json): void;
  /** Ends what is still open. Says whether tools were called. */
  close(): boolean;
  /** The items that are whole, in their order. */
  all(): readonly unknown[];
}

const PROVIDER_TOOL = /^(.+)_call$/;

/** Frames belong together by `output_index`: ids change between frames behind some gateways. */
const placeOf = (frame: Json): string => String(frame['output_index']);

export function createOutputItems(batch: Batch): OutputItems {
  const calls = createFunctionCalls(batch);
  const kept = new Map<string, unknown>();
  let speaking: string | undefined;

  function providerTool(item: Json, status: 'start' | 'end'): void {
    const type = stringOf(item['type']);
    const name = type === 'program' ? type : PROVIDER_TOOL.exec(type)?.[1];
    if (name === undefined) return;
    const detail = detailOf(item);
    batch.push({ type: 'provider-tool', id: stringOf(item['id']), name, status, ...(detail === '' ? {} : { detail }) });
  }

  return {
    add: (frame) => {
      const item = objectOf(frame['item']);
      if (item?.['type'] === 'function_call') calls.open(placeOf(frame), item);
      else if (item) providerTool(item, 'start');
    },
    done: (frame) => {
      const item = objectOf(frame['item']);
      if (!item) return;
      kept.set(placeOf(frame), item);
      if (item['type'] === 'function_call') calls.done(placeOf(frame), item);
      else providerTool(item, 'end');
    },
    text: (frame) => {
      // Two messages in one response are two paragraphs.
      if (speaking !== undefined && speaking !== placeOf(frame)) batch.text('\n\n');
      speaking = placeOf(frame);
      batch.text(stringOf(frame['delta']));
    },
    argumentsDelta: (frame) => {
      calls.delta(placeOf(frame), stringOf(frame['delta']));
    },
    close: () => calls.close(),
    all: () => [...kept.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item),
  };
}

function detailOf(item: Json): string {
  const action = objectOf(item['action']);
  const asked = stringOf(action?.['query']) || stringOf(action?.['url']) || stringOf(item['code']) || stringOf(item['input']);
  const logs = listOf(item['outputs']).map((output) => stringOf(objectOf(output)?.['logs'])).filter((text) => text !== '');
  return [asked, ...logs].join('\n');
}

/** The frames that a server which streams would have sent for this output. */
export function framesOf(output: readonly unknown[]): readonly Json[] {
  return output.flatMap((item, output_index) => (isObject(item) ? itemFrames(item, output_index) : []));
}

function itemFrames(item: Json, output_index: number): readonly Json[] {
  const at = { output_index, item };
  return [
    { type: 'response.output_item.added', ...at },
    ...listOf(item['summary']).map((part) => ({ type: 'response.reasoning_summary_text.delta', delta: objectOf(part)?.['text'] })),
    ...listOf(item['content']).flatMap((part) => (isObject(part) && item['type'] === 'message' ? partFrames(part, output_index) : [])),
    { type: 'response.output_item.done', ...at },
  ];
}

function partFrames(part: Json, output_index: number): readonly Json[] {
  if (part['type'] === 'refusal') return [{ type: 'response.refusal.delta', output_index, delta: part['refusal'] }];
  const annotations = listOf(part['annotations']).map((annotation) => ({ type: 'response.output_text.annotation.added', annotation }));
  return [{ type: 'response.output_text.delta', output_index, delta: part['text'] }, ...annotations];
}
