import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { serve } from './backend-servers.js';

/** How a stand-in provider answers one request; `place` counts requests from 0. */
export type Manner = (request: IncomingMessage, response: ServerResponse, place: number) => void;

export interface Provider {
  /** With `/v1`. */
  readonly url: string;
  /** The headers of each request so far. */
  readonly heard: readonly IncomingHttpHeaders[];
}

/** A provider of Chat Completions on this machine that behaves in one way; `closeServers` ends it. */
export async function startProvider(manner: Manner): Promise<Provider> {
  const heard: IncomingHttpHeaders[] = [];
  const origin = await serve((request, response) => {
    heard.push(request.headers);
    manner(request, response, heard.length - 1);
  });
  return { url: `${origin}/v1`, heard };
}

const frame = (choice: object): string => `data: ${JSON.stringify({ id: 'reply', object: 'chat.completion.chunk', model: 'stand-in', choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }] })}\n\n`;

function begin(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(frame({ delta: { content: text } }));
}

/** Streams the text and finishes. */
export const says =
  (text: string): Manner =>
  (_request, response) => {
    begin(response, text);
    response.end(`${frame({ finish_reason: 'stop' })}data: [DONE]\n\n`);
  };

/** Streams the text and then does not finish. */
export const breaksOff =
  (text: string, how: 'end' | 'reset' | 'silence'): Manner =>
  (_request, response) => {
    begin(response, text);
    if (how === 'end') response.end();
    // A reset takes with it what the other side has not read yet.
    if (how === 'reset') setTimeout(() => response.socket?.resetAndDestroy(), 1000);
  };

/** Answers with a status and a body. */
export const responds =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Manner =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** Accepts the request and never answers. */
export const isSilent: Manner = () => undefined;

/** A configuration with one agent at a provider; its key is in STAND_IN_KEY. */
export const soloAt = (url: string): object => ({ agent: { id: 'solo', backend: { type: 'chatcompletion', model: 'stand-in', base_url: url, api_key: '${STAND_IN_KEY}' } } });
