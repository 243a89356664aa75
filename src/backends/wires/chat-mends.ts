import type { Send } from './openai-client.js';

/** "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." */
const isAboutLimit = (error: unknown, body: object): boolean =>
  error instanceof Error && 'status' in error && error.status === 400 && error.message.includes('max_completion_tokens') && 'max_tokens' in body;

/** The limit under its other name. */
function renamed(body: object): object {
  if (!('max_tokens' in body)) return body;
  const { max_tokens: limit, ...rest } = body;
  return Object.assign(rest, { max_completion_tokens: limit });
}

/** Names of deployments and of gateways' models do not tell which of OpenAI's is behind them: who refuses the limit's old name is told the new one from then on. */
export function withNewLimit(send: Send): Send {
  let isNew = false;
  return async (body, request, signal) => {
    try {
      return await send(isNew ? renamed(body) : body, request, signal);
    } catch (error) {
      if (isNew || !isAboutLimit(error, body)) throw error;
      isNew = true;
      return send(renamed(body), request, signal);
    }
  };
}
