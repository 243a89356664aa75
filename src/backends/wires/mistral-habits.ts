import type { Message } from '../contract.js';
import { callIdIn } from './call-ids.js';

/** Mistral's models: their conversations have rules that hold wherever they are served, which the form of their prompts makes. */
export const isMistral = (model: string): boolean => /(?:mi[sn]i?s?tral|mixtral|codestral|devstral|magistral|pixtral)/i.test(model);

/** "Tool call id was … but must be a-z, A-Z, 0-9, with a length of 9." */
const ID = /^[a-z0-9]{9}$/i;

const NOTED: Message = { role: 'assistant', text: 'Noted.', toolCalls: [], items: [] };

function named(message: Message): Message {
  if (message.role === 'tool') return Object.assign({}, message, { callId: callIdIn(ID, message.callId) });
  if (message.role !== 'assistant' || message.toolCalls.length === 0) return message;
  return Object.assign({}, message, { toolCalls: message.toolCalls.map((call) => ({ ...call, id: callIdIn(ID, call.id) })) });
}

/** The conversation as Mistral's models take it: ids of their own form, and a word of the model's between results and the next question ("Unexpected role 'user' after role 'tool'"). */
export const forMistral = (messages: readonly Message[]): readonly Message[] =>
  messages.flatMap((message, place) => (message.role === 'user' && messages[place - 1]?.role === 'tool' ? [NOTED, message] : [named(message)]));
