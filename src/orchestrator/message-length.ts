import type { Message } from '../backends/contract.js';

/** Characters of a message's text; pictures count as none. */
export function messageLength(message: Message): number {
  if (message.role !== 'user') return message.text.length;
  return typeof message.content === 'string' ? message.content.length : message.content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);
}
