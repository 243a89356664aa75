import { isObject, listOf } from './json.js';
import { UNSAMPLED, without, type Body, type Mend } from './mending.js';
import { isThought, withoutId } from './responses-items.js';

/** "The tool_choice parameter does not support being set to required or object in thinking mode" (Qwen, and others whose models think). */
function unforced(body: Body, said: string): Body | undefined {
  const { tool_choice: choice } = body;
  return said.includes('tool_choice') && (choice === 'required' || isObject(choice)) ? Object.assign({}, body, { tool_choice: 'auto' }) : undefined;
}

/** "Extra inputs are not permitted": some servers do not know how to be asked for usage. */
function unasked(body: Body, said: string): Body | undefined {
  return said.includes('stream_options') && 'stream_options' in body ? without(body, 'stream_options') : undefined;
}

/** "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." Names of deployments and of gateways' models do not tell which of OpenAI's is behind them. */
function limitRenamed(body: Body, said: string): Body | undefined {
  if (!said.includes('max_completion_tokens') || !('max_tokens' in body)) return undefined;
  return Object.assign({}, without(body, 'max_tokens'), { max_completion_tokens: body['max_tokens'] });
}

/** "Your organization must be verified to stream this model": the reply comes in one piece then. */
function unstreamed(body: Body, said: string): Body | undefined {
  if (!said.includes('verified to stream') || body['stream'] !== true) return undefined;
  return Object.assign({}, without(body, 'stream_options'), { stream: false });
}

/** "Your organization must be verified to generate reasoning summaries." */
function unsummarised(body: Body, said: string): Body | undefined {
  const { reasoning } = body;
  if (!/reasoning.summar/i.test(said) || !isObject(reasoning) || !('summary' in reasoning)) return undefined;
  return Object.assign({}, body, { reasoning: without(reasoning, 'summary') });
}

/** "The encrypted content … could not be verified": it was sealed for another account or resource. */
function withoutThoughts(body: Body, said: string): Body | undefined {
  const input = listOf(body['input']);
  if (!/encrypted.content/i.test(said) || !input.some(isThought)) return undefined;
  return Object.assign({}, body, { input: input.filter((item) => !isThought(item)).map(withoutId) });
}

const BOTH: readonly Mend[] = [{ apply: unforced, lasting: true }, { apply: unstreamed, lasting: true }, UNSAMPLED];

export const CHAT_MENDS: readonly Mend[] = [{ apply: limitRenamed, lasting: true }, { apply: unasked, lasting: true }, ...BOTH];

export const RESPONSES_MENDS: readonly Mend[] = [{ apply: unsummarised, lasting: true }, { apply: withoutThoughts }, ...BOTH];
