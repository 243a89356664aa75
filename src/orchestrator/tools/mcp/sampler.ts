import type { ContentPart, FinishReason, ImagePart, Message, Sampling } from '../../../backends/contract.js';
import { isMap, type JsonMap } from '../../json-map.js';
import { messageLength } from '../../message-length.js';
import type { Expense } from '../../protocol.js';
import type { ToolContext } from '../contract.js';
import { plainText, resultText } from '../plain-text.js';
import { readContent } from './read-result.js';
import type { SamplingSettings } from './settings.js';

/** What a server wants the agent's model to say: a conversation of its own, without tools. */
export interface SampleRequest {
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
}

export interface Sample {
  readonly text: string;
  readonly reason: FinishReason;
  readonly model: string;
  readonly spent: Expense;
  /** Why there is no more, or nothing. */
  readonly error?: string;
}

/** Asks the agent's own model. Never rejects; an abort ends it at once, and what it had cost by then is told. */
export type AskModel = (request: SampleRequest, signal: AbortSignal) => Promise<Sample>;

/** Answers what a server asks the model while one of its tools is called; each call pays for it. */
export interface Sampler {
  readonly during: <Value>(context: ToolContext, work: () => Promise<Value>) => Promise<Value>;
  /** The result of `sampling/createMessage`. Rejects with what the server is told. */
  readonly answer: (params: unknown, signal: AbortSignal) => Promise<{ readonly role: 'assistant'; readonly model: string; readonly content: { readonly type: 'text'; readonly text: string }; readonly stopReason: string }>;
}

const MAX_MESSAGES = 100;
const MAX_CHARACTERS = 400_000;

function contentOf(content: unknown): string | readonly ContentPart[] {
  const { text, images } = readContent(content);
  const shown: readonly ImagePart[] = images;
  return shown.length === 0 ? text : [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...shown];
}

function messageOf(item: unknown): Message {
  if (!isMap(item)) throw new Error('each message is an object with role and content');
  const content = contentOf(item['content']);
  if (item['role'] !== 'assistant') return { role: 'user', content };
  return { role: 'assistant', text: typeof content === 'string' ? content : '', toolCalls: [], items: [] };
}

/** What a server asks for, as far as it may. Throws for what cannot be asked. */
function readSample(params: JsonMap, most: number): SampleRequest {
  const { messages, systemPrompt, maxTokens, temperature, stopSequences } = params;
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MAX_MESSAGES) throw new Error(`write 1 to ${String(MAX_MESSAGES)} messages`);
  const system = typeof systemPrompt === 'string' && systemPrompt !== '' ? [{ role: 'system' as const, text: resultText(systemPrompt) }] : [];
  const read = [...system, ...(messages as readonly unknown[]).map(messageOf)];
  if (read.reduce((sum, each) => sum + messageLength(each), 0) > MAX_CHARACTERS) throw new Error(`the messages have more than ${String(MAX_CHARACTERS)} characters together`);
  const stop = Array.isArray(stopSequences) ? stopSequences.filter((each): each is string => typeof each === 'string').slice(0, 4) : [];
  const sampling: Sampling = {
    max_tokens: typeof maxTokens === 'number' && maxTokens >= 1 ? Math.min(Math.floor(maxTokens), most) : most,
    ...(typeof temperature === 'number' && temperature >= 0 && temperature <= 2 ? { temperature } : {}),
    ...(stop.length === 0 ? {} : { stop }),
  };
  return { messages: read, sampling };
}

/** Two expenses as one; the price is known where both are. */
function sum(one: Expense, other: Expense): Expense {
  const costMicros = one.costMicros === null || other.costMicros === null ? null : one.costMicros + other.costMicros;
  return { usage: { inputTokens: one.usage.inputTokens + other.usage.inputTokens, outputTokens: one.usage.outputTokens + other.usage.outputTokens }, costMicros, ...(one.estimated ?? other.estimated ? { estimated: true } : {}) };
}

interface Paying {
  readonly context: ToolContext;
  readonly asked: Set<Promise<unknown>>;
  spent: Expense;
  count: number;
}

/** Tokens that a call may still ask for. Throws when that is none. */
function leftOf({ context: { left }, spent, count }: Paying, { maxTokens, maxRequests }: SamplingSettings): number {
  if (count >= maxRequests) throw new Error(`a call may ask the model ${String(maxRequests)} times`);
  const tokens = left?.tokens == null ? Infinity : left.tokens - spent.usage.inputTokens - spent.usage.outputTokens;
  const micros = left?.costMicros == null ? Infinity : left.costMicros - (spent.costMicros ?? 0);
  if (tokens <= 0 || micros <= 0) throw new Error('the budget is used up');
  return Math.min(maxTokens, tokens);
}

export function createSampler(settings: SamplingSettings, askModel: AskModel): Sampler {
  const calls = new Set<Paying>();
  const ask = async (call: Paying, request: SampleRequest, signal: AbortSignal): Promise<Sample> => {
    call.context.spent(call.spent);
    const sample = await askModel(request, AbortSignal.any([signal, call.context.signal]));
    call.spent = sum(call.spent, sample.spent);
    call.context.spent(call.spent);
    return sample;
  };
  return {
    during: async (context, work) => {
      const call: Paying = { context, asked: new Set(), spent: { usage: { inputTokens: 0, outputTokens: 0 }, costMicros: 0 }, count: 0 };
      calls.add(call);
      try {
        return await work();
      } finally {
        calls.delete(call);
        await Promise.allSettled(call.asked);
      }
    },
    answer: async (params, signal) => {
      const [call] = calls;
      if (call === undefined) throw new Error('the model is asked only while one of your tools is called');
      const request = readSample(isMap(params) ? params : {}, leftOf(call, settings));
      call.count += 1;
      const asking = ask(call, request, signal);
      call.asked.add(asking);
      const { text, reason, model, error } = await asking;
      if (error !== undefined) throw new Error(plainText(error, 300));
      return { role: 'assistant', model, content: { type: 'text', text }, stopReason: reason === 'length' ? 'maxTokens' : 'endTurn' };
    },
  };
}
