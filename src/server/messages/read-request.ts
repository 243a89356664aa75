import { MassgenError } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';
import type { ReasoningLevel, ServeRequest } from '../runs/serve-request.js';
import type { CountTokensBody, MessagesBody } from './messages-types.js';
import { readMessages } from './read-messages.js';
import { readTools } from './read-tools.js';

/** What a reply must meet that runs know nothing of. */
export interface ReplyWishes {
  readonly stopSequences: readonly string[];
  /** The reply's beginning, which the caller has: it is not said again. */
  readonly prefill: string;
  /** Nobody asked for a `thinking` block: there is none, whatever there is to tell. */
  readonly silent: boolean;
  /** The `thinking` block is there, but its text is not. */
  readonly hidden: boolean;
}

/** Anthropic's own code of an error. */
export const THREAD_UNSUPPORTED = 'thread_unsupported_request';

export interface MessagesRequest {
  readonly asked: ServeRequest;
  readonly wishes: ReplyWishes;
}

/** Of a JSON Schema in a request, as text. */
const LONGEST_SCHEMA = 100_000;

function readForm({ output_config: config, output_format: old }: CountTokensBody): Pick<RunRequest, 'format'> {
  const form = config?.format ?? old;
  if (form == null) return {};
  if (JSON.stringify(form.schema).length > LONGEST_SCHEMA) throw new MassgenError('request-invalid', 'output_config.format.schema is longer than 100,000 characters', { param: 'output_config.format.schema' });
  return { format: { type: 'json-schema', name: 'answer', schema: form.schema, strict: true } };
}

/** A budget as the effort that models of other vendors know. */
function effortOf({ thinking, output_config: config }: MessagesBody): string | undefined {
  if (config?.effort != null) return config.effort;
  if (thinking?.type === 'disabled') return 'none';
  const budget = thinking?.budget_tokens;
  return budget === undefined ? undefined : budget < 4096 ? 'low' : budget < 16_384 ? 'medium' : 'high';
}

/** Stop sequences are not among it: no vendor but Anthropic says which of them ended a reply, so that the server itself looks for them. */
function readSampling(body: MessagesBody): NonNullable<RunRequest['sampling']> {
  const { temperature, top_p, top_k, max_tokens, metadata, thinking } = body;
  const thinking_budget = thinking?.type === 'disabled' ? undefined : thinking?.budget_tokens;
  const given = { temperature, top_p, top_k: top_k === 0 ? undefined : top_k, max_tokens, user: metadata?.user_id ?? undefined, effort: effortOf(body), thinking_budget };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Clients that did not ask for thinking take the first block for the answer. */
function levelOf({ thinking, massgen }: MessagesBody): { readonly reasoning?: ReasoningLevel } {
  if (massgen?.reasoning !== undefined) return { reasoning: massgen.reasoning };
  return thinking === undefined || thinking.type === 'disabled' ? { reasoning: 'off' } : {};
}

/** A checked body without what only a reply needs. Pure. Throws `request-invalid`. */
export function readPrompt(body: CountTokensBody): { readonly asked: ServeRequest; readonly prefill: string } {
  const { prompt, history, request, notes, prefill } = readMessages(body.messages, body.system ?? []);
  const { part, notes: without } = readTools(body);
  return {
    asked: { model: body.model, prompt, history, request: { ...request, ...part, ...readForm(body) }, stream: false, includeUsage: true, notes: [...notes, ...without] },
    prefill,
  };
}

/** A checked body as a request of no dialect. Pure. Throws `request-invalid`. */
export function readMessagesRequest(body: MessagesBody): MessagesRequest {
  // Clients that hear this code send the whole conversation instead; one that is ignored would send the next message alone.
  if (body.thread !== undefined) throw new MassgenError('request-invalid', 'this server keeps no threads: send all messages, without thread', { param: 'thread', reason: THREAD_UNSUPPORTED });
  const { asked, prefill } = readPrompt(body);
  const { thinking, max_tokens: most, metadata, stop_sequences: stopSequences = [], stream = false } = body;
  // With tools the budget is of the whole turn, which may take several requests.
  if (thinking?.budget_tokens !== undefined && thinking.budget_tokens >= most && asked.request.tools === undefined) {
    throw new MassgenError('request-invalid', 'max_tokens must be greater than thinking.budget_tokens', { param: 'max_tokens' });
  }
  const level = levelOf(body);
  return {
    asked: { ...asked, request: { ...asked.request, sampling: readSampling(body), ...(metadata === undefined ? {} : { metadata }) }, stream, ...level },
    wishes: { stopSequences, prefill, silent: level.reasoning === 'off', hidden: thinking?.display === 'omitted' },
  };
}
