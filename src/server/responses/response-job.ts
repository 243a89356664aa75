import type { ErrorData } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';
import { metadataOf } from '../chat/chat-reply.js';
import { publicMessage, statusOf } from '../http/envelope.js';
import type { ReplyHead } from '../runs/dialect.js';
import { replyUsage, type ReplyUsage } from '../runs/reply-usage.js';
import type { Finish, ServedReply } from '../runs/serve-event.js';
import type { ResponseEnding, ResponseRecord, ResponseUsage, SaidPiece } from './response-record.js';

/** A response that is being made. */
export interface ResponseJob {
  /** As it is now; a later call gives another value. */
  readonly record: () => ResponseRecord;
  readonly isQueued: () => boolean;
  readonly isRemoved: () => boolean;
  /** What is known once the request was accepted; afterwards it can be found. Resolves when it is kept. */
  readonly begin: (head: ReplyHead, run?: RunningRun) => Promise<void>;
  readonly say: (piece: SaidPiece) => void;
  readonly done: (ended: Ended) => void;
  readonly fail: (error: ErrorData) => void;
  /** Nothing more comes. A response that somebody has seen something of is cancelled, another one is forgotten. */
  readonly leave: () => void;
  readonly cancel: () => void;
  /** It is to be cancelled, and not to be kept. */
  readonly remove: () => void;
  /** Resolves at the next change. */
  readonly changed: () => Promise<void>;
  /** Resolves when it has ended and is kept. */
  readonly finished: Promise<void>;
}

type Ended = Pick<ServedReply, 'finish' | 'result' | 'delivered'>;

interface RunningRun {
  readonly isQueued: () => boolean;
  readonly cancel: (reason: string) => void;
}

interface JobHooks {
  readonly begun: () => Promise<void>;
  readonly ended: () => Promise<void>;
  readonly dropped: () => void;
}

const usageOf = (usage: ReplyUsage): ResponseUsage => ({
  input_tokens: usage.prompt_tokens,
  input_tokens_details: { cached_tokens: usage.cached_tokens, cache_write_tokens: 0 },
  output_tokens: usage.completion_tokens,
  output_tokens_details: { reasoning_tokens: usage.reasoning_tokens },
  total_tokens: usage.total_tokens,
});

/** Codes that OpenAI's error of a response may have; ours are finer and stand in the message. */
const errorOf = (error: ErrorData): NonNullable<ResponseEnding['error']> => ({ code: statusOf(error) === 429 ? 'rate_limit_exceeded' : 'server_error', message: publicMessage(error) });

/** What is no failure of a response, but a way to end. */
function stops({ code }: ErrorData): Pick<ResponseEnding, 'status' | 'reason'> | undefined {
  if (code === 'run-cancelled') return { status: 'cancelled' };
  return code === 'reply-filtered' ? { status: 'incomplete', reason: 'content_filter' } : undefined;
}

const STATUS: Readonly<Record<Finish, Pick<ResponseEnding, 'status' | 'reason'>>> = {
  stop: { status: 'completed' },
  tool_calls: { status: 'completed' },
  length: { status: 'incomplete', reason: 'max_output_tokens' },
  content_filter: { status: 'incomplete', reason: 'content_filter' },
};

class Job implements ResponseJob {
  private draft: ResponseRecord;
  private readonly said: SaidPiece[] = [];
  private run: RunningRun = { isQueued: () => false, cancel: () => undefined };
  private session = '';
  /** What of the request was left out. */
  private left: readonly string[] = [];
  private request: RunRequest = {};
  private hasBegun = false;
  private removed = false;
  private wake: (() => void) | undefined;
  private change: Promise<void> | undefined;
  private settle: () => void = () => undefined;
  private readonly now: () => number;
  private readonly hooks: JobHooks;
  readonly finished: Promise<void>;

  constructor(draft: ResponseRecord, now: () => number, hooks: JobHooks) {
    this.draft = draft;
    this.now = now;
    this.hooks = hooks;
    this.finished = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  readonly record = (): ResponseRecord => ({ ...this.draft, said: this.said });
  readonly isQueued = (): boolean => this.run.isQueued();
  readonly isRemoved = (): boolean => this.removed;

  async begin({ model, created, session, request }: ReplyHead, run?: RunningRun): Promise<void> {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.session = session;
    this.left = request.notes;
    this.request = request.request;
    this.draft = { ...this.draft, model, created };
    if (run !== undefined) this.run = run;
    await this.hooks.begun();
  }

  say(piece: SaidPiece): void {
    this.said.push(piece);
    this.tell();
  }

  done({ finish, result, delivered }: Ended): void {
    this.end({ ...STATUS[finish], at: this.now(), error: null, usage: usageOf(replyUsage(result, delivered, this.request)), metadata: { ...metadataOf(result, this.session), ...this.notes() } });
  }

  fail(error: ErrorData): void {
    const stopped = stops(error);
    this.end({ ...(stopped ?? { status: 'failed' }), at: this.now(), error: stopped === undefined ? errorOf(error) : null, usage: null, metadata: { session_id: this.session, ...this.notes() } });
  }

  leave(): void {
    if (this.draft.ending !== null) return;
    if (this.hasBegun) this.end({ status: 'cancelled', at: this.now(), error: null, usage: null, metadata: { session_id: this.session } });
    else {
      this.hooks.dropped();
      this.settle();
    }
  }

  cancel(): void {
    this.run.cancel('its owner cancelled it');
  }

  remove(): void {
    this.removed = true;
    this.cancel();
  }

  changed(): Promise<void> {
    this.change ??= new Promise((resolve) => {
      this.wake = resolve;
    });
    return this.change;
  }

  private notes(): object {
    return this.left.length === 0 ? {} : { notes: this.left };
  }

  private end(ending: ResponseEnding): void {
    if (this.draft.ending !== null) return;
    this.draft = { ...this.draft, ending };
    this.tell();
    void this.hooks.ended().finally(this.settle);
  }

  private tell(): void {
    this.wake?.();
    this.wake = undefined;
    this.change = undefined;
  }
}

/** A response that has not begun. `now` in Unix seconds. */
export const createJob = (draft: ResponseRecord, now: () => number, hooks: JobHooks): ResponseJob => new Job(draft, now, hooks);
