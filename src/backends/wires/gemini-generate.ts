import { streamFailure } from '../failure.js';
import type { Endpoint, Wire } from '../spec.js';
import { createContentSender } from './gemini-client.js';
import { GeminiReading } from './gemini-reading.js';
import { generateParameters } from './gemini-request.js';
import { readReply } from './read-reply.js';

/** A reply that is broken more often than this is given up. */
const MOST_CONTINUATIONS = 20;

/** The Gemini API: `POST {base_url}/v1beta/models/{model}:streamGenerateContent`, streamed, stateless. */
export function geminiGenerate(): Wire {
  return (endpoint: Endpoint) => {
    const send = createContentSender(endpoint);
    return {
      async *stream(request, signal) {
        const reading = new GeminiReading({
          label: endpoint.label,
          idPrefix: `call_${String(request.callIndex)}_`,
          toError: (error) => streamFailure(error, endpoint, Date.now()),
        });
        let token: string | undefined;
        for (let hops = 0; hops <= MOST_CONTINUATIONS; hops++) {
          yield* readReply(await send(generateParameters(request, endpoint, token), request, signal), reading);
          token = reading.resume();
          if (token === undefined) return;
        }
      },
    };
  };
}
