import { streamFailure } from '../failure.js';
import type { Endpoint, Wire } from '../spec.js';
import { createContentSender } from './gemini-client.js';
import { isGemini3 } from './gemini-models.js';
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
      stream: (request, signal) => {
        const reading = new GeminiReading({
          label: endpoint.label,
          // https://ai.google.dev/gemini-api/docs/pricing: before Gemini 3 by the prompt, then by the search.
          feePerRequest: !isGemini3(endpoint.model),
          idPrefix: `call_${String(request.callIndex)}_`,
          toError: (error) => streamFailure(error, endpoint, Date.now()),
        });
        let hops = 0;
        return readReply(
          () => send(generateParameters(request, endpoint), request, signal),
          reading,
          () => {
            const token = hops++ < MOST_CONTINUATIONS ? reading.resume() : undefined;
            return token === undefined ? undefined : () => send(generateParameters(request, endpoint, token), request, signal);
          },
        );
      },
    };
  };
}
