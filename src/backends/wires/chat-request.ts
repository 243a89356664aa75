import type { BackendRequest, ContentPart, Message, ReplyFormat, ToolChoice } from '../contract.js';
import type { BackendConfig, Endpoint } from '../spec.js';
import { CHAT_WIRE } from './chat-reply.js';
import { isObject, sendableArguments } from './json.js';
import { forMistral, isMistral } from './mistral-habits.js';
import { sampled } from './sampled.js';
import { withImagesBehind } from './tool-images.js';
import { toolSchema } from './tool-schema.js';

/** What vendors of this dialect do differently. All off by default; a row of the catalog sets what it needs. */
export interface ChatQuirks {
  /** How a tool may be forced; default both. Where a way is missing the next weaker one is used, `auto` last. */
  readonly toolChoices?: readonly ('named' | 'required')[];
  /** The field for `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** What of the model's reasoning goes back with the next request. */
  readonly keepReasoning?: 'reasoning_content' | 'reasoning_details';
  /** Models that refuse a call of a tool without the thoughts before it. */
  readonly insistsOnReasoning?: (model: string) => boolean;
  /** How `reasoning` of the config is said: one word of effort, or the object as it is. */
  readonly reasoningField?: 'reasoning_effort' | 'reasoning';
  /** `text.verbosity` is understood. */
  readonly verbosity?: true;
  /** `prompt_cache_key` is understood. */
  readonly cacheKey?: true;
  /** Parameters of local servers are understood. */
  readonly samplers?: true;
  /** `enable_web_search` becomes OpenRouter's web plugin. */
  readonly webPlugin?: true;
  /** Usage comes with every stream, and asking for it is refused. */
  readonly usageUnasked?: true;
  /** The field for `seed`. */
  readonly seedField?: 'random_seed';
  /** Its models are Mistral's, whatever they are called. */
  readonly mistral?: true;
  /** Sent with every request. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
}

/** The request body; `usual` is what the endpoint's own configuration says in every one. Only what is listed here, and `extra_body`, reaches a vendor. */
export function chatBody(request: BackendRequest, endpoint: Endpoint, quirks: ChatQuirks, usual = configFields(endpoint.config, quirks)): object {
  const config = sampled(endpoint, request);
  return {
    model: endpoint.model,
    messages: conversation(request.messages, endpoint, quirks).map((message) => chatMessage(message, endpoint, quirks)),
    stream: true,
    ...(quirks.usageUnasked ? {} : { stream_options: { include_usage: true } }),
    ...toolFields(request, config, quirks),
    ...(config === endpoint.config ? usual : configFields(config, quirks)),
    ...defined({
      user: request.sampling?.user,
      response_format: chatFormat(request.format),
      prompt_cache_key: quirks.cacheKey && endpoint.ownHost ? request.cacheKey : undefined,
    }),
    ...quirks.extraBody,
    ...config.extra_body,
  };
}

/** Replies that were thoughts alone are left out: several vendors refuse a message of the assistant's that says nothing. */
const saysSomething = (message: Message): boolean => message.role !== 'assistant' || message.text.trim() !== '' || message.toolCalls.length > 0;

function conversation(messages: readonly Message[], { model }: Endpoint, quirks: ChatQuirks): readonly Message[] {
  const told = withImagesBehind(messages).filter(saysSomething);
  return quirks.mistral || isMistral(model) ? forMistral(told) : told;
}

/** What a configuration says in a request. */
export const configFields = (config: BackendConfig, quirks: ChatQuirks): Record<string, unknown> =>
  defined({
    temperature: config.temperature,
    top_p: config.top_p,
    [quirks.maxTokensField ?? 'max_tokens']: config.max_tokens,
    stop: config.stop,
    [quirks.seedField ?? 'seed']: config.seed,
    presence_penalty: config.presence_penalty,
    frequency_penalty: config.frequency_penalty,
    service_tier: config.service_tier,
    verbosity: quirks.verbosity ? config.text?.verbosity : undefined,
    ...reasoningFields(config, quirks),
    ...(quirks.samplers ? samplerFields(config) : {}),
    ...(quirks.webPlugin && config.enable_web_search ? webPlugin(config) : {}),
  });

/** Without the fields that are undefined. */
export function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function reasoningFields({ reasoning }: BackendConfig, { reasoningField }: ChatQuirks): Record<string, unknown> {
  if (!reasoning) return {};
  return reasoningField === 'reasoning' ? { reasoning } : { reasoning_effort: reasoning.effort };
}

/** OpenRouter's web search (https://openrouter.ai/docs/features/web-search). */
function webPlugin({ engine, max_results, search_prompt, search_context_size }: BackendConfig): Record<string, unknown> {
  return {
    plugins: [{ id: 'web', ...defined({ engine, max_results, search_prompt }) }],
    web_search_options: search_context_size === undefined ? undefined : { search_context_size },
  };
}

function samplerFields(config: BackendConfig): Record<string, unknown> {
  const thinking = config.enable_thinking === undefined ? {} : { enable_thinking: config.enable_thinking };
  const template = Object.assign({}, config.chat_template_kwargs, thinking);
  return {
    top_k: config.top_k,
    repetition_penalty: config.repetition_penalty,
    separate_reasoning: config.separate_reasoning,
    chat_template_kwargs: Object.keys(template).length > 0 ? template : undefined,
  };
}

function chatFormat(format: ReplyFormat | undefined): object | undefined {
  if (format === undefined) return undefined;
  if (format.type === 'json') return { type: 'json_object' };
  const { name, schema, strict } = format;
  return { type: 'json_schema', json_schema: { name, schema, strict } };
}

function toolFields({ tools, toolChoice, parallelToolCalls }: BackendRequest, config: BackendConfig, quirks: ChatQuirks): object {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, parameters, strict }) => ({ type: 'function', function: { name, description, parameters: toolSchema(parameters), ...defined({ strict }) } })),
    tool_choice: choiceFor(toolChoice, quirks.toolChoices ?? ['named', 'required']),
    ...defined({ parallel_tool_calls: parallelToolCalls ?? config.parallel_tool_calls }),
  };
}

