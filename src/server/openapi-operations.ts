/** How operations are grouped on the pages of documentation: the first that a path begins with. */
export const TAGS: readonly (readonly [prefix: string, name: string, description: string])[] = [
  ['/v1/chat', 'Chat', 'OpenAI’s Chat Completions.'],
  ['/v1/responses', 'Responses', 'OpenAI’s Responses.'],
  ['/v1/messages', 'Messages', 'Anthropic’s Messages.'],
  ['/v1/completions', 'Completions', 'OpenAI’s Completions, of one text.'],
  ['/v1/models', 'Models', 'What can be asked.'],
  ['/v1/sessions', 'Sessions', 'What was asked: each request is a session.'],
  ['/', 'Server', 'Whether the server is well.'],
];

const ASKED = [{ role: 'user', content: 'Hello!' }];

/** What a page of documentation fills in for who tries an operation out. */
const EXAMPLES: Readonly<Record<string, object>> = {
  createChatCompletion: { model: 'massgen', messages: ASKED },
  createResponse: { model: 'massgen', input: 'Hello!' },
  createMessage: { model: 'massgen', max_tokens: 1000, messages: ASKED },
  countTokens: { model: 'massgen', messages: ASKED },
  createCompletion: { model: 'massgen', prompt: 'Hello!' },
};

interface Operation {
  readonly operationId?: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
}

function withExample(operation: Operation): Operation {
  const { operationId = '', requestBody } = operation;
  const example = EXAMPLES[operationId];
  if (example === undefined || requestBody === undefined) return operation;
  return { ...operation, requestBody: { ...requestBody, content: Object.fromEntries(Object.entries(requestBody.content).map(([type, content]) => [type, { ...content, example }])) } };
}

/** Paths whose operations have their tags, and examples of what is sent. */
export function described(paths: Readonly<Record<string, object>>): object {
  const tagsOf = (path: string): readonly string[] => TAGS.filter(([prefix]) => path.startsWith(prefix)).slice(0, 1).map(([, name]) => name);
  const operation = (path: string, method: string, item: unknown): unknown => (['get', 'post', 'delete'].includes(method) ? { tags: tagsOf(path), ...withExample(item as Operation) } : item);
  return Object.fromEntries(Object.entries(paths).map(([path, items]) => [path, Object.fromEntries(Object.entries(items).map(([method, item]) => [method, operation(path, method, item)]))]));
}
