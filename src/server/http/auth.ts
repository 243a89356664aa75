import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { MassgenError } from '../../errors.js';
import type { Caller } from '../models.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What a request says its key is; several ways, the first that is there. */
function keyOf(request: Request): string | undefined {
  const bearer = /^Bearer +(\S.*)$/iu.exec(request.get('authorization') ?? '')?.[1];
  return bearer?.trimEnd() ?? request.get('x-api-key');
}

/** Headers that proxies, gateways and tunnels add: those of the standards, what names another address as the client's, and whole families of one product. */
const OF_PROXIES = /^(?:via$|cdn-loop$|forwarded|x-forwarded|x-original-|x-envoy-|x-azure-|x-arr-|cf-)|(?:client|connecting|real|remote|user)-?(?:ip|addr)$/u;

/** Somebody passed the request on. */
function isForwarded(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (OF_PROXIES.test(name)) return true;
  return false;
}

/** Another name may be that of a web page whose name was made to lead here (DNS rebinding). */
const isOwnName = (host: string): boolean => host === 'localhost' || isIP(host.replaceAll(/^\[|\]$/gu, '')) !== 0;

/** The peer is on this machine, speaks for itself, and knows that it speaks to this machine. */
function isLoopback(request: Request): boolean {
  const address = request.socket.remoteAddress ?? '';
  const local = address === '::1' || /^(?:::ffff:)?127\./u.test(address);
  return local && isOwnName(request.hostname) && !isForwarded(request.headers);
}

/** What `identify` found out. */
export const callerOf = (response: Response): Caller => (response.locals as { caller?: Caller }).caller ?? { owner: 'anonymous', trusted: false };

/** Tells clients apart as well as can be: by their key; strangers, where no key is asked for, by their address and by what they send as one. */
export function clientOf(request: Request, response: Response): string {
  const { owner } = callerOf(response);
  return owner === 'anonymous' ? `${owner}:${request.ip ?? ''}:${digest(keyOf(request) ?? '').toString('hex').slice(0, 16)}` : owner;
}

/** Lets in whoever sends one of the keys, and everybody when there are none. Compares in constant time. */
export function authenticate(keys: readonly string[]): RequestHandler {
  const digests = keys.map(digest);
  const refuse = (message: string): never => {
    throw new MassgenError('key-refused', message);
  };
  return (request, response, next) => {
    if (digests.length === 0) {
      const local = isLoopback(request);
      response.locals['caller'] = { owner: local ? 'local' : 'anonymous', trusted: local } satisfies Caller;
    } else {
      const key = keyOf(request);
      if (key === undefined) refuse('no API key was sent; send it as "Authorization: Bearer KEY"');
      const sent = digest(key ?? '');
      // Every key is looked at, so that the time says nothing.
      const known = digests.reduce((found, each) => timingSafeEqual(each, sent) || found, false);
      if (!known) refuse('the API key is not known here');
      response.locals['caller'] = { owner: `key:${sent.toString('hex').slice(0, 16)}`, trusted: true } satisfies Caller;
    }
    next();
  };
}
