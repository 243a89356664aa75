import { IncomingMessage, ServerResponse, type RequestListener, type ServerOptions } from 'node:http';

/** Of an Express app: what it makes the prototype of each request and response. */
interface Prototypes {
  request: object;
  response: object;
}

const hasPrototypes = (app: object): app is Prototypes => 'request' in app && 'response' in app;

/**
 * Classes for a server over an Express app, whose instances have the app's prototypes from the start. Express sets those of every request and
 * response that has others; with Node 20 that makes each an object of a kind of its own, and all that touches it slow (docs/decisions/0014).
 * Nothing for any other listener.
 */
export function classesFor(app: RequestListener): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  if (!hasPrototypes(app)) return {};
  class AppRequest extends IncomingMessage {}
  class AppResponse<Asked extends IncomingMessage = IncomingMessage> extends ServerResponse<Asked> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.request = AppRequest.prototype;
  app.response = AppResponse.prototype;
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
