import { streamFailure } from '../failure.js';
import type { Endpoint, Wire } from '../spec.js';
import { createMessagesSender } from './anthropic-client.js';
import { MESSAGES_MENDS } from './anthropic-mends.js';
import { MessagesReading } from './anthropic-reading.js';
import { messagesBody } from './anthropic-request.js';
import { mending } from './mending.js';
import { readReply } from './read-reply.js';

/** A reply that its vendor pauses more often than this is broken off: `pause_turn` comes once in ten server tool calls. */
const MOST_PAUSES = 10;

/** Anthropic's Messages API: `POST {base_url}/v1/messages`, streamed, stateless. A paused reply is continued. */
export function anthropicMessages(): Wire {
  return (endpoint: Endpoint) => {
    const send = mending(createMessagesSender(endpoint), MESSAGES_MENDS);
    return {
      stream: (request, signal) => {
        const reading = new MessagesReading((error) => streamFailure(error, endpoint, Date.now()));
        let pauses = 0;
        return readReply(
          () => send(messagesBody(request, endpoint), request, signal),
          reading,
          () => {
            const continuation = pauses++ < MOST_PAUSES ? reading.resume() : undefined;
            return continuation && (() => send(messagesBody(request, endpoint, continuation), request, signal));
          },
        );
      },
    };
  };
}
