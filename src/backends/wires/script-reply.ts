import type { ErrorData } from '../../errors.js';
import type { BackendEvent, BackendRequest, FinishReason, Message, Usage } from '../contract.js';
import type { ScriptStep, ScriptTool } from '../spec.js';
import { FINISHES } from './script-check.js';

/** What a step says, piece by piece: words of text, words of arguments. The same for the same request, always. */
export function stepPieces(step: ScriptStep, request: BackendRequest): readonly BackendEvent[] {
  const filled = (text: string): string => text.replace(PLACEHOLDER, (_whole, name: keyof typeof FILLERS) => FILLERS[name](request.messages));
  const events: BackendEvent[] = [];
  for (const text of words(filled(step.reasoning ?? ''))) events.push({ type: 'reasoning-delta', text });
  for (const text of words(filled(step.text ?? ''))) events.push({ type: 'text-delta', text });
  stepTools(step).forEach(({ name, arguments: given }, place) => {
    const id = `call_${String(request.callIndex)}_${String(place)}`;
    const argumentsText = typeof given === 'string' ? filled(given) : JSON.stringify(filledIn(given ?? {}, filled));
    events.push({ type: 'tool-call-start', id, name });
    for (const piece of words(argumentsText)) events.push({ type: 'tool-call-delta', id, argumentsText: piece });
    events.push({ type: 'tool-call-end', id, name, argumentsText });
  });
  return events;
}

export const stepFinish = (step: ScriptStep): FinishReason =>
  FINISHES.find((reason) => reason === step.finish) ?? (stepTools(step).length > 0 ? 'tool-calls' : 'stop');

/** The step's own figures, else about four characters a token. */
export function stepUsage(step: ScriptStep, request: BackendRequest, pieces: readonly BackendEvent[]): Usage {
  if (step.usage) return { inputTokens: step.usage.input ?? 0, outputTokens: step.usage.output ?? 0 };
  let said = 0;
  for (const piece of pieces) {
    if ('text' in piece) said += piece.text.length;
    else if (piece.type === 'tool-call-delta') said += piece.argumentsText.length;
  }
  return { inputTokens: tokens(JSON.stringify(request.messages).length), outputTokens: tokens(said) };
}

const FAULT_ERRORS: Readonly<Record<string, ErrorData>> = {
  'rate-limit': { code: 'backend-overloaded', message: 'scripted fault: too many requests', status: 429 },
  unavailable: { code: 'backend-unavailable', message: 'scripted fault: not available', status: 503 },
  reset: { code: 'backend-reset', message: 'scripted fault: the connection was reset' },
  truncate: { code: 'backend-truncated', message: 'scripted fault: the reply ended before it was complete' },
  garbage: { code: 'backend-garbage', message: 'scripted fault: the reply is not an event stream' },
  rejected: { code: 'backend-rejected', message: 'scripted fault: the key was refused', status: 401 },
};

export function faultError(step: ScriptStep): ErrorData {
  const error = FAULT_ERRORS[step.fault ?? ''] ?? { code: 'internal', message: `no such fault: ${step.fault ?? ''}` };
  return step.retry_after === undefined ? error : { ...error, retryAfterMs: Math.round(step.retry_after * 1000) };
}

function stepTools(step: ScriptStep): readonly ScriptTool[] {
  const vote = typeof step.vote === 'string' ? { agent: step.vote } : step.vote;
  return [
    ...(step.tool ? [step.tool] : []),
    ...(step.tools ?? []),
    ...(step.answer === undefined ? [] : [{ name: 'new_answer', arguments: { content: step.answer } }]),
    ...(vote ? [{ name: 'vote', arguments: { agent_id: vote.agent, reason: vote.reason ?? 'the better answer' } }] : []),
  ];
}

const tokens = (characters: number): number => Math.ceil(characters / 4);

/** Words with the space that follows them: joined, they are the text again. */
const words = (text: string): readonly string[] => text.match(/\S+\s*|\s+/g) ?? [];

function filledIn(value: unknown, filled: (text: string) => string): unknown {
  if (typeof value === 'string') return filled(value);
  if (Array.isArray(value)) return value.map((part: unknown) => filledIn(part, filled));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filledIn(part, filled)]));
}

/** What an agent was told of its folders. */
function told(messages: readonly Message[], words: RegExp): string {
  return messages.flatMap((message) => (message.role === 'system' ? [words.exec(message.text)?.[1] ?? ''] : [])).find((place) => place !== '') ?? '';
}

const PLACEHOLDER = /\{\{\s*(task|workspace|peers)\s*\}\}/g;

const FILLERS = {
  task: taskOf,
  workspace: (messages: readonly Message[]) => told(messages, /Your workspace is (.+?); relative paths/u),
  peers: (messages: readonly Message[]) => told(messages, /The other agents' files are in (.+?), read-only/u),
} as const;

const TASK = /<ORIGINAL MESSAGE[^>\n]*>\s*([\s\S]*?)\s*<END OF ORIGINAL MESSAGE/;

/** The user's question: the newest ORIGINAL MESSAGE block, else the last thing a user said. */
function taskOf(messages: readonly Message[]): string {
  const said = messages.flatMap((message) => (message.role === 'user' ? [userText(message.content)] : []));
  for (const text of said.toReversed()) {
    const block = TASK.exec(text)?.[1];
    if (block !== undefined) return block;
  }
  return said.at(-1) ?? '';
}

function userText(content: Extract<Message, { role: 'user' }>['content']): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
