/** What `POST /v1/responses` takes, as JSON Schema (draft 7). Fields that are not named here are accepted and ignored; `null` means left out. */
const text = { type: ['string', 'null'] } as const;

const part = {
  type: 'object',
  description: 'A part of a message or of a tool’s output.',
  properties: {
    type: { type: 'string', description: '`input_text`, `output_text`, `input_image` or `input_file`.' },
    text: { type: 'string' },
    refusal: { type: 'string' },
    image_url: { type: ['string', 'object', 'null'], description: 'A data URI. URLs of the web are never fetched.' },
    file_data: { ...text, description: 'A text file as a data URI in base64.' },
    filename: text,
    file_id: text,
    file_url: text,
  },
  required: ['type'],
} as const;

const item = {
  type: 'object',
  description: 'A message, a tool call (`function_call`, `custom_tool_call`), its result (`function_call_output`, `custom_tool_call_output`), `reasoning`, or an `item_reference`.',
  properties: {
    type: text,
    id: text,
    role: { enum: ['user', 'assistant', 'system', 'developer', null] },
    content: { type: ['string', 'array', 'null'], items: part },
    call_id: text,
    name: text,
    arguments: text,
    input: text,
    output: { type: ['string', 'array', 'null'], items: part },
  },
} as const;

const tool = {
  type: 'object',
  description: 'A tool of the caller: `function` or `custom`. Those that only OpenAI has are left out.',
  properties: {
    type: { type: 'string' },
    name: text,
    description: text,
    parameters: { type: ['object', 'null'] },
    strict: { type: ['boolean', 'null'] },
  },
  required: ['type'],
} as const;

const form = {
  type: 'object',
  description: 'The form of the answer; it is checked, and asked for once more when it is missed.',
  properties: {
    type: { enum: ['text', 'json_object', 'json_schema'] },
    name: { type: 'string', pattern: '^[a-zA-Z0-9_-]{1,64}$' },
    description: text,
    schema: { type: 'object' },
    strict: { type: ['boolean', 'null'] },
  },
  required: ['type'],
} as const;

const penalty = { type: 'number', minimum: -2, maximum: 2 } as const;

export const responseRequestSchema = {
  $id: 'response',
  type: 'object',
  title: 'ResponseRequest',
  properties: {
    model: { type: 'string', description: 'Which team or agent answers; see `/v1/models`.', default: 'massgen' },
    input: { type: ['string', 'array'], items: item, description: 'The question, or the conversation as items; the last user message is what is answered.' },
    instructions: { type: 'string', description: 'A system message for this response only.' },
    previous_response_id: { type: 'string', description: 'A stored response of yours whose conversation this one goes on with.' },
    stream: { type: 'boolean', default: false },
    stream_options: { type: ['object', 'null'], properties: { include_obfuscation: { type: ['boolean', 'null'] } } },
    background: { type: 'boolean', default: false, description: 'Answers at once with a response that is queued; ask for it by its id. Needs `store`.' },
    store: { type: 'boolean', default: true, description: 'Kept on the server, to be asked for by its id and gone on with.' },
    tools: { type: 'array', maxItems: 128, items: tool },
    tool_choice: { type: ['string', 'object'], description: '`none`, `auto`, `required`, `{"type": "function", "name": …}` or `allowed_tools`.' },
    parallel_tool_calls: { type: 'boolean' },
    text: { type: 'object', properties: { format: { ...form, type: ['object', 'null'] }, verbosity: { enum: ['low', 'medium', 'high', null] } } },
    reasoning: {
      type: 'object',
      description: 'How the team’s deliberation is told: `summary: "detailed"` adds the agents’ own words, `effort: "none"` leaves it out.',
      properties: {
        effort: { enum: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', null] },
        summary: { enum: ['auto', 'concise', 'detailed', null] },
        generate_summary: { enum: ['auto', 'concise', 'detailed', null] },
      },
    },
    max_output_tokens: { type: 'integer', minimum: 1, description: 'This and the following shape the reply that is delivered; for a team the final presentation.' },
    temperature: { type: 'number', minimum: 0, maximum: 2 },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    presence_penalty: penalty,
    frequency_penalty: penalty,
    top_logprobs: { type: 'integer', minimum: 0, maximum: 20, description: 'Accepted; no log probabilities are given.' },
    max_tool_calls: { type: 'integer', minimum: 1 },
    truncation: { enum: ['auto', 'disabled'] },
    metadata: { type: 'object', maxProperties: 16, propertyNames: { pattern: '^[^]{0,64}$' }, additionalProperties: { type: 'string', pattern: '^[^]{0,512}$' }, description: 'Kept with the response and in the session log.' },
    include: { type: 'array', items: { type: 'string' } },
    service_tier: { enum: ['auto', 'default', 'flex', 'scale', 'priority'] },
    user: { type: 'string' },
    safety_identifier: { type: 'string' },
    prompt_cache_key: { type: 'string' },
    conversation: { type: ['string', 'object'], description: 'Not served: use `previous_response_id`.' },
    prompt: { type: 'object', description: 'Not served: use `instructions`.' },
    massgen: {
      type: 'object',
      description: 'What only this server understands.',
      properties: { reasoning: { enum: ['summary', 'full', 'off'], description: 'What reasoning items hold: what happened, also the agents’ own words, or nothing.' } },
    },
  },
} as const;
