import type { Endpoint, Wire } from '../spec.js';
import { streamFailure } from '../failure.js';
import { chatBody, configFields, type ChatQuirks } from './chat-request.js';
import { createChatReading } from './chat-reading.js';
import { mending } from './mending.js';
import { createSender } from './openai-client.js';
import { CHAT_MENDS } from './openai-mends.js';
import { readReply } from './read-reply.js';

/** The chat completions API and everything that speaks it: `POST {base_url}/chat/completions`, streamed. */
export function openaiChat(quirks: ChatQuirks = {}): Wire {
  return (endpoint: Endpoint) => {
    const send = mending(createSender(endpoint, 'chat'), CHAT_MENDS);
    const usual = configFields(endpoint.config, quirks);
    return {
      isLeavable: true,
      stream: (request, signal) => {
        const reading = createChatReading({
          idPrefix: `call_${String(request.callIndex)}_`,
          toError: (error) => streamFailure(error, endpoint, Date.now()),
          ...(quirks.keepReasoning === undefined ? {} : { keep: quirks.keepReasoning }),
        });
        return readReply(() => send(chatBody(request, endpoint, quirks, usual), request, signal), reading);
      },
    };
  };
}
