import { answer } from './answer.js';
import { readConversation } from './conversation.js';
import { fill, objectFrom } from './fill-schema.js';
import type { ModelRequest } from './request.js';
import { chooseCalls, type ModelCall } from './use-tools.js';

export interface ModelReply {
  /** Token by token. */
  readonly pieces: readonly string[];
  readonly thoughts: readonly string[];
  readonly calls: readonly ModelCall[];
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly outputTokens: number;
}

/** Four letters, or what stands between them: near enough to what vendors count. */
export const tokensOf = (text: string): readonly string[] => text.match(/\s*\S{1,4}/gu) ?? [];

function wordsFor(request: ModelRequest): string {
  const conversation = readConversation(request.messages);
  const format = request.response_format;
  const question = conversation.turns.findLast(({ role }) => role === 'user')?.text ?? '';
  if (format?.type === 'json_schema' && format.json_schema !== undefined) return JSON.stringify(fill(format.json_schema.schema, question));
  if (format?.type === 'json_object') return JSON.stringify(objectFrom(question) ?? { answer: answer(conversation) });
  return answer(conversation);
}

const untilStop = (text: string, stops: readonly string[]): string => text.slice(0, Math.min(text.length, ...stops.map((stop) => text.indexOf(stop)).filter((place) => place !== -1)));

/** The whole reply of the model to a request. Same request, same reply. */
export function replyTo(request: ModelRequest): ModelReply {
  const most = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const effort = request.reasoning_effort ?? 'none';
  const thinking = effort === 'none' ? [] : tokensOf(`The question is read with ${effort} effort, and what it asks for is clear.`);
  const thoughts = thinking.slice(0, most);
  const calls = chooseCalls(request, readConversation(request.messages));
  if (calls.length > 0) {
    const tokens = thoughts.length + calls.reduce((sum, call) => sum + tokensOf(JSON.stringify(call)).length, 0);
    return tokens > most ? { pieces: [], thoughts, calls: [], finish: 'length', outputTokens: most } : { pieces: [], thoughts, calls, finish: 'tool_calls', outputTokens: tokens };
  }
  const stops = typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []);
  const whole = tokensOf(untilStop(wordsFor(request), stops));
  const pieces = whole.slice(0, Math.max(0, most - thoughts.length));
  const finish = thoughts.length + whole.length > most ? 'length' : 'stop';
  return { pieces, thoughts, calls: [], finish, outputTokens: Math.max(1, thoughts.length + pieces.length) };
}
