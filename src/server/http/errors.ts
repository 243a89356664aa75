import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { MassgenError, toErrorData } from '../../errors.js';
import type { ServerDeps } from '../deps.js';
import { envelopeOf, errorHeaders, isPrivate } from './envelope.js';
import { requestIdOf } from './request-id.js';

const pathOf = ({ baseUrl, path }: Request): string => `${baseUrl}${path}`.slice(0, 200);

/** For paths that nothing is at. */
export const nothingHere: RequestHandler = (request, _response, next) => {
  next(new MassgenError('route-missing', `there is nothing at ${request.method} ${pathOf(request)}`));
};

/** For paths that are there, but not with this method. */
export const onlyMethods =
  (...methods: readonly string[]): RequestHandler =>
  (request, response, next) => {
    response.setHeader('allow', methods.join(', '));
    next(new MassgenError('method-refused', `${pathOf(request)} takes ${methods.join(' and ')}, not ${request.method}`));
  };

/** Every error in the shape of the API that was asked. What is not ours is told to whoever runs the server, and to nobody else. */
export function sendErrors({ report }: Pick<ServerDeps, 'report'>): ErrorRequestHandler {
  return (thrown: unknown, _request, response, next) => {
    const malformed = thrown instanceof URIError;
    const error = malformed ? new MassgenError('request-invalid', 'the path is not valid').data : toErrorData(thrown);
    if (isPrivate(error)) report(thrown instanceof Error ? thrown : error);
    if (response.headersSent) {
      next(thrown);
      return;
    }
    for (const [name, value] of Object.entries(errorHeaders(error))) response.setHeader(name, value);
    const { status, body } = envelopeOf(response);
    response.status(status(error)).json(body(error, requestIdOf(response)));
  };
}
