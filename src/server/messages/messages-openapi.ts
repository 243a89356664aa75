import { errorResponses, OF_BODIES, OF_RUNS, type ErrorTexts } from '../openapi-errors.js';
import { countTokensRequestSchema, messagesRequestSchema } from './messages-schema.js';

const json = (schema: object): object => ({ 'application/json': { schema } });
const says = (description: string, schema: object): object => ({ description, content: json(schema) });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const text = { type: 'string' };
const count = { type: 'integer' };
const known = (type: string, properties: object): object => ({ type: 'object', properties: { type: { const: type }, ...properties }, required: ['type', ...Object.keys(properties)] });

const usage = {
  type: 'object',
  description: 'Of the call that wrote the message; the sum over all agents is `massgen_metadata.usage`. What was read from a vendor’s cache is not in `input_tokens`.',
  properties: { input_tokens: count, cache_creation_input_tokens: count, cache_read_input_tokens: count, output_tokens: count, output_tokens_details: { type: 'object', properties: { thinking_tokens: count } } },
  required: ['input_tokens', 'output_tokens'],
};

const message = known('message', {
  id: text,
  role: { const: 'assistant' },
  model: text,
  content: { type: 'array', items: { anyOf: [known('thinking', { thinking: text, signature: text }), known('text', { text }), known('tool_use', { id: text, name: text, input: { type: 'object' } })] } },
  stop_reason: { enum: ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal'] },
  stop_sequence: { type: ['string', 'null'] },
  usage,
});

const model = known('model', { id: text, display_name: text, created_at: { type: 'string', format: 'date-time' } });

/** Schemas for the OpenAPI description; request bodies are the schemas that requests are checked with. */
export const messagesComponents = {
  MessagesRequest: { ...messagesRequestSchema, $id: undefined },
  CountTokensRequest: { ...countTokensRequestSchema, $id: undefined },
  Message: { ...message, description: 'A message; what is not named here is there for Anthropic’s clients, and `massgen_metadata` says how the answer came to be. With `stream: true` it comes as the events that Anthropic documents, with `massgen_metadata` on `message_delta`.' },
  MessageError: known('error', { error: { type: 'object', properties: { type: text, message: text }, required: ['type', 'message'] }, request_id: text }),
  AnthropicModel: model,
  AnthropicModelPage: { type: 'object', properties: { data: { type: 'array', items: ref('AnthropicModel') }, has_more: { type: 'boolean' }, first_id: { type: ['string', 'null'] }, last_id: { type: ['string', 'null'] } }, required: ['data', 'has_more', 'first_id', 'last_id'] },
};

const errors = {
  schema: ref('MessageError'),
  texts: {
    400: 'The request is not valid (`invalid_request_error`), or too long for the model.',
    401: 'The API key is missing or unknown (`authentication_error`).',
    404: 'There is no such model, or no such session of yours (`not_found_error`).',
    409: 'The Idempotency-Key was sent with another request (`conflict_error`).',
    413: 'The body is too large (`request_too_large`).',
    429: 'Too many requests, or the queue is full (`rate_limit_error`); see Retry-After.',
    500: 'The server is not set up for this model, for example a key is missing; or it failed (`api_error`).',
    502: 'No agent gave an answer (`api_error`).',
    504: 'The time was over before there was an answer (`timeout_error`).',
    529: 'No place came free in time, the provider has too much to do, or the server is shutting down (`overloaded_error`); see Retry-After.',
  },
} satisfies ErrorTexts;
const counting = { ...errors.texts, 404: 'There is no such model (`not_found_error`).', 429: 'Too many requests (`rate_limit_error`); see Retry-After.' };

/** The header that makes `/v1/models` answer in Anthropic's shape. */
export const anthropicVersion = { name: 'anthropic-version', in: 'header', schema: text, description: 'With it, models and errors have Anthropic’s shape. Any version.' };

const headers = [
  { ...anthropicVersion, description: 'Not needed here, and not looked at.' },
  { name: 'Idempotency-Key', in: 'header', schema: text, description: 'A repeated request with the same key gets the first one’s reply, for 24 hours.' },
  { name: 'x-massgen-session', in: 'header', schema: text, description: 'A session to go on with.' },
];

export const messagesPaths = {
  '/v1/messages': {
    post: {
      operationId: 'createMessage',
      summary: 'Ask a team or an agent, in Anthropic’s way',
      parameters: headers,
      requestBody: { required: true, content: json(ref('MessagesRequest')) },
      responses: {
        200: { description: 'The answer; a stream of events with `stream: true`.', content: { ...json(ref('Message')), 'text/event-stream': { schema: text } } },
        ...errorResponses([...OF_RUNS.filter((status) => status !== 503), 529], errors),
      },
    },
  },
  '/v1/messages/count_tokens': {
    post: {
      operationId: 'countTokens',
      summary: 'About how many tokens a request has',
      description: 'An estimate: a quarter of the bytes of its texts, 1,500 for an image, and something for tools and for what is around messages. Each model counts differently, and nobody is asked.',
      requestBody: { required: true, content: json(ref('CountTokensRequest')) },
      responses: { 200: says('The count.', { type: 'object', properties: { input_tokens: count }, required: ['input_tokens'] }), ...errorResponses(OF_BODIES, { ...errors, texts: counting }) },
    },
  },
};
