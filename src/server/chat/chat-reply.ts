import { randomUUID } from 'node:crypto';
import type { RunResult } from '../../orchestrator/index.js';
import type { ReplyHead } from '../runs/dialect.js';
import type { ServedReply, ServedToolCall } from '../runs/serve-event.js';

/** The id of a completion: after the request for `massgen…` models, a UUID for an agent. */
export function completionId({ kind, requestId }: ReplyHead): string {
  if (kind === 'agent') return `chatcmpl-${randomUUID()}`;
  return `chatcmpl-${requestId.startsWith('req_') ? requestId : `req_${requestId}`}`;
}

export const usageOf = ({ usage }: RunResult): object => ({
  prompt_tokens: usage.prompt_tokens,
  completion_tokens: usage.completion_tokens,
  total_tokens: usage.total_tokens,
  prompt_tokens_details: { cached_tokens: usage.cached_tokens },
  completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens },
});

/** What massgen says beside OpenAI's fields. */
export function metadataOf(result: RunResult, session: string): object {
  const { config_used, log_directory, final_answer_path, selected_agent, vote_results, answers, agent_mapping, status, marks, cost, duration_seconds } = result;
  return { session_id: session, config_used, log_directory, final_answer_path, selected_agent, vote_results, answers, agent_mapping, status, marks, cost, duration_seconds };
}

export const toolCallOf = ({ id, name, argumentsText }: ServedToolCall, index: number): object => ({ index, id, type: 'function', function: { name, arguments: argumentsText } });

/** The body of a `chat.completion`. */
export function chatReply(reply: Omit<ServedReply, 'delivered'>, head: ReplyHead): object {
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
          ...(reply.reasoning === '' ? {} : { reasoning_content: reply.reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCallOf) }),
        },
        finish_reason: reply.finish,
      },
    ],
    usage: usageOf(reply.result),
    massgen_metadata: metadataOf(reply.result, head.session),
  };
}
