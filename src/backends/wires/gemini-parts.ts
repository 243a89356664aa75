import type { Batch } from './batch.js';
import { isObject, objectOf, stringOf, type Json } from './json.js';

/** Gemini prefixes names of functions now and then. */
const NAMESPACE = /^default_api(?::|__|\.)/;

/** The parts of a reply: said as events as they come, kept for the next request. */
export class Parts {
  called = false;
  spoken = false;
  private readonly kept: Json[] = [];
  private count = 0;
  private running = '';
  private readonly batch: Batch;
  private readonly idPrefix: string;

  constructor(batch: Batch, idPrefix: string) {
    this.batch = batch;
    this.idPrefix = idPrefix;
  }

  take(part: Json): void {
    this.say(part);
    this.keep(part);
  }

  /** To be sent back: thoughts in words are left out, whatever is signed is verbatim. */
  all(): readonly Json[] {
    return this.kept;
  }

  private say(part: Json): void {
    const text = stringOf(part['text']);
    if (text !== '' && part['thought'] === true) this.batch.reasoning(text);
    else if (text !== '') {
      this.spoken = true;
      this.batch.text(text);
    }
    const call = objectOf(part['functionCall']);
    if (call) this.call(call);
    this.tool(part);
  }

  private call(call: Json): void {
    this.called = true;
    const id = stringOf(call['id']) || `${this.idPrefix}${String(this.count)}`;
    this.count += 1;
    const name = stringOf(call['name']).replace(NAMESPACE, '');
    const argumentsText = JSON.stringify(isObject(call['args']) ? call['args'] : {});
    this.batch.toolStart(id, name);
    this.batch.toolDelta(id, argumentsText);
    this.batch.toolEnd({ id, name, argumentsText });
  }

  /** Tools that run at the vendor. */
  private tool(part: Json): void {
    const code = objectOf(part['executableCode']);
    const result = objectOf(part['codeExecutionResult']);
    const invoked = objectOf(part['toolCall']);
    const answered = objectOf(part['toolResponse']);
    if (code) {
      this.running = stringOf(code['id']) || `${this.idPrefix}code_${String(this.kept.length)}`;
      this.batch.push({ type: 'provider-tool', id: this.running, name: 'code_execution', status: 'start', detail: stringOf(code['code']) });
    }
    if (result) {
      const failed = result['outcome'] === 'OUTCOME_OK' ? '' : `${stringOf(result['outcome'])} `;
      this.batch.push({ type: 'provider-tool', id: stringOf(result['id']) || this.running, name: 'code_execution', status: 'end', detail: failed + stringOf(result['output']) });
    }
    if (invoked) this.batch.push({ type: 'provider-tool', id: stringOf(invoked['id']), name: toolName(invoked), status: 'start', detail: JSON.stringify(invoked['args'] ?? {}) });
    if (answered) this.batch.push({ type: 'provider-tool', id: stringOf(answered['id']), name: toolName(answered), status: 'end' });
  }

  private keep(part: Json): void {
    const signed = typeof part['thoughtSignature'] === 'string';
    if (part['thought'] === true && !signed) return;
    const last = this.kept.at(-1);
    // Streamed text comes in many parts; a signed one must stay by itself.
    if (!signed && isPlainText(part) && last && isPlainText(last)) {
      this.kept[this.kept.length - 1] = { text: stringOf(last['text']) + stringOf(part['text']) };
      return;
    }
    if (Object.keys(part).length > 0 && !(isPlainText(part) && part['text'] === '')) this.kept.push(part);
  }
}

const isPlainText = (part: Json): boolean => typeof part['text'] === 'string' && Object.keys(part).length === 1;

function toolName(call: Json): string {
  const type = stringOf(call['toolType']);
  return type.startsWith('GOOGLE_SEARCH') ? 'web_search' : type.toLowerCase() || 'tool';
}
