import type { BackendRequest, ContentPart, Message, ToolChoice, ToolSpec } from '../contract.js';
import type { BackendConfig, Endpoint } from '../spec.js';
import { defined } from './chat-request.js';
import { isObject, sendableArguments, stringOf } from './json.js';
import { isReasoningModel } from './reasoning-models.js';
import { isThought, itemsWire, withoutId } from './responses-items.js';
import { sampled } from './sampled.js';
import { withImagesBehind } from './tool-images.js';
import { toolSchema } from './tool-schema.js';

/** Longest `prompt_cache_key` the API takes. */
const CACHE_KEY_LENGTH = 64;

/** What vendors of this dialect do differently. Off by default. */
export interface ResponsesQuirks {
  /** Models that give their thoughts back encrypted; OpenAI's own if absent. */
  readonly thinks?: (model: string) => boolean;
  /** Sends no `summary`, no `prompt_cache_key` and no images in tool results: they are OpenAI's. */
  readonly foreign?: true;
}

/**
 * The request body. Everything is sent every time (`store: false`, never `previous_response_id`): what a call was told is
 * what is in the log, and nothing depends on the vendor's memory.
 */
export function responsesBody(request: BackendRequest, endpoint: Endpoint, quirks: ResponsesQuirks = {}): object {
  const { model } = endpoint;
  const config = sampled(endpoint, request);
  const thinks = (quirks.thinks ?? isReasoningModel)(model);
  const include = [...(thinks ? ['reasoning.encrypted_content'] : []), ...(config.enable_code_interpreter ? ['code_interpreter_call.outputs'] : [])];
  return {
    model,
    input: withCallers((quirks.foreign ? withImagesBehind(request.messages) : request.messages).flatMap((message) => inputItems(message, endpoint, quirks, thinks))),
    stream: true,
    store: false,
    ...(include.length > 0 ? { include } : {}),
    ...toolFields(request, config),
    ...defined({
      temperature: config.temperature,
      top_p: config.top_p,
      max_output_tokens: config.max_tokens,
      service_tier: config.service_tier,
      user: request.sampling?.user,
      truncation: quirks.foreign ? undefined : request.sampling?.truncation,
      text: textOf(config, request),
      reasoning: reasoningOf(config, thinks && !quirks.foreign),
      prompt_cache_key: endpoint.ownHost && !quirks.foreign ? request.cacheKey?.slice(0, CACHE_KEY_LENGTH) : undefined,
    }),
    ...config.extra_body,
  };
}

function textOf({ text }: BackendConfig, { format }: BackendRequest): object | undefined {
  if (format === undefined) return text;
  if (format.type === 'json') return { ...text, format: { type: 'json_object' } };
  const { name, schema, strict } = format;
  return { ...text, format: { type: 'json_schema', name, schema, strict } };
}

function reasoningOf({ reasoning }: BackendConfig, thinks: boolean): object | undefined {
  const { summary = 'auto', ...rest } = reasoning ?? {};
  if (!thinks) return reasoning;
  return summary === 'none' ? rest : { ...rest, summary };
}

function toolFields({ tools, toolChoice, parallelToolCalls }: BackendRequest, config: BackendConfig): object {
  const functions = tools.map((tool) => functionOf(tool, config));
  const hasOwn = tools.some(({ own }) => own === true);
  const vendor = [
    ...(config.enable_web_search ? [{ type: 'web_search' }] : []),
    ...(config.enable_x_search ? [{ type: 'x_search' }] : []),
    ...(config.enable_code_interpreter ? [{ type: 'code_interpreter', container: { type: 'auto' } }] : []),
    // https://developers.openai.com/api/docs/guides/tools-tool-search, .../tools-programmatic-tool-calling
    ...(hasOwn && config.enable_tool_search ? [{ type: 'tool_search' }] : []),
    ...(hasOwn && config.enable_programmatic_flow ? [{ type: 'programmatic_tool_calling' }] : []),
  ];
  if (functions.length + vendor.length === 0) return {};
  return {
    tools: [...vendor, ...functions],
    ...(functions.length > 0 ? { tool_choice: choiceFor(toolChoice) } : {}),
    ...defined({ parallel_tool_calls: parallelToolCalls ?? config.parallel_tool_calls }),
  };
}

