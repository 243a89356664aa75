import type { Batch } from './batch.js';
import { citationOf, serverToolEnd, serverToolStart } from './anthropic-server-tools.js';
import { argumentsObject, isObject, listOf, objectOf, stringOf, type Json } from './json.js';

/** One content block while it grows. */
interface OpenBlock {
  readonly block: Record<string, unknown>;
  /** The input of a tool, spelled in pieces. */
  input: string;
}

/** The content blocks of one call: said as events while they grow, kept whole for the next request. */
export class ContentBlocks {
  /** Tools of ours were called. */
  called = false;
  spoken = false;
  private readonly open = new Map<unknown, OpenBlock>();
  private readonly kept: unknown[] = [];
  private readonly batch: Batch;

  constructor(batch: Batch) {
    this.batch = batch;
  }

  start(frame: Json): void {
    const block = objectOf(frame['content_block']);
    if (!block) return;
    this.open.set(frame['index'], { block: { ...block }, input: '' });
    if (block['type'] === 'tool_use') {
      this.called = true;
      this.batch.toolStart(stringOf(block['id']), stringOf(block['name']));
    } else if (block['type'] === 'text') this.say(stringOf(block['text']));
    else if (block['type'] === 'thinking') this.think(stringOf(block['thinking']));
    else this.end(block);
  }

  delta(frame: Json): void {
    const opened = this.open.get(frame['index']);
    const delta = objectOf(frame['delta']);
    if (!opened || !delta) return;
    switch (delta['type']) {
      case 'text_delta':
        this.say(grow(opened, 'text', delta['text']));
        return;
      case 'thinking_delta':
        this.think(grow(opened, 'thinking', delta['thinking']));
        return;
      case 'signature_delta':
        grow(opened, 'signature', delta['signature']);
        return;
      case 'input_json_delta':
        this.spell(opened, stringOf(delta['partial_json']));
        return;
      case 'citations_delta':
        this.cite(opened, delta['citation']);
    }
  }

  stop(frame: Json): void {
    const opened = this.open.get(frame['index']);
    if (!opened) return;
    this.open.delete(frame['index']);
    this.finish(opened);
  }

  /** Ends what is still open: the reply was cut. */
  close(): void {
    for (const opened of this.open.values()) this.finish(opened);
    this.open.clear();
  }

  /** Every block so far, whole, in order. */
  all(): readonly unknown[] {
    return this.kept;
  }

  /** Of a reply that was cut: without what the cut has left unfinished, which the API refuses to be sent back. */
  whole(): readonly unknown[] {
    const answered = new Set(this.kept.flatMap((block) => (isObject(block) ? [stringOf(block['tool_use_id'])] : [])));
    return this.kept.filter((block) => {
      if (!isObject(block)) return true;
      if (block['type'] === 'thinking') return stringOf(block['signature']) !== '';
      return block['type'] !== 'server_tool_use' || answered.has(stringOf(block['id']));
    });
  }

  private say(text: string): void {
    if (text === '') return;
    this.spoken = true;
    this.batch.text(text);
  }

  private think(text: string): void {
    if (text !== '') this.batch.reasoning(text);
  }

  private end(block: Json): void {
    const ended = serverToolEnd(block);
    if (ended) this.batch.push(ended);
  }

  private spell(opened: OpenBlock, piece: string): void {
    if (piece === '') return;
    opened.input += piece;
    if (opened.block['type'] === 'tool_use') this.batch.toolDelta(stringOf(opened.block['id']), piece);
  }

  private cite({ block }: OpenBlock, citation: unknown): void {
    block['citations'] = [...listOf(block['citations']), citation];
    const event = citationOf(citation);
    if (event) this.batch.push(event);
  }

  private finish(opened: OpenBlock): void {
    const { block } = opened;
    if (block['type'] === 'tool_use') {
      // A call without arguments may send none; a block that was not streamed brings them whole.
      if (opened.input === '') this.spell(opened, JSON.stringify(isObject(block['input']) ? block['input'] : {}));
      this.batch.toolEnd({ id: stringOf(block['id']), name: stringOf(block['name']), argumentsText: opened.input });
      block['input'] = argumentsObject(opened.input);
    } else if (block['type'] === 'server_tool_use') {
      if (opened.input !== '') block['input'] = argumentsObject(opened.input);
      this.batch.push(serverToolStart(block, block['input']));
    }
    this.kept.push(block);
  }
}

/** Adds the piece to one text of the block. */
function grow({ block }: OpenBlock, name: string, piece: unknown): string {
  const text = stringOf(piece);
  block[name] = stringOf(block[name]) + text;
  return text;
}
