import { MassgenError } from '../../errors.js';
import { metadataOf, usageOf } from '../chat/chat-reply.js';
import { validateCompletion } from '../generated/validate.js';
import { checkBody, type BodyValidator } from '../http/check-body.js';
import { errorBody, statusOf } from '../http/envelope.js';
import type { Dialect, ReplyHead, ReplyStream } from '../runs/dialect.js';
import type { ServeRequest } from '../runs/serve-request.js';

/** A body that `completionRequestSchema` has accepted. */
interface CompletionBody {
  readonly model?: string;
  readonly prompt: string | readonly unknown[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly stop?: string | readonly string[];
  readonly n?: number;
  readonly best_of?: number;
  readonly echo?: boolean;
  readonly suffix?: string;
}

const SAMPLING = ['max_tokens', 'temperature', 'top_p', 'presence_penalty', 'frequency_penalty', 'stop', 'seed', 'user'] as const;

const refuse = (message: string, param: string): never => {
  throw new MassgenError('request-invalid', message, { param, reason: 'unsupported_value' });
};

function promptOf({ prompt }: CompletionBody): string {
  if (typeof prompt === 'string') return prompt.trim() === '' ? refuse('prompt is empty', 'prompt') : prompt;
  const [first] = prompt;
  if (prompt.length !== 1 || typeof first !== 'string') return refuse('prompt must be a text, or a list with one text: several texts and tokens are not served', 'prompt');
  return first;
}

function toRequest(body: CompletionBody): ServeRequest {
  if ((body.n ?? 1) > 1) refuse('n must be 1: one team gives one answer; send the request again for another', 'n');
  if ((body.best_of ?? 1) > 1) refuse('best_of must be 1', 'best_of');
  if (body.suffix !== undefined && body.suffix !== '') refuse('suffix is not served', 'suffix');
  const sampling = Object.fromEntries(Object.entries(body).filter(([key]) => (SAMPLING as readonly string[]).includes(key)));
  return {
    model: body.model ?? 'massgen',
    prompt: promptOf(body),
    history: [],
    request: Object.keys(sampling).length === 0 ? {} : { sampling },
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    // A completion has no place for anything but its text.
    reasoning: 'off',
    notes: [],
  };
}

const common = ({ requestId, created, model }: ReplyHead): object => ({ id: `cmpl-${requestId}`, object: 'text_completion', created, model });
const choice = (text: string, finish: string | null): object => ({ text, index: 0, logprobs: null, finish_reason: finish });
const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

function stream(head: ReplyHead, before: string): ReplyStream {
  const chunk = (text: string, finish: string | null, more: object = {}): string => frame({ ...common(head), choices: [choice(text, finish)], ...(head.request.includeUsage ? { usage: null } : {}), ...more });
  return {
    open: () => (before === '' ? '' : chunk(before, null)),
    event: (event) => {
      switch (event.type) {
        case 'content':
          return chunk(event.text, null);
        case 'done': {
          const usage = head.request.includeUsage ? frame({ ...common(head), choices: [], usage: usageOf(event, head) }) : '';
          return `${chunk('', event.finish, { massgen_metadata: metadataOf(event.result, head.session) })}${usage}data: [DONE]\n\n`;
        }
        default:
          return '';
      }
    },
    fail: (error) => frame(errorBody(error)),
  };
}

/** OpenAI's Completions, which were before chats: one text in, one text out. For one request. */
export function completionDialect(): Dialect {
  let repeats = false;
  const beforeOf = ({ request }: ReplyHead): string => (repeats ? request.prompt : '');
  return {
    name: 'completions',
    read: (given) => {
      const body = checkBody(given, validateCompletion as BodyValidator) as unknown as CompletionBody;
      repeats = body.echo === true;
      return toRequest(body);
    },
    reply: ({ content, finish, result, delivered }, head) => ({ ...common(head), choices: [choice(`${beforeOf(head)}${content}`, finish)], usage: usageOf({ result, delivered }, head), massgen_metadata: metadataOf(result, head.session) }),
    fail: (error) => ({ status: statusOf(error), body: errorBody(error) }),
    stream: (head) => stream(head, beforeOf(head)),
  };
}
