import type { BackendRequest, ToolChoice, ToolSpec } from '../contract.js';
import type { BackendConfig, Endpoint } from '../spec.js';
import { conversationOf, type Block } from './anthropic-conversation.js';
import { mostTokens, thinkingFor, type Thinking } from './anthropic-models.js';
import { defined } from './chat-request.js';
import { countOf, isObject } from './json.js';
import { sampled } from './sampled.js';

/** What is said again so that a paused reply goes on. */
export interface Continuation {
  readonly blocks: readonly unknown[];
  /** Of the provider's code execution: the container in which it went on. */
  readonly container?: string;
}

/**
 * The request body of the Messages API (https://platform.claude.com/docs/en/api/messages/create). Stateless: everything
 * is sent every time, with a cache breakpoint after what stays the same (tools and system) and, inside a turn, at its end.
 */
export function messagesBody(request: BackendRequest, endpoint: Endpoint, paused?: Continuation): object {
  const { model } = endpoint;
  const config = sampled(endpoint, request);
  const { thinking, effort } = thinkingOf(model, config);
  const { system, messages } = conversationOf(request.messages);
  const { stop } = config;
  // A model that thinks refuses to be sampled: what only this request asks for is left out, what the configuration says is the user's to mend.
  const sampling = thinks(thinking) ? endpoint.config : config;
  return {
    model,
    max_tokens: config.max_tokens ?? mostTokens(model, countOf(thinking?.['budget_tokens'])),
    ...(system.length > 0 ? { system: withBreakpoint(system) } : {}),
    messages: paused === undefined ? messages : [...messages, { role: 'assistant', content: paused.blocks }],
    stream: true,
    ...toolFields(request, config, thinks(thinking)),
    ...defined({
      thinking,
      output_config: outputOf(request, config, effort),
      temperature: sampling.temperature === undefined ? undefined : Math.min(sampling.temperature, 1),
      top_p: sampling.top_p,
      top_k: sampling.top_k,
      stop_sequences: stop === undefined ? undefined : [stop].flat(),
      service_tier: config.service_tier,
      metadata: request.sampling?.user === undefined ? undefined : { user_id: request.sampling.user },
      container: paused?.container,
    }),
    ...config.extra_body,
  };
}

function thinkingOf(model: string, { thinking, reasoning, max_tokens: most }: BackendConfig): Thinking {
  if (thinking !== undefined) return { thinking, ...(reasoning?.effort === undefined ? {} : { effort: reasoning.effort }) };
  return reasoning?.effort === undefined ? {} : thinkingFor(model, reasoning.effort, most);
}

const thinks = (thinking: Thinking['thinking']): boolean => thinking !== undefined && thinking['type'] !== 'disabled';

/** A schema of the reply holds for calls that reply in words; where there are tools, these carry the answer. */
function outputOf({ tools, format }: BackendRequest, config: BackendConfig, effort: string | undefined): object | undefined {
  const asked = format?.type === 'json-schema' ? format.schema : config.output_schema;
  const schema = tools.length === 0 ? asked : undefined;
  if (schema === undefined && effort === undefined) return undefined;
  return defined({ effort, format: schema === undefined ? undefined : { type: 'json_schema', schema } });
}

const withBreakpoint = (blocks: readonly Block[]): readonly Block[] =>
  blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, cache_control: { type: 'ephemeral' } } : block));

function toolFields({ tools, toolChoice, parallelToolCalls }: BackendRequest, config: BackendConfig, thinking: boolean): object {
  const vendor = [
    ...(config.enable_web_search ? [{ type: 'web_search_20250305', name: 'web_search' }] : []),
    ...(config.enable_code_execution ? [{ type: 'code_execution_20250825', name: 'code_execution' }] : []),
  ];
  if (tools.length + vendor.length === 0) return {};
  const one = config.disable_parallel_tool_use === true || (parallelToolCalls ?? config.parallel_tool_calls) === false;
  const choice = choiceFor(toolChoice, thinking);
  return {
    tools: [...vendor, ...tools.map((tool) => toolOf(tool, config.enable_strict_tool_use === true))],
    ...(tools.length > 0 ? { tool_choice: { ...choice, ...(one && choice.type !== 'none' ? { disable_parallel_tool_use: true } : {}) } } : {}),
  };
}

const toolOf = ({ name, description, parameters }: ToolSpec, strict: boolean): object =>
  strict ? { name, description, input_schema: closed(parameters), strict: true } : { name, description, input_schema: parameters };

/** A model that thinks refuses to be forced ("Thinking may not be enabled when tool_choice forces tool use"). */
function choiceFor(choice: ToolChoice, thinking: boolean): { readonly type: string; readonly name?: string } {
  if (choice === 'auto' || choice === 'none') return { type: choice };
  if (thinking) return { type: 'auto' };
  return choice === 'required' ? { type: 'any' } : { type: 'tool', name: choice.name };
}

/** A strict schema lists every property that may be there. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return schema['type'] === 'object' ? { ...inner, additionalProperties: false } : inner;
}
