import { MassgenError } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';
import { validateResponse } from '../generated/validate.js';
import { checkBody, type BodyValidator } from '../http/check-body.js';
import { toConversation } from '../runs/conversation.js';
import type { ReasoningLevel, ServeRequest } from '../runs/serve-request.js';
import { readItems } from './read-items.js';
import { readTools } from './response-tools.js';
import type { InputItem, ResponseBody } from './response-types.js';

/** Of a JSON Schema in a request, as text. */
const LONGEST_SCHEMA = 100_000;

const refuse = (message: string, param: string, reason: string): never => {
  throw new MassgenError('request-invalid', message, { param, reason });
};

/** A body that its schema accepts, and that asks for nothing that is not served. Throws `request-invalid`. */
export function readBody(given: unknown): ResponseBody {
  const body = checkBody(given, validateResponse as BodyValidator) as unknown as ResponseBody;
  if (body.conversation !== undefined) refuse('conversation is not served here: go on with previous_response_id', 'conversation', 'unsupported_parameter');
  if (body.prompt !== undefined) refuse('prompt templates are not served here: send instructions and input', 'prompt', 'unsupported_parameter');
  if (body.background === true && body.store === false) refuse('background needs store: the response is asked for by its id', 'background', 'invalid_value');
  if (body.input === undefined && body.previous_response_id === undefined) refuse('input is missing', 'input', 'missing_required_parameter');
  return body;
}

function readForm({ text }: ResponseBody): RunRequest['format'] {
  const form = text?.format;
  if (form == null || form.type === 'text') return undefined;
  if (form.type === 'json_object') return { type: 'json' };
  const { name, schema, strict } = form;
  if (name === undefined) return refuse('text.format.name is missing', 'text.format.name', 'missing_required_parameter');
  if (schema === undefined) return refuse('text.format.schema is missing', 'text.format.schema', 'missing_required_parameter');
  if (JSON.stringify(schema).length > LONGEST_SCHEMA) refuse('text.format.schema is longer than 100,000 characters', 'text.format.schema', 'string_above_max_length');
  return { type: 'json-schema', name, schema, strict: strict ?? false };
}

function readSampling({ temperature, top_p, max_output_tokens: max_tokens, presence_penalty, frequency_penalty, user, safety_identifier, reasoning, text, truncation }: ResponseBody): NonNullable<RunRequest['sampling']> {
  const given = { temperature, top_p, max_tokens, presence_penalty, frequency_penalty, user: user ?? safety_identifier, effort: reasoning?.effort, verbosity: text?.verbosity, truncation };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
}

/** How much of the deliberation the response tells; undefined: as much as the server is set to. */
function levelOf({ massgen, reasoning }: ResponseBody): ReasoningLevel | undefined {
  if (massgen?.reasoning !== undefined) return massgen.reasoning;
  if (reasoning?.effort === 'none') return 'off';
  switch (reasoning?.summary ?? reasoning?.generate_summary) {
    case 'detailed':
      return 'full';
    case 'concise':
      return 'summary';
    default:
      return undefined;
  }
}

/** A checked body as a request of no dialect: `earlier` is what was said in the responses before, `input` what the body adds. Throws `request-invalid`. */
export function readResponseRequest(body: ResponseBody, earlier: readonly InputItem[], input: readonly InputItem[]): ServeRequest {
  const { part, notes: toolNotes } = readTools(body);
  const placeOf = (index: number): string => (index < earlier.length ? 'previous_response_id' : `input[${String(index - earlier.length)}]`);
  const { prompt, history, request, notes } = toConversation(readItems([...earlier, ...input], placeOf), 'input');
  const instructions = [body.instructions ?? '', request.instructions ?? ''].filter((text) => text.trim() !== '').join('\n\n');
  const sampling = readSampling(body);
  const format = readForm(body);
  const reasoning = levelOf(body);
  return {
    model: body.model ?? 'massgen',
    prompt,
    history,
    request: {
      ...request,
      ...(instructions === '' ? {} : { instructions }),
      ...part,
      ...(Object.keys(sampling).length === 0 ? {} : { sampling }),
      ...(format === undefined ? {} : { format }),
      ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
    },
    // A response in the background is written as it comes, so that it can be followed.
    stream: body.stream === true || body.background === true,
    includeUsage: true,
    ...(reasoning === undefined ? {} : { reasoning }),
    notes: [...toolNotes, ...notes],
  };
}
