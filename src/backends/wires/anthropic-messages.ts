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
      async *stream(request, signal) {
        const reading = new MessagesReading((error) => streamFailure(error, endpoint, Date.now()));
        yield* readReply(await send(messagesBody(request, endpoint), request, signal), reading);
        for (let pauses = 1; pauses <= MOST_PAUSES; pauses++) {
          const continuation = reading.resume();
          if (continuation === undefined) return;
          yield* readReply(await send(messagesBody(request, endpoint, continuation), request, signal), reading);
        }
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
