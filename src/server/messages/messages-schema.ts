/** What `POST /v1/messages` and `/v1/messages/count_tokens` take, as JSON Schema (draft 7). Fields that are not named here are accepted and ignored; at the top `null` means left out. */
const NOTED = [
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'container_upload',
  'compaction',
  'tool_reference',
  'browser_state',
  'advisor_tool_result',
  'connector_text',
] as const;

const needs = (type: string, ...required: readonly string[]): object => ({ if: { properties: { type: { const: type } }, required: ['type'] }, then: { required: [...required] } });

const sourceFields = { type: { type: 'string' }, media_type: { type: ['string', 'null'] }, data: { type: 'string' } } as const;

/** Of a document that is given in parts. */
const part = {
  type: 'object',
  properties: { type: { enum: ['text', 'image'] }, text: { type: 'string' }, source: { type: 'object', properties: sourceFields, required: ['type'] } },
  required: ['type'],
  allOf: [needs('text', 'text'), needs('image', 'source')],
} as const;

const source = {
  type: ['object', 'string'],
  description: '`{"type": "base64", "media_type": "image/png", "data": …}`; of a document also `text` or `content`. URLs and file ids are never followed.',
  properties: { ...sourceFields, content: { type: ['string', 'array'], items: part } },
  required: ['type'],
} as const;

const textBlock = { type: 'object', properties: { type: { const: 'text' }, text: { type: 'string' } }, required: ['type', 'text'] } as const;

const innerBlock = {
  type: 'object',
  description: 'A part of a tool’s result or of a document.',
  properties: { type: { type: 'string' }, text: { type: 'string' }, source, title: { type: ['string', 'null'] }, context: { type: ['string', 'null'] }, content: { type: ['string', 'array', 'null'], items: textBlock } },
  required: ['type'],
  allOf: [needs('text', 'text'), needs('image', 'source'), needs('document', 'source'), needs('search_result', 'content')],
} as const;

const block = {
  type: 'object',
  description: 'A part of a message. What only Anthropic has, such as the calls of its own tools, is left out.',
  properties: {
    type: { enum: ['text', 'image', 'document', 'search_result', 'tool_use', 'tool_result', 'thinking', 'redacted_thinking', ...NOTED] },
    text: { type: 'string' },
    source,
    title: { type: ['string', 'null'] },
    context: { type: ['string', 'null'] },
    id: { type: 'string', pattern: '[^]' },
    name: { type: 'string', pattern: '[^]' },
    input: { type: 'object' },
    tool_use_id: { type: 'string', pattern: '[^]' },
    is_error: { type: ['boolean', 'null'] },
    content: { type: ['string', 'array', 'object', 'null'], items: innerBlock },
    thinking: { type: 'string' },
    signature: { type: ['string', 'null'] },
  },
  required: ['type'],
  allOf: [needs('text', 'text'), needs('image', 'source'), needs('document', 'source'), needs('search_result', 'content'), needs('tool_use', 'id', 'name', 'input'), needs('tool_result', 'tool_use_id'), needs('thinking', 'thinking')],
} as const;

const message = {
  type: 'object',
  properties: {
    role: { enum: ['user', 'assistant', 'system'] },
    content: { type: ['string', 'array'], items: block },
  },
  required: ['role', 'content'],
} as const;

const tool = {
  type: 'object',
  description: 'A tool of the caller. Those that Anthropic runs itself (`web_search_…` and the like) are left out, and so are those whose form only Claude knows.',
  properties: {
    type: { type: ['string', 'null'], pattern: '^[a-z][a-z0-9_]{0,63}$' },
    name: { type: 'string', pattern: '^[a-zA-Z0-9_-]{1,128}$' },
    description: { type: ['string', 'null'] },
    input_schema: { type: 'object', description: 'A JSON Schema of the arguments.' },
  },
  if: { properties: { type: { enum: ['custom', null] } } },
  then: { required: ['name', 'input_schema'] },
} as const;

const form = {
  type: ['object', 'null'],
  description: 'The form of the answer; it is checked, and asked for once more when it is missed.',
  properties: { type: { const: 'json_schema' }, schema: { type: 'object' } },
  required: ['type', 'schema'],
} as const;

const common = {
  model: { type: 'string', pattern: '[^]', description: 'Which team or agent answers; see `/v1/models`.' },
  messages: { type: 'array', minItems: 1, maxItems: 100_000, items: message, description: 'The conversation so far.' },
  system: { type: ['string', 'array'], items: textBlock },
  tools: { type: 'array', maxItems: 1024, items: tool },
  tool_choice: {
    type: 'object',
    properties: { type: { enum: ['auto', 'any', 'tool', 'none'] }, name: { type: 'string' }, disable_parallel_tool_use: { type: ['boolean', 'null'] } },
    required: ['type'],
    allOf: [needs('tool', 'name')],
  },
  thinking: {
    type: 'object',
    description: 'Whether the reply begins with a `thinking` block: how the answer came to be.',
    properties: { type: { enum: ['enabled', 'adaptive', 'disabled', 'between_tools'] }, budget_tokens: { type: 'integer', minimum: 1024 }, display: { enum: ['summarized', 'omitted', null] } },
    required: ['type'],
    allOf: [needs('enabled', 'budget_tokens')],
  },
  output_config: { type: 'object', properties: { format: form, effort: { type: ['string', 'null'], pattern: '^[a-z]{1,20}$', description: 'How much a model thinks; for models that are known to take it, and agents whose configuration has `reasoning`.' } } },
  output_format: form,
} as const;

export const messagesRequestSchema = {
  $id: 'messages',
  type: 'object',
  title: 'MessagesRequest',
  properties: {
    ...common,
    max_tokens: { type: 'integer', minimum: 1, description: 'Of the reply that is delivered; for a team of the final presentation.' },
    stop_sequences: { type: 'array', maxItems: 64, items: { type: 'string', pattern: '^[^]{1,500}$' }, description: 'The answer is cut before the first of them.' },
    temperature: { type: 'number', minimum: 0, maximum: 1, description: 'This and the following shape the reply that is delivered; for a team the final presentation.' },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    top_k: { type: 'integer', minimum: 0 },
    metadata: { type: 'object', properties: { user_id: { type: ['string', 'null'] } }, description: 'Kept in the session log.' },
    stream: { type: 'boolean', default: false },
    thread: { type: 'object', description: 'Refused with `thread_unsupported_request`: no conversation is kept on the server this way.' },
    massgen: {
      type: 'object',
      description: 'What only this server understands.',
      properties: { reasoning: { enum: ['summary', 'full', 'off'], description: 'What the `thinking` block holds: what happened, also the agents’ own words, or nothing.' } },
    },
  },
  required: ['model', 'messages', 'max_tokens'],
} as const;

export const countTokensRequestSchema = {
  $id: 'countTokens',
  type: 'object',
  title: 'CountTokensRequest',
  properties: common,
  required: ['model', 'messages'],
} as const;
