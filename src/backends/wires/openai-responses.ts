import type { Endpoint, Wire } from '../spec.js';
import { streamFailure } from '../failure.js';
import { mending } from './mending.js';
import { createSender } from './openai-client.js';
import { RESPONSES_MENDS } from './openai-mends.js';
import { readReply } from './read-reply.js';
import { itemsWire } from './responses-items.js';
import { createResponsesReading } from './responses-reading.js';
import { responsesBody, type ResponsesQuirks } from './responses-request.js';

/** OpenAI's Responses API: `POST {base_url}/responses`, streamed, stateless. */
export function openaiResponses(quirks: ResponsesQuirks = {}): Wire {
  return (endpoint: Endpoint) => {
    const send = mending(createSender(endpoint, 'responses'), RESPONSES_MENDS);
    return {
      isLeavable: true,
      stream: (request, signal) =>
        readReply(() => send(responsesBody(request, endpoint, quirks), request, signal), createResponsesReading({ wire: itemsWire(endpoint), toError: (error) => streamFailure(error, endpoint, Date.now()) })),
    };
  };
}
