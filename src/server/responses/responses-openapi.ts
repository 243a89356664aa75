import { completionRequestSchema } from '../completions/completion-schema.js';
import { errorResponses, OF_ONE, OF_RUNS, readingErrors } from '../openapi-errors.js';
import { responseRequestSchema } from './response-schema.js';

const json = (schema: object): object => ({ 'application/json': { schema } });
const says = (description: string, schema: object): object => ({ description, content: json(schema) });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const stream = { 'text/event-stream': { schema: { type: 'string' } } };

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^resp_[0-9a-f]{48}$' } };
const query = (name: string, schema: object, description: string): object => ({ name, in: 'query', schema, description });
const headers = [
  { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' }, description: 'A repeated request with the same key gets the first one’s reply, for 24 hours.' },
  { name: 'x-massgen-session', in: 'header', schema: { type: 'string' }, description: 'A session to go on with.' },
];

const orNull = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });

const status = { enum: ['in_progress', 'completed', 'incomplete'] };
const text = { type: 'string' };
const item = (type: string, properties: object): object => ({ type: 'object', properties: { type: { const: type }, id: text, ...properties }, required: ['type', 'id', ...Object.keys(properties)] });

const outputItem = {
  anyOf: [
    item('reasoning', { summary: { type: 'array', items: { type: 'object', properties: { type: { const: 'summary_text' }, text } } } }),
    item('message', { status, role: { const: 'assistant' }, content: { type: 'array', items: { type: 'object', properties: { type: { const: 'output_text' }, text, annotations: { type: 'array', items: {} } } } } }),
    item('function_call', { status, call_id: text, name: text, arguments: text }),
    item('custom_tool_call', { status, call_id: text, name: text, input: text }),
  ],
};

const usage = {
  type: 'object',
  properties: {
    input_tokens: { type: 'integer' },
    input_tokens_details: { type: 'object', properties: { cached_tokens: { type: 'integer' } } },
    output_tokens: { type: 'integer' },
    output_tokens_details: { type: 'object', properties: { reasoning_tokens: { type: 'integer' } } },
    total_tokens: { type: 'integer' },
  },
};

const response = {
  type: 'object',
  description: 'What a response is, and repeats of its request.',
  properties: {
    id: text,
    object: { const: 'response' },
    created_at: { type: 'integer', description: 'Unix seconds.' },
    completed_at: { type: ['integer', 'null'] },
    status: { enum: ['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled'] },
    background: { type: 'boolean' },
    store: { type: 'boolean' },
    model: text,
    output: { type: 'array', items: ref('ResponseItem') },
    error: orNull({ type: 'object', properties: { code: text, message: text } }),
    incomplete_details: orNull({ type: 'object', properties: { reason: text } }),
    previous_response_id: { type: ['string', 'null'] },
    usage: orNull(usage),
    massgen_metadata: { type: 'object', description: 'How the answer came to be: votes, answers, where it is logged.' },
  },
  required: ['id', 'object', 'created_at', 'status', 'model', 'output', 'error', 'incomplete_details', 'previous_response_id', 'usage'],
};

const list = {
  type: 'object',
  properties: { object: { const: 'list' }, data: { type: 'array', items: { type: 'object' } }, first_id: { type: ['string', 'null'] }, last_id: { type: ['string', 'null'] }, has_more: { type: 'boolean' } },
};

const completion = {
  type: 'object',
  properties: {
    id: text,
    object: { const: 'text_completion' },
    created: { type: 'integer' },
    model: text,
    choices: { type: 'array', items: { type: 'object', properties: { text, index: { type: 'integer' }, logprobs: { type: 'null' }, finish_reason: { enum: ['stop', 'length', 'content_filter', null] } } } },
    usage: { type: 'object', properties: { prompt_tokens: { type: 'integer' }, completion_tokens: { type: 'integer' }, total_tokens: { type: 'integer' } } },
    massgen_metadata: { type: 'object', description: 'How the answer came to be: votes, answers, where it is logged.' },
  },
};

const reading = readingErrors(OF_ONE, 'There is no such response of yours.');
const asked = (schema: object, description: string): object => ({ 200: { description, content: { ...json(schema), ...stream } }, ...errorResponses(OF_RUNS) });

/** The paths of responses and completions. */
export const responsePaths = {
  '/v1/responses': {
    post: { operationId: 'createResponse', summary: 'Ask a team or an agent for a response', parameters: headers, requestBody: { required: true, content: json(ref('ResponseRequest')) }, responses: asked(ref('Response'), 'The response; a stream of its events with `stream: true`; queued with `background: true`.') },
  },
  '/v1/responses/{id}': {
    parameters: [id],
    get: {
      operationId: 'getResponse',
      summary: 'A response that was stored, or is being made',
      parameters: [query('stream', { type: 'boolean' }, 'As a stream of its events: those of the past, then each as it comes.'), query('starting_after', { type: 'integer', minimum: 0 }, 'The `sequence_number` after which the stream goes on.')],
      responses: { 200: { description: 'It.', content: { ...json(ref('Response')), ...stream } }, ...reading },
    },
    delete: { operationId: 'deleteResponse', summary: 'Forget a response', responses: { 200: says('It is gone.', { type: 'object', properties: { id: text, object: { const: 'response' }, deleted: { const: true } } }), ...reading } },
  },
  '/v1/responses/{id}/cancel': { parameters: [id], post: { operationId: 'cancelResponse', summary: 'Cancel a response that runs in the background', responses: { 200: says('It, as it is now.', ref('Response')), ...reading } } },
  '/v1/responses/{id}/input_items': {
    parameters: [id],
    get: {
      operationId: 'listInputItems',
      summary: 'The items that a response was asked with',
      parameters: [query('limit', { type: 'integer', minimum: 1, maximum: 100, default: 20 }, 'Items on a page.'), query('order', { enum: ['asc', 'desc'], default: 'desc' }, 'The first or the last first.'), query('after', text, 'The id of the item before the page.')],
      responses: { 200: says('A page of them.', list), ...reading },
    },
  },
  '/v1/completions': {
    post: { operationId: 'createCompletion', summary: 'Complete a text (legacy)', parameters: headers, requestBody: { required: true, content: json(ref('CompletionRequest')) }, responses: asked(completion, 'The answer; a stream of chunks with `stream: true`.') },
  },
};

export const responseComponents = {
  ResponseRequest: { ...responseRequestSchema, $id: undefined },
  CompletionRequest: { ...completionRequestSchema, $id: undefined },
  Response: response,
  ResponseItem: outputItem,
};
