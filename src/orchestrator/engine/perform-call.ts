import type { Backend, BackendEvent, BackendRequest, ProviderItem, ToolCall, Usage } from '../../backends/contract.js';
import { toErrorData, type ErrorData } from '../../errors.js';
import { estimateTokens } from '../coordination/budget.js';
import { messageLength } from '../message-length.js';
import type { CallRef, CallResult, DisplayEvent } from '../protocol.js';
import { watchSilence } from '../watch-silence.js';
import { createAnswerScan } from './answer-scan.js';

/** Characters of one reply that are kept. No model writes as many; a broken server may. */
const REPLY_LIMIT = 16 * 1024 * 1024;

export interface CallOptions {
  readonly backend: Backend;
  readonly request: BackendRequest;
  readonly ref: CallRef;
  /** Its abort ends the call at once, whether or not the backend obeys. */
  readonly controller: AbortController;
  /** A stream that says nothing for so many ms is given up. */
  readonly idleMs: number;
  /** Unfinished text counts as a draft of an answer. */
  readonly drafts: boolean;
  readonly show: (event: DisplayEvent) => void;
  /** A promise when the reader is behind: the stream is not read on before it. */
  readonly ready: () => Promise<void> | undefined;
}

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0 };

/** What a call has said so far. */
class Heard {
  text = '';
  /** Answers that were begun, by call id. */
  private readonly answers = new Map<string, string>();
  reasoningLength = 0;
  usage: Usage | null = null;
  /** Nobody has worked on the request: it was not sent yet, or turned away. */
  private idle = true;
  items: readonly ProviderItem[] = [];
  readonly calls: ToolCall[] = [];
  private readonly scans = new Map<string, (piece: string) => string>();
  private unfinished = 0;
  private kept = 0;

  private readonly options: CallOptions;

  constructor(options: CallOptions) {
    this.options = options;
  }

  /** False for what would be more than can be kept. */
  fits(event: BackendEvent): boolean {
    if (event.type === 'text-delta') this.kept += event.text.length;
    else if (event.type === 'tool-call-delta') this.kept += event.argumentsText.length;
    return this.kept <= REPLY_LIMIT;
  }

  /** The provider may have the request from now on. */
  begin(): void {
    this.idle = false;
  }

  take(event: BackendEvent): void {
    const { show, ref } = this.options;
    switch (event.type) {
      case 'text-delta':
        this.text += event.text;
        show({ type: 'text-delta', of: 'reply', text: event.text, ...ref });
        return;
      case 'reasoning-delta':
        this.reasoningLength += event.text.length;
        show({ type: 'reasoning-delta', text: event.text, ...ref });
        return;
      case 'tool-call-start':
        if (event.name === 'new_answer') this.scans.set(event.id, createAnswerScan());
        return;
      case 'tool-call-delta':
        this.unfinished += event.argumentsText.length;
        this.scan(event.id, event.argumentsText);
        return;
      case 'tool-call-end':
        this.calls.push({ id: event.id, name: event.name, argumentsText: event.argumentsText });
        if (!this.answers.has(event.id)) this.scan(event.id, event.argumentsText);
        return;
      case 'provider-tool':
      case 'citation':
        show({ agent: ref.agent, turn: ref.turn, call: ref.call, ...event });
        return;
      case 'waiting':
        this.idle = event.unsent === true;
        if (event.message !== '') show({ type: 'notice', level: 'info', message: `${ref.agent}: ${event.message}` });
        return;
      case 'usage':
        this.usage = event.usage;
        return;
      case 'finish':
        this.items = event.items ?? [];
        return;
      case 'error':
        this.idle = event.refused === true && !this.spoke();
    }
  }

  private spoke(): boolean {
    return this.text !== '' || this.reasoningLength > 0 || this.unfinished > 0 || this.calls.length > 0;
  }

  private scan(id: string, piece: string): void {
    const added = this.scans.get(id)?.(piece) ?? '';
    if (added === '') return;
    this.answers.set(id, (this.answers.get(id) ?? '') + added);
    this.options.show({ type: 'text-delta', of: 'answer', text: added, ...this.options.ref });
  }

  result(end: Pick<CallResult, 'end' | 'reason' | 'error'>): CallResult {
    const { text, calls, items } = this;
    const draft = [...this.answers.values()].reduce((longest, answer) => (answer.length > longest.length ? answer : longest), text);
    const whole = end.end === 'finish' && end.reason !== 'length';
    return {
      end: end.end,
      text,
      toolCalls: calls,
      items,
      usage: this.usage ?? (this.idle ? NOTHING : this.estimate()),
      usageSource: this.usage === null && !this.idle ? 'estimated' : 'reported',
      ...(end.reason === undefined ? {} : { reason: end.reason }),
      ...(end.error === undefined ? {} : { error: end.error }),
      ...(this.options.drafts && !whole && draft !== '' ? { draft } : {}),
    };
  }

  private estimate(): Usage {
    const input = this.options.request.messages.reduce((sum, message) => sum + messageLength(message), 0);
    const reasoningTokens = estimateTokens(this.reasoningLength);
    return { inputTokens: estimateTokens(input), outputTokens: estimateTokens(this.text.length + this.unfinished) + reasoningTokens, reasoningTokens };
  }
}

/** Makes one call and says how it ended. Never rejects; an abort or silence ends it at once. */
export function performCall(options: CallOptions): Promise<CallResult> {
  const { backend, request, controller, idleMs, ready } = options;
  const heard = new Heard(options);
  return new Promise((resolve) => {
    let settled = false;
    const settle = (end: Pick<CallResult, 'end' | 'reason' | 'error'>): void => {
      if (settled) return;
      settled = true;
      silence.end();
      controller.signal.removeEventListener('abort', onAbort);
      resolve(heard.result(end));
    };
    const onAbort = (): void => {
      settle({ end: 'aborted' });
    };
    const fail = (error: ErrorData): void => {
      settle({ end: 'error', error });
    };
    let waiting = false;
    const silence = watchSilence(idleMs, () => {
      if (waiting) {
        silence.hear();
        return;
      }
      fail({ code: 'backend-silent', message: `${backend.id} (${backend.model}) sent nothing for ${String(idleMs / 1000)} s` });
      controller.abort();
    });
    const hear = async (): Promise<void> => {
      heard.begin();
      for await (const event of backend.stream(request, controller.signal)) {
        if (settled) return;
        silence.hear();
        if (!heard.fits(event)) {
          fail({ code: 'reply-too-large', message: `${backend.id} (${backend.model}) sent a reply of more than ${String(REPLY_LIMIT / 1024 / 1024)} million characters` });
          controller.abort();
          return;
        }
        heard.take(event);
        if (event.type === 'error') fail(event.error);
        else if (event.type === 'finish') settle(event.reason === 'aborted' ? { end: 'aborted' } : { end: 'finish', reason: event.reason });
        const behind = ready();
        if (behind !== undefined) {
          waiting = true;
          await behind;
          waiting = false;
          silence.hear();
        }
      }
      fail({ code: 'backend-truncated', message: `${backend.id} ended its stream without a last word` });
    };
    if (controller.signal.aborted) {
      onAbort();
      return;
    }
    controller.signal.addEventListener('abort', onAbort);
    hear().catch((thrown: unknown) => {
      fail(toErrorData(thrown));
    });
  });
}