const functionOf = ({ name, description, parameters, strict = false, own }: ToolSpec, config: BackendConfig): object => ({
  type: 'function',
  name,
  description,
  parameters: toolSchema(parameters),
  strict,
  ...(own === true && config.enable_tool_search ? { defer_loading: true } : {}),
  ...(own === true && config.enable_programmatic_flow ? { allowed_callers: ['programmatic'] } : {}),
});

const choiceFor = (choice: ToolChoice): unknown => (typeof choice === 'string' ? choice : { type: 'function', name: choice.name });

function inputItems(message: Message, endpoint: Endpoint, { foreign }: ResponsesQuirks, thinks: boolean): unknown[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.text }];
    case 'user':
      return [{ role: 'user', content: typeof message.content === 'string' ? message.content : message.content.map(inputPart) }];
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.callId, output: foreign ? message.text : outputOf(message) }];
    case 'assistant':
      return assistantItems(message, endpoint, thinks);
  }
}

/** A result may hold images (https://platform.openai.com/docs/api-reference/responses/create, `function_call_output`). */
function outputOf({ text, images = [] }: Extract<Message, { role: 'tool' }>): unknown {
  return images.length === 0 ? text : [{ type: 'text', text } as const, ...images].filter((part) => part.type === 'image' || part.text !== '').map(inputPart);
}

function assistantItems({ text, toolCalls, items }: Extract<Message, { role: 'assistant' }>, endpoint: Endpoint, thinks: boolean): unknown[] {
  const wire = itemsWire(endpoint);
  const own = items.filter((item) => item.wire === wire).map(({ item }) => item);
  // At its own vendor a model that does not think refuses the thoughts of one that does.
  const mayThink = thinks || !endpoint.ownHost;
  const kept = own.filter((item) => (mayThink || !isThought(item)) && isReplayable(item));
  const unpaired = endpoint.ownHost && kept.length < own.length;
  if (own.length > 0) return withoutLastThoughts(kept).map((item) => withSendableArguments(unpaired ? withoutId(item) : item));
  return [
    ...(text === '' ? [] : [{ role: 'assistant', content: text }]),
    ...toolCalls.map(({ id, name, argumentsText }) => ({
      type: 'function_call',
      call_id: id,
      name,
      arguments: sendableArguments(argumentsText),
    })),
  ];
}

/** The result of a call that a program made goes to that program. */
function withCallers(items: readonly unknown[]): readonly unknown[] {
  const callers = new Map(items.flatMap((item) => (isObject(item) && item['type'] === 'function_call' && isObject(item['caller']) ? [[item['call_id'], item['caller']] as const] : [])));
  if (callers.size === 0) return items;
  return items.map((item) => (isObject(item) && item['type'] === 'function_call_output' && callers.has(item['call_id']) ? { ...item, caller: callers.get(item['call_id']) } : item));
}

/** Of a reply that was cut while the model thought: "Item of type 'reasoning' was provided without its required following item." */
const withoutLastThoughts = (items: readonly unknown[]): readonly unknown[] => items.slice(0, items.findLastIndex((item) => !isThought(item)) + 1);

/** A thought without its encrypted content is only a reference to something that was not stored. */
const isReplayable = (item: unknown): boolean => !(isThought(item) && isObject(item) && typeof item['encrypted_content'] !== 'string');

function withSendableArguments(item: unknown): unknown {
  if (!isObject(item) || item['type'] !== 'function_call') return item;
  const given = stringOf(item['arguments']);
  const sendable = sendableArguments(given);
  return sendable === given ? item : { ...item, arguments: sendable };
}

const inputPart = (part: ContentPart): object =>
  part.type === 'text'
    ? { type: 'input_text', text: part.text }
    : { type: 'input_image', detail: 'auto', image_url: `data:${part.mediaType};base64,${part.base64}` };
