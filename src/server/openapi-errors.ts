/** What a status means, whatever is asked. docs/server.md has the codes of each. */
const MEANINGS = {
  400: 'The request is not valid; `param` names the field.',
  401: 'The API key is missing or unknown.',
  404: 'There is no such model, or no such session of yours (`x-massgen-session`).',
  405: 'Only the methods that the Allow header names are served here.',
  409: 'The Idempotency-Key was sent with another request.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  429: 'Too many requests, or the queue is full; see Retry-After.',
  499: 'The session was cancelled.',
  500: 'The server is not set up for this model, for example a key is missing; or it failed.',
  501: 'The model’s agent needs something that the server’s machine does not have.',
  502: 'No agent gave an answer.',
  503: 'No place came free in time, the provider has too much to do, or the server is shutting down; see Retry-After.',
  504: 'The time was over before there was an answer.',
  /** Anthropic's 503. */
  529: 'No place came free in time, the provider has too much to do, or the server is shutting down; see Retry-After.',
} as const;

type ErrorStatus = keyof typeof MEANINGS;

/** Of every operation below `/v1`. */
export const OF_ALL = [401, 405, 429, 500] as const satisfies readonly ErrorStatus[];

/** Of one that has an id in its path, too. */
export const OF_ONE = [400, ...OF_ALL, 404] as const satisfies readonly ErrorStatus[];

/** Of one that reads a body and finds a model. */
export const OF_BODIES = [...OF_ONE, 413, 415] as const satisfies readonly ErrorStatus[];

/** Of one that has agents answer. */
export const OF_RUNS = [...OF_BODIES, 409, 499, 501, 502, 503, 504] as const satisfies readonly ErrorStatus[];

export interface ErrorTexts {
  /** Where the usual text of a status says too much or too little. */
  readonly texts?: Readonly<Partial<Record<ErrorStatus, string>>>;
  readonly schema?: object;
}

/** The responses of an operation that fails, by status; bodies in OpenAI's shape unless another is given. */
export function errorResponses(statuses: readonly ErrorStatus[], { texts = {}, schema = { $ref: '#/components/schemas/Error' } }: ErrorTexts = {}): Readonly<Record<string, object>> {
  return Object.fromEntries(statuses.map((status) => [status, { description: texts[status] ?? MEANINGS[status], content: { 'application/json': { schema } } }]));
}

/** Those of an operation that only looks something up: `missing` says what it may not find. */
export function readingErrors(statuses: readonly ErrorStatus[], missing?: string, schema?: object): Readonly<Record<string, object>> {
  const texts = { 400: 'The path or a parameter is not valid.', 429: 'Too many requests; see Retry-After.', 500: 'The server could not handle the request.', ...(missing === undefined ? {} : { 404: missing }) };
  return errorResponses(statuses, { texts, ...(schema === undefined ? {} : { schema }) });
}
