import { streamFailure } from '../failure.js';
import type { Endpoint, Wire } from '../spec.js';
import { createMessagesSender, type SendMessages } from './anthropic-client.js';
import { MessagesReading } from './anthropic-reading.js';
import { messagesBody } from './anthropic-request.js';
import { readReply } from './read-reply.js';

/** A reply that its vendor pauses more often than this is broken off: `pause_turn` comes once in ten server tool calls. */
const MOST_PAUSES = 10;

/** Anthropic's Messages API: `POST {base_url}/v1/messages`, streamed, stateless. A paused reply is continued. */
export function anthropicMessages(): Wire {
  return (endpoint: Endpoint) => {
    const send = unforced(createMessagesSender(endpoint));
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

/** Some models think unless told otherwise, and then refuse a forced tool: these are asked once more, unforced. */
function unforced(send: SendMessages): SendMessages {
  return async (body, request, signal) => {
    try {
      return await send(body, request, signal);
    } catch (error) {
      if (!refusesForce(error) || !('tool_choice' in body)) throw error;
      return send({ ...body, tool_choice: { type: 'auto' } }, request, signal);
    }
  };
}

const refusesForce = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && error.status === 400 && /thinking/i.test(error.message) && error.message.includes('tool_choice');
