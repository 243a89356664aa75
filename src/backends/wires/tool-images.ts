import type { Message } from '../contract.js';

/** For vendors whose tool results are text: the images of a row of results follow it, in a message of the user's that says where they are from. */
export function withImagesBehind(messages: readonly Message[]): readonly Message[] {
  if (!messages.some((message) => message.role === 'tool' && message.images !== undefined)) return messages;
  return messages.flatMap((message, place) => {
    if (message.role !== 'tool' || messages[place + 1]?.role === 'tool') return [message];
    const images = shownBy(messages, place);
    return images === undefined ? [message] : [message, images];
  });
}

/** What the results that end at this place show. */
function shownBy(messages: readonly Message[], end: number): Message | undefined {
  const parts = [];
  for (let place = end; messages[place]?.role === 'tool'; place -= 1) {
    const result = messages[place];
    if (result?.role === 'tool' && result.images !== undefined && result.images.length > 0) parts.unshift({ type: 'text', text: `[Shown by ${result.name}]` } as const, ...result.images);
  }
  return parts.length === 0 ? undefined : { role: 'user', content: parts };
}
