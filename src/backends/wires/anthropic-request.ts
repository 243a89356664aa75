import type { BackendRequest } from '../contract.js';
import type { BackendConfig, Endpoint } from '../spec.js';
import { containerOf, conversationOf, type Block } from './anthropic-conversation.js';
import { mostTokens, refusesSampling, thinkingFor, thinksByBudget, usualThinking, type Thinking } from './anthropic-models.js';
import { anthropicTools } from './anthropic-tools.js';
import { defined } from './chat-request.js';
import { countOf } from './json.js';
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
  const { thinking, effort } = thinkingOf(model, config, request.sampling?.thinking_budget);
  const { system, messages } = conversationOf(request.messages);
  const { stop } = config;
  // A model that thinks, and every newer one, refuses to be sampled: what only this request asks for is left out, what the configuration says is the user's to mend.
  const sampling = thinks(thinking) || refusesSampling(model) ? endpoint.config : config;
  return {
    model,
    max_tokens: config.max_tokens ?? mostTokens(model, countOf(thinking?.['budget_tokens'])),
    ...(system.length > 0 ? { system: withBreakpoint(system) } : {}),
    messages: paused === undefined ? messages : [...messages, { role: 'assistant', content: paused.blocks }],
    stream: true,
    ...anthropicTools(request, config, thinks(thinking)),
    ...defined({
      thinking,
      output_config: outputOf(request, config, effort),
      temperature: sampling.temperature === undefined ? undefined : Math.min(sampling.temperature, 1),
      top_p: sampling.top_p,
      top_k: sampling.top_k,
      stop_sequences: stop === undefined ? undefined : [stop].flat(),
      service_tier: config.service_tier,
      metadata: request.sampling?.user === undefined ? undefined : { user_id: request.sampling.user },
      container: paused?.container ?? containerOf(request.messages),
    }),
    ...config.extra_body,
  };
}

/** What the configuration says goes first, but for a number of tokens that the caller names. */
function thinkingOf(model: string, { thinking, reasoning, max_tokens: most }: BackendConfig, asked: number | undefined): Thinking {
  const isOver = asked !== undefined && thinking?.['type'] === 'enabled' && thinksByBudget(model);
  if (thinking !== undefined && !isOver) return { thinking, ...(reasoning?.effort === undefined ? {} : { effort: reasoning.effort }) };
  return reasoning?.effort === undefined ? usualThinking(model) : thinkingFor(model, reasoning.effort, most, asked);
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
