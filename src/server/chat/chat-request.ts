import { MassgenError } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';
import { checkToolNames } from '../runs/caller-tools.js';
import type { ServeRequest } from '../runs/serve-request.js';
import { readConversation } from './chat-messages.js';
import type { ChatBody } from './chat-types.js';

/** Of a JSON Schema in a request, as text. */
const LONGEST_SCHEMA = 100_000;

const refuse = (message: string, param: string, reason?: string): never => {
  throw new MassgenError('request-invalid', message, { param, ...(reason === undefined ? {} : { reason }) });
};

function readSampling(body: ChatBody): NonNullable<RunRequest['sampling']> {
  const { temperature, top_p, stop, seed, presence_penalty, frequency_penalty, user, reasoning_effort: effort, verbosity } = body;
  const max_tokens = body.max_completion_tokens ?? body.max_tokens;
  const stops = typeof stop === 'string' ? [stop] : (stop ?? []);
  const given = { temperature, top_p, max_tokens, stop: stops.length === 0 ? undefined : stops, seed, presence_penalty, frequency_penalty, user: typeof user === 'string' ? user : undefined, effort, verbosity };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readFormat({ response_format: format }: ChatBody): RunRequest['format'] {
  if (format === undefined || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'json' };
  const { json_schema: given } = format;
  if (given === undefined) return refuse('response_format.json_schema is missing', 'response_format.json_schema');
  if (JSON.stringify(given.schema).length > LONGEST_SCHEMA) return refuse('response_format.json_schema.schema is longer than 100,000 characters', 'response_format.json_schema.schema');
  return { type: 'json-schema', name: given.name, schema: given.schema, strict: given.strict ?? false };
}

type Tools = Pick<RunRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>;

interface Choice {
  readonly choice: RunRequest['toolChoice'];
  /** Only these may be called; all of them without. */
  readonly allowed?: readonly string[];
}

const nameIn = (given: unknown): unknown => (given as { readonly function?: { readonly name?: unknown } | null } | null | undefined)?.function?.name;

function readAllowed(given: unknown, known: (name: unknown, param: string) => string): Choice | undefined {
  const { mode = 'auto', tools } = ((given as { readonly allowed_tools?: unknown } | null)?.allowed_tools ?? {}) as { readonly mode?: unknown; readonly tools?: unknown };
  if (!Array.isArray(tools) || (mode !== 'auto' && mode !== 'required')) return undefined;
  return { choice: mode, allowed: tools.map((each, index) => known(nameIn(each), `tool_choice.allowed_tools.tools[${String(index)}]`)) };
}

function readChoice(given: unknown, names: readonly string[]): Choice {
  if (given === undefined || given === 'auto' || given === 'none' || given === 'required') return { choice: given };
  const known = (name: unknown, param: string): string => {
    if (typeof name !== 'string') return refuse(`${param} must name a function`, param);
    return names.includes(name) ? name : refuse(`${param} names "${name.slice(0, 64)}", which is not in tools`, param);
  };
  const allowed = readAllowed(given, known);
  if (allowed !== undefined) return allowed;
  return typeof nameIn(given) === 'string' ? { choice: { name: known(nameIn(given), 'tool_choice') } } : refuse('tool_choice must be none, auto, required, a function or allowed_tools', 'tool_choice');
}

function readTools({ tools = [], tool_choice: given, parallel_tool_calls: parallel }: ChatBody): Tools {
  if (tools.length === 0) return {};
  const names = tools.map((each) => each.function.name);
  checkToolNames(names);
  const { choice, allowed } = readChoice(given, names);
  const offered = allowed === undefined ? tools : tools.filter(({ function: { name } }) => allowed.includes(name));
  if (offered.length === 0) return {};
  return {
    tools: offered.map(({ function: { name, description, parameters, strict } }) => ({ name, description: description ?? '', parameters: parameters ?? { type: 'object', properties: {} }, ...(strict == null ? {} : { strict }) })),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
  };
}

/** A checked body as a request of no dialect. Pure. Throws `request-invalid`. */
export function readChatRequest(body: ChatBody): ServeRequest {
  if ((body.n ?? 1) > 1) refuse('n must be 1: one team gives one answer; send the request again for another', 'n', 'unsupported_value');
  if (body.logprobs === true) refuse('logprobs are not served: ask without them', 'logprobs', 'unsupported_value');
  const { prompt, history, request, notes } = readConversation(body.messages);
  const sampling = readSampling(body);
  const format = readFormat(body);
  const { metadata, massgen } = body;
  const wishes = Object.assign({}, Object.keys(sampling).length === 0 ? undefined : { sampling }, format && { format }, metadata && { metadata });
  const reasoning = massgen?.reasoning ?? (body.reasoning_effort === 'none' ? 'off' : undefined);
  return {
    model: body.model ?? 'massgen',
    prompt,
    history,
    request: Object.assign({}, request, readTools(body), wishes),
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    ...(reasoning === undefined ? {} : { reasoning }),
    notes,
  };
}
