import type { ContentPart, Message } from '../../contract.js';

type Block = Readonly<Record<string, unknown>>;

/** All system messages, joined. */
export const systemText = (messages: readonly Message[]): string => messages.flatMap((message) => (message.role === 'system' && message.text.trim() !== '' ? [message.text] : [])).join('\n\n');

/**
 * The conversation as the one user message that an agent's process is begun with. A single question stands as it is;
 * what was said before it is told with who said it.
 */
export function promptBlocks(messages: readonly Message[]): readonly Block[] {
  const said = messages.filter((message) => message.role !== 'system');
  const [only] = said;
  if (said.length === 1 && only?.role === 'user') return userBlocks(only.content);
  return said.flatMap((message): readonly Block[] => {
    switch (message.role) {
      case 'user':
        return [textBlock('[User]'), ...userBlocks(message.content)];
      case 'tool':
        return [textBlock(`[Result of your call of ${message.name}]\n${message.text}`), ...userBlocks(message.images ?? [])];
      case 'assistant': {
        const calls = message.toolCalls.map(({ name, argumentsText }) => `[You called ${name}]\n${argumentsText}`);
        return [textBlock(['[You]', message.text, ...calls].filter((part) => part.trim() !== '').join('\n'))];
      }
    }
  });
}

const textBlock = (text: string): Block => ({ type: 'text', text });

function userBlocks(content: string | readonly ContentPart[]): readonly Block[] {
  const parts: readonly ContentPart[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return parts.flatMap((part): readonly Block[] => {
    if (part.type === 'image') return [{ type: 'image', source: { type: 'base64', media_type: part.mediaType, data: part.base64 } }];
    // The API refuses empty text.
    return part.text.trim() === '' ? [] : [textBlock(part.text)];
  });
}
