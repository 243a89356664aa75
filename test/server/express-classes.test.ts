import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { classesFor } from '../../src/server/http/express-classes.js';
import { createListener } from '../../src/server/listener.js';

describe('the classes of a server over an Express app', () => {
  it('make requests and responses that have the app’s prototypes already', () => {
    const app = express();
    const { IncomingMessage: AppRequest = IncomingMessage, ServerResponse: AppResponse = ServerResponse } = classesFor(app);
    const request = new AppRequest(new Socket());
    const response = new AppResponse(request);
    expect(Object.getPrototypeOf(request)).toBe(app.request);
    expect(Object.getPrototypeOf(response)).toBe(app.response);
    expect(request).toHaveProperty('app', app);
  });

  it('leave Express what it is', async () => {
    const app = express();
    app.use('/inner', express.Router().get('/:name', (request, response) => {
      response.status(201).json({ name: request.params.name, url: request.originalUrl, accepts: request.accepts('json'), same: request.app === app && response.app === app && response.req === request });
    }));
    const listener = await createListener(app, '127.0.0.1', 0);
    try {
      const response = await fetch(`${listener.url}/inner/x?y=1`);
      expect(response.status).toBe(201);
      expect(await response.json()).toEqual({ name: 'x', url: '/inner/x?y=1', accepts: 'json', same: true });
    } finally {
      await listener.close(true);
    }
  });

  it('are none for a listener that is no app', () => {
    expect(classesFor(() => undefined)).toEqual({});
  });
});
