import type { ErrorCode, ErrorData } from '../../errors.js';
import type { BackendEvent, FinishReason, Usage } from '../contract.js';
import { createBatch } from './batch.js';
import { GEMINI_WIRE } from './gemini-contents.js';
import { Grounding } from './gemini-grounding.js';
import { Parts } from './gemini-parts.js';
import { geminiUsage } from './gemini-usage.js';
import { isObject, listOf, objectOf, parseJson, stringOf, type Json } from './json.js';
import { brokenFrame, earlyEnd, unknownBody, type Reading } from './reading.js';

const FINISH: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  FINISH_REASON_UNSPECIFIED: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
};

/** Reasons that make no reply of what has been said; the first may go better another time. */
const FAILED: Readonly<Record<string, ErrorCode>> = {
  MALFORMED_FUNCTION_CALL: 'backend-garbage',
  MALFORMED_RESPONSE: 'backend-garbage',
  UNEXPECTED_TOOL_CALL: 'backend-garbage',
  TOO_MANY_TOOL_CALLS: 'backend-garbage',
  OTHER: 'backend-unavailable',
  NO_IMAGE: 'backend-unavailable',
  IMAGE_OTHER: 'backend-unavailable',
  MISSING_THOUGHT_SIGNATURE: 'request-rejected',
};

export interface GeminiReadingOptions {
  /** Whose reply it is, for messages to people. */
  readonly label: string;
  /** For function calls to which the vendor gives no id. */
  readonly idPrefix: string;
  /** The fee is for a request that searches, however often it does. */
  readonly feePerRequest?: boolean;
  /** An error frame as our error. */
  readonly toError: (error: unknown) => ErrorData;
}

/** Reads the stream of `streamGenerateContent` (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent): whole parts, frame by frame. */
export class GeminiReading implements Reading {
  private readonly batch = createBatch();
  private readonly parts: Parts;
  private readonly grounding: Grounding;
  private usage: Usage | undefined;
  private reason = '';
  private said = '';
  private token = '';
  private state: 'open' | 'paused' | 'over' = 'open';
  private readonly options: GeminiReadingOptions;

  constructor(options: GeminiReadingOptions) {
    this.options = options;
    this.parts = new Parts(this.batch, options.idPrefix);
    this.grounding = new Grounding(this.batch, options.idPrefix);
  }

  take(payloads: Iterable<string>): BackendEvent[] {
    for (const payload of payloads) {
      if (this.state !== 'open') break;
      const frame = parseJson(payload);
      if (isObject(frame)) this.takeFrame(frame);
      else if (frame === undefined && payload !== '' && payload !== '[DONE]') this.fail(brokenFrame(payload));
    }
    return this.batch.drain();
  }

  whole(body: unknown): BackendEvent[] {
    const frames = (Array.isArray(body) ? listOf(body) : [body]).filter(isObject);
    if (!frames.some((frame) => 'candidates' in frame || 'promptFeedback' in frame || 'error' in frame)) this.fail(unknownBody(JSON.stringify(body)));
    for (const frame of frames) if (this.state === 'open') this.takeFrame(frame);
    return this.state === 'open' ? this.end('') : this.batch.drain();
  }

  end(head: string): BackendEvent[] {
    if (this.state === 'open' && this.reason !== '') this.conclude();
    else if (this.state === 'open') this.fail(earlyEnd(head));
    return this.batch.drain();
  }

  /** The token that goes on with a reply broken at the vendor's own limit, and this reading with it; undefined when it is over. */
  resume(): string | undefined {
    if (this.state !== 'paused') return undefined;
    this.state = 'open';
    this.reason = '';
    return this.token;
  }

  private takeFrame(frame: Json): void {
    if (frame['error']) {
      this.fail(this.options.toError(frame['error']));
      return;
    }
    this.usage = geminiUsage(frame['usageMetadata']) ?? this.usage;
    this.token = stringOf(frame['continuationToken']) || this.token;
    const blocked = objectOf(frame['promptFeedback']);
    if (stringOf(blocked?.['blockReason']) !== '') {
      const why = [blocked?.['blockReason'], blocked?.['blockReasonMessage']].map(stringOf).filter((text) => text !== '').join(': ');
      this.fail({ code: 'reply-filtered', message: `${this.options.label} blocked the prompt (${why})` });
      return;
    }
    const candidate = objectOf(listOf(frame['candidates'])[0]);
    if (candidate) this.takeCandidate(candidate);
  }

  // The reason may come before the last frame: usage and grounding may follow it, so the end of the body ends the reply.
  private takeCandidate(candidate: Json): void {
    for (const part of listOf(objectOf(candidate['content'])?.['parts'])) if (isObject(part)) this.parts.take(part);
    const metadata = objectOf(candidate['groundingMetadata']);
    if (metadata) this.grounding.take(metadata);
    this.reason = stringOf(candidate['finishReason']) || this.reason;
    this.said = stringOf(candidate['finishMessage']) || this.said;
  }

  private conclude(): void {
    if (this.reason === 'CONTINUATION' && this.token !== '') {
      this.state = 'paused';
      return;
    }
    const code = FAILED[this.reason];
    if (code !== undefined) {
      this.fail({ code, message: `${this.options.label} broke off its reply (${this.reason})${this.said === '' ? '' : `: ${this.said}`}` });
      return;
    }
    const known = FINISH[this.reason] ?? 'stop';
    const items = this.parts.all().map((item) => ({ wire: GEMINI_WIRE, item }));
    this.close({ type: 'finish', reason: known === 'stop' && this.parts.called ? 'tool-calls' : known, ...(items.length > 0 ? { items } : {}) });
  }

  private fail(error: ErrorData): void {
    this.close({ type: 'error', error });
  }

  private close(event: BackendEvent): void {
    this.state = 'over';
    const { searches } = this.grounding;
    if (this.usage) this.batch.push({ type: 'usage', usage: searches === 0 ? this.usage : { ...this.usage, tools: { web_search: { uses: this.options.feePerRequest === true ? 1 : searches } } } });
    this.batch.push(event);
  }
}
