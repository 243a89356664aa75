import type { Source } from '../runs/serve-event.js';
import { annotationOf, outputItem, textPart, type OpenItem, type OutputItem } from './output-items.js';
import { itemId, type ResponseEnding, type ResponseRecord, type SaidPiece } from './response-record.js';
import { resourceWith, type ResponseStatus } from './response-resource.js';

/** One event of a response's stream. */
export interface StreamEvent {
  readonly type: string;
  readonly sequence_number: number;
}

/** An event as a server-sent event. */
export const frameOf = (event: StreamEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** What stands last in every stream. */
export const STREAM_END = 'data: [DONE]\n\n';

type Fields = Readonly<Record<string, unknown>>;

/** The events of a response in OpenAI's order, from what was said in it. Reasoning is told as one summary. */
export class ResponseStream {
  private readonly record: ResponseRecord;
  private readonly output: OutputItem[] = [];
  private next = 0;
  private current: OpenItem | null = null;
  private begun = false;
  private pending: StreamEvent[] = [];

  constructor(record: ResponseRecord) {
    this.record = record;
  }

  /** Everything that was said, and the end if there is one. */
  static outputOf(record: ResponseRecord): readonly OutputItem[] {
    const stream = new ResponseStream(record);
    for (const piece of record.said) stream.say(piece);
    if (record.ending !== null) stream.end(record.ending);
    return stream.items();
  }

  open(): readonly StreamEvent[] {
    const { background } = this.record;
    this.tell('response.created', { response: this.resource(background ? 'queued' : 'in_progress') });
    if (background) this.tell('response.queued', { response: this.resource('queued') });
    else this.begin();
    return this.taken();
  }

  say(piece: SaidPiece): readonly StreamEvent[] {
    this.begin();
    if (piece[0] === 'call') {
      this.close('completed');
      this.call(piece[1]);
      return this.taken();
    }
    if (piece[0] === 'citation') {
      this.cite(piece[1]);
      return this.taken();
    }
    const [kind, text] = piece;
    if (this.current?.kind !== kind) {
      this.close('completed');
      this.openItem(kind);
    }
    this.delta(text);
    return this.taken();
  }

  end(ending: ResponseEnding): readonly StreamEvent[] {
    this.begin();
    const { status } = ending;
    const answered = this.current?.kind === 'content' || this.output.some(({ type }) => type !== 'reasoning');
    if (!answered && (status === 'completed' || status === 'incomplete')) {
      this.close('completed');
      this.openItem('content');
    }
    this.close(status === 'completed' ? 'completed' : 'incomplete');
    this.tell(`response.${status}`, { response: this.resource(status, ending) });
    return this.taken();
  }

  /** What there is so far. */
  items(): readonly OutputItem[] {
    return this.current === null ? this.output : [...this.output, outputItem(this.current, 'in_progress')];
  }

  private resource(status: ResponseStatus, ending: ResponseEnding | null = null): object {
    return resourceWith({ ...this.record, ending }, status, [...this.output]);
  }

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.tell('response.in_progress', { response: this.resource('in_progress') });
  }

  private tell(type: string, fields: Fields): void {
    this.pending.push({ type, sequence_number: this.next++, ...fields });
  }

  private taken(): readonly StreamEvent[] {
    const events = this.pending;
    this.pending = [];
    return events;
  }

  private openItem(kind: 'reasoning' | 'content'): void {
    const index = this.output.length;
    const item: OpenItem = { kind, id: this.idOf(kind === 'reasoning' ? 'rs' : 'msg', index), index, text: '', annotations: [] };
    this.current = item;
    const place = { item_id: item.id, output_index: index };
    this.tell('response.output_item.added', { output_index: index, item: outputItem(item, 'in_progress', true) });
    if (kind === 'reasoning') this.tell('response.reasoning_summary_part.added', { ...place, summary_index: 0, part: { type: 'summary_text', text: '' } });
    else this.tell('response.content_part.added', { ...place, content_index: 0, part: textPart(item) });
  }

  private delta(text: string): void {
    const item = this.current;
    if (item === null) return;
    item.text += text;
    const place = { item_id: item.id, output_index: item.index };
    if (item.kind === 'reasoning') this.tell('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta: text });
    else this.tell('response.output_text.delta', { ...place, content_index: 0, delta: text, logprobs: [] });
  }

  /** Only of a text. */
  private cite(source: Source): void {
    const item = this.current;
    if (item?.kind !== 'content') return;
    const annotation = annotationOf(source, item.text);
    this.tell('response.output_text.annotation.added', { item_id: item.id, output_index: item.index, content_index: 0, annotation_index: item.annotations.length, annotation });
    item.annotations.push(annotation);
  }

  private close(status: 'completed' | 'incomplete'): void {
    const item = this.current;
    if (item === null) return;
    this.current = null;
    const { text, index } = item;
    const place = { item_id: item.id, output_index: index };
    if (item.kind === 'reasoning') {
      this.tell('response.reasoning_summary_text.done', { ...place, summary_index: 0, text });
      this.tell('response.reasoning_summary_part.done', { ...place, summary_index: 0, part: { type: 'summary_text', text } });
    } else {
      this.tell('response.output_text.done', { ...place, content_index: 0, text, logprobs: [] });
      this.tell('response.content_part.done', { ...place, content_index: 0, part: textPart(item) });
    }
    this.finish(outputItem(item, status));
  }

  private call({ id, name, argumentsText }: Extract<SaidPiece, readonly ['call', unknown]>[1]): void {
    const index = this.output.length;
    const custom = this.record.customTools.includes(name);
    const item: OpenItem = { kind: custom ? 'custom-call' : 'call', id: this.idOf(custom ? 'ctc' : 'fc', index), index, text: argumentsText, annotations: [], call: { id, name } };
    const whole = outputItem(item, 'completed');
    const place = { item_id: item.id, output_index: index };
    this.tell('response.output_item.added', { output_index: index, item: outputItem(item, 'in_progress', true) });
    if (whole.type === 'custom_tool_call') {
      this.tell('response.custom_tool_call_input.delta', { ...place, delta: whole.input });
      this.tell('response.custom_tool_call_input.done', { ...place, input: whole.input });
    } else {
      this.tell('response.function_call_arguments.delta', { ...place, delta: argumentsText });
      this.tell('response.function_call_arguments.done', { ...place, name, arguments: argumentsText });
    }
    this.finish(whole);
  }

  private finish(item: OutputItem): void {
    this.output.push(item);
    this.tell('response.output_item.done', { output_index: this.output.length - 1, item });
  }

  private idOf(prefix: string, index: number): string {
    return itemId(prefix, this.record.id, 'o', index);
  }
}

/** A response as it is now. */
export function resourceOf(record: ResponseRecord, isQueued = false): object {
  const status = record.ending?.status ?? (isQueued ? 'queued' : 'in_progress');
  return resourceWith(record, status, ResponseStream.outputOf(record));
}
