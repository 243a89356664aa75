import { estimateTokens, type HistoryMessage } from '../../orchestrator/index.js';
import type { ServeRequest } from '../runs/serve-request.js';

/** What an image costs, about, and what stands around each message. */
const IMAGE_TOKENS = 1500;
const MESSAGE_TOKENS = 4;
const TOOLS_TOKENS = 300;

const tokensOf = (text: string): number => estimateTokens(Buffer.byteLength(text));

function messageTokens({ text, images = [], toolCalls = [], name = '' }: HistoryMessage): number {
  const calls = toolCalls.reduce((sum, call) => sum + tokensOf(`${call.name}${call.argumentsText}`), 0);
  return MESSAGE_TOKENS + tokensOf(text) + tokensOf(name) + calls + images.length * IMAGE_TOKENS;
}

/**
 * About how many tokens a request's prompt has: a quarter of its bytes of UTF-8, as budgets reckon, and something for what is
 * around it. Each model counts differently, and a team's agents also read each other.
 */
export function countTokens({ prompt, history, request }: Pick<ServeRequest, 'prompt' | 'history' | 'request'>): number {
  const { instructions = '', images, trail = [], tools = [] } = request;
  const messages: readonly HistoryMessage[] = [...history, { role: 'user', text: prompt, ...(images === undefined ? {} : { images }) }, ...trail];
  const system = instructions === '' ? 0 : MESSAGE_TOKENS + tokensOf(instructions);
  const offered = tools.length === 0 ? 0 : TOOLS_TOKENS + tokensOf(JSON.stringify(tools));
  return messages.reduce((sum, message) => sum + messageTokens(message), system + offered);
}
