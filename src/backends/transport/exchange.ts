import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ReceivedBody } from './body.js';
import type { Connection } from './connection.js';
import { decodedBody } from './decoded-body.js';
import { errorStatus, responseOf } from './lean-response.js';
import { ProxyRefusal } from './tunnel.js';

/** The kept connection was dead before anything came back. */
export class StaleConnection extends Error {}

/** What a connection says that the server had closed. */
const STALE = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET']);

/** What undici says in its own words, in those of everybody else. */
const CODES: Readonly<Record<string, string>> = { UND_ERR_CONNECT_TIMEOUT: 'ECONNTIMEOUT', UND_ERR_HEADERS_TIMEOUT: 'ECONNTIMEOUT', UND_ERR_SOCKET: 'ECONNRESET', UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET' };

/** Its parser's errors have no code as a rule. */
const codeOf = ({ name, code }: NodeJS.ErrnoException): string | undefined => (code === undefined ? (name === 'HTTPParserError' ? 'HPE_INVALID' : undefined) : (CODES[code] ?? code));

/** The SDK copies an error of another realm (node's own, seen from a vm context) and loses its code: so it gets one of ours. */
function ownError(error: NodeJS.ErrnoException): Error {
  const code = codeOf(error);
  return Object.assign(new Error(error.message), { name: error.name }, code === undefined ? {} : { code });
}

export const abortError = (): Error => Object.assign(new Error('The request was aborted.'), { name: 'AbortError' });

export interface ExchangeOptions {
  readonly url: string;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (response: Response | Promise<Response>) => void;
  readonly reject: (error: Error) => void;
}

/** One request and what comes back. */
export class Exchange implements Dispatcher.DispatchHandler {
  connection: Connection | null = null;
  private controller: Dispatcher.DispatchController | null = null;
  private body: ReceivedBody | null = null;
  private readonly options: ExchangeOptions;

  constructor(options: ExchangeOptions) {
    this.options = options;
    options.signal?.addEventListener('abort', this.abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // While there was no connection yet.
    if (this.options.signal?.aborted === true) controller.abort(abortError());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders, statusText = ''): void {
    // A word in between, such as 103.
    if (status < 200) return;
    const body = new ReceivedBody(controller);
    this.body = body;
    const head = { status, statusText, headers };
    const coding = headers['content-encoding'];
    this.options.resolve(coding === undefined ? responseOf(head, this.options.url, body) : decodedBody(body, coding.toLowerCase()).then((plain) => responseOf(head, this.options.url, plain)));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.body?.push(chunk);
  }

  onResponseEnd(): void {
    if (this.connection !== null) this.connection.isKept = true;
    this.options.signal?.removeEventListener('abort', this.abort);
    this.body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: NodeJS.ErrnoException): void {
    this.options.signal?.removeEventListener('abort', this.abort);
    if (this.body !== null) this.body.fail(ownError(error));
    else if (error instanceof ProxyRefusal) this.options.resolve(new Response(null, { status: errorStatus(error.status) }));
    else this.options.reject(this.connection?.isKept === true && STALE.has(error.code ?? '') ? new StaleConnection() : ownError(error));
  }

  private readonly abort = (): void => {
    const error = abortError();
    this.body?.fail(error);
    this.options.reject(error);
    this.controller?.abort(error);
  };
}
