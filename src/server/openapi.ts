import { chatRequestSchema } from './chat/chat-schema.js';
import { anthropicVersion, messagesComponents, messagesPaths } from './messages/messages-openapi.js';
import { described, TAGS } from './openapi-operations.js';
import { withNamedProperties } from './openapi-schema.js';
import { responseComponents, responsePaths } from './responses/responses-openapi.js';

const json = (schema: object): object => ({ 'application/json': { schema } });
const says = (description: string, schema: object = { type: 'object' }): object => ({ description, content: json(schema) });
const error = { $ref: '#/components/schemas/Error' };

const ERRORS = {
  400: says('The request is not valid.', error),
  401: says('The API key is missing or unknown.', error),
  404: says('There is no such model.', error),
  409: says('The Idempotency-Key was sent with another body.', error),
  413: says('The body is too large.', error),
  415: says('The body is not JSON.', error),
  429: says('Too many requests, or the queue is full; see Retry-After.', error),
  500: says('The server is not set up for this model, for example a key is missing.', error),
  502: says('No agent gave an answer.', error),
  503: says('No place came free in time, or the server is shutting down.', error),
  504: says('The time was over before there was an answer.', error),
};

const model = {
  type: 'object',
  properties: { id: { type: 'string' }, object: { const: 'model' }, created: { type: 'integer' }, owned_by: { type: 'string' } },
  required: ['id', 'object', 'created', 'owned_by'],
};

const reply = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    object: { const: 'chat.completion' },
    created: { type: 'integer' },
    model: { type: 'string' },
    choices: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          index: { type: 'integer' },
          message: { type: 'object', properties: { role: { const: 'assistant' }, content: { type: ['string', 'null'] }, reasoning_content: { type: 'string' }, tool_calls: { type: 'array', items: { type: 'object' } } } },
          finish_reason: { enum: ['stop', 'length', 'tool_calls'] },
        },
      },
    },
    usage: { type: 'object', properties: { prompt_tokens: { type: 'integer' }, completion_tokens: { type: 'integer' }, total_tokens: { type: 'integer' } } },
    massgen_metadata: { type: 'object', description: 'How the answer came to be: votes, answers, where it is logged.' },
  },
};

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
/** Of Anthropic's list. */
const page = [
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 20 }, description: 'In Anthropic’s shape: models on a page.' },
  { name: 'after_id', in: 'query', schema: { type: 'string' }, description: 'In Anthropic’s shape: the page after this model.' },
  { name: 'before_id', in: 'query', schema: { type: 'string' }, description: 'In Anthropic’s shape: the page before this model.' },
];
const get = (operationId: string, summary: string, responses: object, more: object = {}): object => ({ get: { operationId, summary, responses, ...more } });
const onlyGet = says('Only GET is served here.', error);

const chatRequest = { ...chatRequestSchema, $id: undefined };

/** The OpenAPI description; request bodies are the schemas that requests are checked with. */
export function openapiDocument(version: string): object {
  return {
    openapi: '3.1.0',
    info: { title: 'massgen', version, description: 'Teams of AI agents behind an OpenAI-compatible API.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    // The folder that this description is in, wherever the app is mounted.
    servers: [{ url: '.' }],
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    tags: TAGS.map(([, name, description]) => ({ name, description })),
    paths: described({
      '/health': get('getHealth', 'Whether the server lives', { 200: says('It does.'), 405: onlyGet }, { security: [] }),
      '/health/ready': get('getReadiness', 'Whether it takes requests', { 200: says('It does.'), 405: onlyGet, 503: says('It is shutting down.') }, { security: [] }),
      '/metrics': get('getMetrics', 'Metrics for Prometheus', { 200: { description: 'As text.', content: { 'text/plain': {} } }, 401: ERRORS[401] }),
      '/v1/models': get('listModels', 'The teams and agents that can be asked', { 200: says('All of them; for Anthropic’s clients a page of them.', { anyOf: [{ type: 'object', properties: { object: { const: 'list' }, data: { type: 'array', items: model } }, required: ['object', 'data'] }, { $ref: '#/components/schemas/AnthropicModelPage' }] }), 401: ERRORS[401] }, { parameters: [anthropicVersion, ...page] }),
      '/v1/models/{id}': get('getModel', 'A model by its name', { 200: says('It.', { anyOf: [model, { $ref: '#/components/schemas/AnthropicModel' }] }), 401: ERRORS[401], 404: ERRORS[404] }, { parameters: [id, anthropicVersion] }),
      '/v1/chat/completions': {
        post: {
          operationId: 'createChatCompletion',
          summary: 'Ask a team or an agent',
          parameters: [
            { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' }, description: 'A repeated request with the same key gets the first one’s reply, for 24 hours.' },
            { name: 'x-massgen-session', in: 'header', schema: { type: 'string' }, description: 'A session to go on with.' },
          ],
          requestBody: { required: true, content: json({ $ref: '#/components/schemas/ChatCompletionRequest' }) },
          responses: { 200: { description: 'The answer; a stream of chunks with `stream: true`.', content: { ...json(reply), 'text/event-stream': { schema: { type: 'string' } } } }, ...ERRORS },
        },
      },
      ...responsePaths(ERRORS),
      ...messagesPaths,
      '/v1/sessions': get('listSessions', 'Your sessions', { 200: says('The newest first.'), 401: ERRORS[401] }),
      '/v1/sessions/{id}': { parameters: [id], ...get('getSession', 'A session', { 200: says('It.'), 404: ERRORS[404] }), delete: { operationId: 'cancelSession', summary: 'Cancel a session', responses: { 200: says('It is being cancelled.'), 404: ERRORS[404] } } },
      '/v1/sessions/{id}/events': get('followSession', 'The events of a session, past and to come', { 200: { description: 'Server-sent events.', content: { 'text/event-stream': { schema: { type: 'string' } } } }, 404: ERRORS[404] }, { parameters: [id] }),
    }),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
      schemas: withNamedProperties({
        ChatCompletionRequest: chatRequest,
        ...responseComponents,
        ...messagesComponents,
        Error: {
          type: 'object',
          properties: { error: { type: 'object', properties: { message: { type: 'string' }, type: { type: 'string' }, param: { type: ['string', 'null'] }, code: { type: ['string', 'null'] } } } },
        },
      }),
    },
  };
}
