/** What `POST /v1/chat/completions` takes, as JSON Schema (draft 7). Fields that are not named here are accepted and ignored; `null` means left out. */
const part = {
  type: 'object',
  description: 'A part of a message: text, or an image as a data URI.',
  properties: {
    type: { type: 'string', description: '`text` or `image_url`; others are left out of the message.' },
    text: { type: ['string', 'null'] },
    refusal: { type: ['string', 'null'] },
    image_url: { type: ['object', 'string', 'null'], description: '`{"url": "data:image/png;base64,…"}`. URLs of the web are never fetched.' },
  },
  required: ['type'],
} as const;

const toolCall = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    type: { type: ['string', 'null'] },
    function: { type: 'object', properties: { name: { type: 'string' }, arguments: { type: 'string' } }, required: ['name', 'arguments'] },
  },
  required: ['id', 'function'],
} as const;

const message = {
  type: 'object',
  description: 'One message of the conversation.',
  properties: {
    role: { enum: ['system', 'developer', 'user', 'assistant', 'tool', 'function'] },
    content: { type: ['string', 'array', 'null'], items: part },
    refusal: { type: ['string', 'null'] },
    name: { type: ['string', 'null'] },
    tool_calls: { type: ['array', 'null'], items: toolCall },
    tool_call_id: { type: ['string', 'null'] },
  },
  required: ['role'],
} as const;

const tool = {
  type: 'object',
  description: 'A tool of the caller.',
  properties: {
    type: { const: 'function' },
    function: {
      type: 'object',
      properties: {
        name: { type: 'string', pattern: '^[a-zA-Z0-9_-]{1,64}$' },
        description: { type: ['string', 'null'] },
        parameters: { type: ['object', 'null'] },
        strict: { type: ['boolean', 'null'] },
      },
      required: ['name'],
    },
  },
  required: ['type', 'function'],
} as const;

const responseFormat = {
  type: 'object',
  description: 'The form of the answer; it is checked, and asked for once more when it is missed.',
  properties: {
    type: { enum: ['text', 'json_object', 'json_schema'] },
    json_schema: {
      type: 'object',
      properties: { name: { type: 'string' }, schema: { type: 'object' }, strict: { type: ['boolean', 'null'] } },
      required: ['name', 'schema'],
    },
  },
  required: ['type'],
} as const;

export const chatRequestSchema = {
  $id: 'chat',
  type: 'object',
  title: 'ChatCompletionRequest',
  properties: {
    model: { type: 'string', description: 'Which team or agent answers; see `/v1/models`.', default: 'massgen' },
    messages: { type: 'array', minItems: 1, items: message, description: 'The conversation so far; the last user message is what is answered.' },
    stream: { type: 'boolean', default: false },
    stream_options: { type: 'object', properties: { include_usage: { type: ['boolean', 'null'] } } },
    temperature: { type: 'number', minimum: 0, maximum: 2, description: 'This and the following shape the reply that is delivered; for a team the final presentation.' },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    max_tokens: { type: 'integer', minimum: 1 },
    max_completion_tokens: { type: 'integer', minimum: 1, description: 'Goes before `max_tokens`.' },
    stop: { type: ['string', 'array'], items: { type: 'string' }, maxItems: 4 },
    seed: { type: 'integer' },
    presence_penalty: { type: 'number', minimum: -2, maximum: 2 },
    frequency_penalty: { type: 'number', minimum: -2, maximum: 2 },
    n: { type: 'integer', minimum: 1, description: 'Only 1.' },
    logprobs: { type: 'boolean', description: 'Only false.' },
    reasoning_effort: { type: 'string', pattern: '^[a-z]{1,20}$', description: 'How much a model thinks, such as `low`; for models that are known to take it, and agents whose configuration has `reasoning`.' },
    verbosity: { enum: ['low', 'medium', 'high'], description: 'How long the reply is to be; likewise, with `text` in the configuration.' },
    user: { type: ['string', 'object'], description: 'Who asks; a text is passed on to the provider.' },
    metadata: { type: 'object', description: 'Kept in the session log.' },
    response_format: responseFormat,
    tools: { type: 'array', maxItems: 128, items: tool },
    tool_choice: { type: ['string', 'object'], description: '`none`, `auto`, `required`, `{"type": "function", "function": {"name": …}}`, or `{"type": "allowed_tools", "allowed_tools": {"mode": …, "tools": […]}}`.' },
    parallel_tool_calls: { type: 'boolean' },
    massgen: {
      type: 'object',
      description: 'What only this server understands.',
      properties: { reasoning: { enum: ['summary', 'full', 'off', null], description: 'What `reasoning_content` holds: what happened, also the agents’ own words, or nothing.' } },
    },
  },
  required: ['messages'],
} as const;
