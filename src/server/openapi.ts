import { chatRequestSchema } from './chat/chat-schema.js';
import { anthropicVersion, messagesComponents, messagesPaths } from './messages/messages-openapi.js';
import { errorResponses, OF_ALL, OF_ONE, OF_RUNS, readingErrors } from './openapi-errors.js';
import { described, TAGS } from './openapi-operations.js';
import { withNamedProperties } from './openapi-schema.js';
import { responseComponents, responsePaths } from './responses/responses-openapi.js';

const json = (schema: object): object => ({ 'application/json': { schema } });
const says = (description: string, schema: object = { type: 'object' }): object => ({ description, content: json(schema) });
/** In Anthropic's shape for its clients. */
const eitherError = { anyOf: [{ $ref: '#/components/schemas/Error' }, { $ref: '#/components/schemas/MessageError' }] };
const ofSession = readingErrors(OF_ONE, 'There is no such session of yours.');

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
          finish_reason: { enum: ['stop', 'length', 'tool_calls', 'content_filter'] },
        },
      },
    },
    usage: { type: 'object', properties: { prompt_tokens: { type: 'integer' }, completion_tokens: { type: 'integer' }, total_tokens: { type: 'integer' } } },
    massgen_metadata: { type: 'object', description: 'How the answer came to be: votes, answers, where it is logged.' },
  },
};

const lastEventId = { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' }, description: 'The id of the last event that you have: those after it are sent.' };
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
/** Of Anthropic's list. */
const page = [
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 20 }, description: 'In Anthropic’s shape: models on a page.' },
  { name: 'after_id', in: 'query', schema: { type: 'string' }, description: 'In Anthropic’s shape: the page after this model.' },
  { name: 'before_id', in: 'query', schema: { type: 'string' }, description: 'In Anthropic’s shape: the page before this model.' },
];
const get = (operationId: string, summary: string, responses: object, more: object = {}): object => ({ get: { operationId, summary, responses, ...more } });

const chatRequest = { ...chatRequestSchema, $id: undefined };

const chatPaths = {
  '/v1/chat/completions': {
    post: {
      operationId: 'createChatCompletion',
      summary: 'Ask a team or an agent',
      parameters: [
        { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' }, description: 'A repeated request with the same key gets the first one’s reply, for 24 hours.' },
        { name: 'x-massgen-session', in: 'header', schema: { type: 'string' }, description: 'A session to go on with.' },
      ],
      requestBody: { required: true, content: json({ $ref: '#/components/schemas/ChatCompletionRequest' }) },
      responses: { 200: { description: 'The answer; a stream of chunks with `stream: true`.', content: { ...json(reply), 'text/event-stream': { schema: { type: 'string' } } } }, ...errorResponses(OF_RUNS) },
    },
  },
  ...responsePaths,
};

/** The OpenAPI description; request bodies are the schemas that requests are checked with. `only`: of a port that speaks one API. */
export function openapiDocument(version: string, only?: 'messages'): object {
  const speaksOpenai = only === undefined;
  const paths = {
    '/health': get('getHealth', 'Whether the server lives', { 200: says('It does.'), ...errorResponses([405]) }, { security: [] }),
    '/health/ready': get('getReadiness', 'Whether it takes requests', { 200: says('It does.'), ...errorResponses([405]), 503: says('It is shutting down.') }, { security: [] }),
    '/metrics': get('getMetrics', 'Metrics for Prometheus', { 200: { description: 'As text.', content: { 'text/plain': {} } }, ...errorResponses([401, 405]) }),
    '/v1/models': get('listModels', 'The teams and agents that can be asked', { 200: says('All of them; for Anthropic’s clients a page of them.', { anyOf: [{ type: 'object', properties: { object: { const: 'list' }, data: { type: 'array', items: model } }, required: ['object', 'data'] }, { $ref: '#/components/schemas/AnthropicModelPage' }] }), ...readingErrors([400, ...OF_ALL], undefined, eitherError) }, { parameters: [anthropicVersion, ...page] }),
    '/v1/models/{id}': get('getModel', 'A model by its name', { 200: says('It.', { anyOf: [model, { $ref: '#/components/schemas/AnthropicModel' }] }), ...readingErrors(OF_ONE, 'There is no such model.', eitherError) }, { parameters: [id, anthropicVersion] }),
    ...(speaksOpenai ? chatPaths : {}),
    ...messagesPaths,
    '/v1/sessions': get('listSessions', 'Your sessions', { 200: says('The newest first.'), ...readingErrors([...OF_ALL, 404], 'You have no sessions: without keys they are shown to the server’s own machine only.') }),
    '/v1/sessions/{id}': { parameters: [id], ...get('getSession', 'A session', { 200: says('It.'), ...ofSession }), delete: { operationId: 'cancelSession', summary: 'Cancel a session', responses: { 200: says('It is being cancelled.'), ...ofSession } } },
    '/v1/sessions/{id}/events': get('followSession', 'The events of a session, past and to come', { 200: { description: 'Server-sent events of all its turns, in order. Ids are numbers in the first turn, `TURN.NUMBER` in those after it.', content: { 'text/event-stream': { schema: { type: 'string' } } } }, ...ofSession }, { parameters: [id, lastEventId] }),
  };
  return {
    openapi: '3.1.0',
    info: { title: 'massgen', version, description: `Teams of AI agents behind ${speaksOpenai ? 'an OpenAI-compatible' : 'Anthropic’s'} API.`, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    // The folder that this description is in, wherever the app is mounted.
    servers: [{ url: '.' }],
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    tags: TAGS.filter(([prefix]) => Object.keys(paths).some((path) => path.startsWith(prefix))).map(([, name, description]) => ({ name, description })),
    paths: described(paths),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
      schemas: withNamedProperties({
        ...(speaksOpenai ? { ChatCompletionRequest: chatRequest, ...responseComponents } : {}),
        ...messagesComponents,
        Error: {
          type: 'object',
          properties: { error: { type: 'object', properties: { message: { type: 'string' }, type: { type: 'string' }, param: { type: ['string', 'null'] }, code: { type: ['string', 'null'] } } } },
        },
      }),
    },
  };
}
