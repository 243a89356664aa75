import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { newRequestId } from './request-id.js';

interface Fault {
  readonly status: string;
  readonly code: string;
  readonly message: string;
}

const MALFORMED: Fault = { status: '400 Bad Request', code: 'malformed_request', message: 'this is no HTTP request' };

/** By the codes of node's parser (https://nodejs.org/api/http.html#event-clienterror). */
const FAULTS: Readonly<Record<string, Fault>> = {
  HPE_HEADER_OVERFLOW: { status: '431 Request Header Fields Too Large', code: 'headers_too_large', message: 'the headers of the request are larger than 16 KB' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: '413 Payload Too Large', code: 'payload_too_large', message: 'the chunk extensions of the request are larger than 16 KB' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', code: 'request_timeout', message: 'the request did not arrive in time' },
};

/** In a shape that clients of OpenAI and of Anthropic both read: nobody knows yet which of them it is. */
function replyTo({ status, code, message }: Fault): string {
  const body = JSON.stringify({ type: 'error', error: { message, type: 'invalid_request_error', param: null, code } });
  const headers = { 'x-request-id': newRequestId(), 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  return `HTTP/1.1 ${status}\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** Node keeps the response that a connection is busy with here, and its own handler looks there, too. */
const isAnswering = (socket: Duplex): boolean => (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;

/** Has a server say in JSON what is wrong with a request that never becomes one, and hang up. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) socket.destroy(error);
    else socket.end(replyTo(FAULTS[error.code ?? ''] ?? MALFORMED), () => socket.destroy());
  });
}
