import { randomUUID } from 'node:crypto';
import type { RunResult } from '../../orchestrator/index.js';
import type { ReplyHead } from '../runs/dialect.js';
import { replyUsage } from '../runs/reply-usage.js';
import type { ServedReply, ServedToolCall, Source } from '../runs/serve-event.js';
import { placeOf } from '../runs/sources.js';

/** The id of a completion: after the request for `massgen…` models, a UUID for an agent. */
export function completionId({ kind, requestId }: ReplyHead): string {
  if (kind === 'agent') return `chatcmpl-${randomUUID()}`;
  return `chatcmpl-${requestId.startsWith('req_') ? requestId : `req_${requestId}`}`;
}

/** `usage` as OpenAI has it. */
export function usageOf({ result, delivered }: Pick<ServedReply, 'result' | 'delivered'>, { request }: ReplyHead): object {
  const { cached_tokens, reasoning_tokens, prompt_tokens, completion_tokens, total_tokens } = replyUsage(result, delivered, request.request);
  return { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details: { cached_tokens }, completion_tokens_details: { reasoning_tokens } };
}

/** What massgen says beside the fields of a dialect; `usage` is the sum over all agents, whatever the reply's own says. */
export function metadataOf(result: RunResult, session: string): object {
  const { config_used, log_directory, final_answer_path, selected_agent, vote_results, answers, agent_mapping, status, marks, usage, cost, duration_seconds } = result;
  return { session_id: session, config_used, log_directory, final_answer_path, selected_agent, vote_results, answers, agent_mapping, status, marks, usage, cost, duration_seconds };
}

export const toolCallOf = ({ id, name, argumentsText }: ServedToolCall, index: number): object => ({ index, id, type: 'function', function: { name, arguments: argumentsText } });

/** `annotations` of a message. */
export const annotationsOf = (sources: readonly Source[], text: string): readonly object[] => sources.map((source) => ({ type: 'url_citation', url_citation: Object.assign({}, placeOf(source, text), source) }));

/** The body of a `chat.completion`. */
export function chatReply(reply: ServedReply, head: ReplyHead): object {
  const calls = head.agentToolsInMessage ? [...reply.agentToolCalls, ...reply.toolCalls] : reply.toolCalls;
  return {
    id: completionId(head),
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.content === '' && reply.toolCalls.length > 0 ? null : reply.content,
          ...(reply.sources.length === 0 ? {} : { annotations: annotationsOf(reply.sources, reply.content) }),
          ...(reply.reasoning === '' ? {} : { reasoning_content: reply.reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCallOf) }),
        },
        finish_reason: reply.finish,
      },
    ],
    usage: usageOf(reply, head),
    massgen_metadata: metadataOf(reply.result, head.session),
  };
}
