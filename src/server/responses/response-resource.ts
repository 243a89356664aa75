import type { OutputItem } from './output-items.js';
import type { ResponseRecord } from './response-record.js';
import type { ResponseBody, ResponseTool, TextFormat } from './response-types.js';

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

function toolEcho(tool: ResponseTool): object {
  if (tool.type !== 'function') return tool;
  const { type, name, description = null, parameters = null, strict = null } = tool;
  return { type, name, description, parameters, strict };
}

function formatEcho(format: TextFormat | null | undefined): object {
  if (format == null || format.type === 'text') return { type: 'text' };
  if (format.type === 'json_object') return { type: 'json_object' };
  const { type, name, description, schema, strict } = format;
  return { type, name, ...(description == null ? {} : { description }), schema, strict: strict ?? false };
}

/** Fields that are repeated as they came, with what they are when nothing was said. */
const ECHOED = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  top_logprobs: 0,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  truncation: 'disabled',
  metadata: {},
  user: null,
  safety_identifier: null,
  prompt_cache_key: null,
} as const satisfies Partial<Record<keyof ResponseBody, unknown>>;

/** What a resource repeats of its request. */
export function echoOf(body: ResponseBody): Readonly<Record<string, unknown>> {
  const { effort = null, summary, generate_summary } = body.reasoning ?? {};
  const { format, verbosity } = body.text ?? {};
  const { service_tier: tier = 'auto' } = body;
  return {
    ...Object.fromEntries(Object.entries(ECHOED).map(([key, usual]) => [key, body[key as keyof typeof ECHOED] ?? usual])),
    reasoning: { effort, summary: summary ?? generate_summary ?? null },
    service_tier: tier === 'auto' ? 'default' : tier,
    text: { format: formatEcho(format), ...(verbosity == null ? {} : { verbosity }) },
    tools: (body.tools ?? []).map(toolEcho),
  };
}

/** The response resource of the API, every required field in it. */
export function resourceWith({ id, created, model, previous, background, store, echo, ending }: ResponseRecord, status: ResponseStatus, output: readonly OutputItem[]): object {
  return {
    id,
    object: 'response',
    created_at: created,
    completed_at: status === 'completed' ? (ending?.at ?? null) : null,
    status,
    background,
    error: ending?.error ?? null,
    incomplete_details: status === 'incomplete' ? { reason: ending?.reason ?? 'max_output_tokens' } : null,
    model,
    output,
    previous_response_id: previous,
    store,
    ...echo,
    usage: ending?.usage ?? null,
    ...(ending?.metadata === undefined ? {} : { massgen_metadata: ending.metadata }),
  };
}