function choiceFor(choice: ToolChoice, ways: readonly ('named' | 'required')[]): unknown {
  if (choice === 'auto' || choice === 'none') return choice;
  if (choice !== 'required' && ways.includes('named')) return { type: 'function', function: { name: choice.name } };
  return ways.includes('required') ? 'required' : 'auto';
}

function chatMessage(message: Message, endpoint: Endpoint, quirks: ChatQuirks): object {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.text };
    case 'user':
      return { role: 'user', content: typeof message.content === 'string' ? message.content : message.content.map(chatPart) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.text };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.text === '' && message.toolCalls.length > 0 ? null : message.text,
        ...keptReasoning(message, endpoint, quirks),
        ...(message.toolCalls.length > 0
          ? {
              tool_calls: message.toolCalls.map(({ id, name, argumentsText }) => ({
                id,
                type: 'function',
                function: { name, arguments: sendableArguments(argumentsText) },
              })),
            }
          : {}),
      };
  }
}

/** The thoughts before a call that another model has made, or that a caller sends back: an empty text would count as none. */
const NO_THOUGHTS = ' ';

function keptReasoning({ items, toolCalls }: Extract<Message, { role: 'assistant' }>, { model }: Endpoint, { keepReasoning, insistsOnReasoning }: ChatQuirks): object {
  if (keepReasoning === undefined) return {};
  const kept = items.find(({ wire, item }) => wire === CHAT_WIRE && isObject(item) && keepReasoning in item)?.item;
  if (isObject(kept)) return { [keepReasoning]: kept[keepReasoning] };
  return toolCalls.length > 0 && insistsOnReasoning?.(model) === true ? { [keepReasoning]: NO_THOUGHTS } : {};
}

const chatPart = (part: ContentPart): object =>
  part.type === 'text'
    ? { type: 'text', text: part.text }
    : { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.base64}` } };
