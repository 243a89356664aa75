import path from 'node:path';
import { Router, static as files } from 'express';
import { openapiDocument } from '../openapi.js';

const page = (title: string, head: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>\n`;

// Relative addresses: the app may be mounted below another path.
const SWAGGER = page('massgen: API', '<link rel="stylesheet" href="docs/files/swagger-ui.css">', '<div id="swagger-ui"></div><script src="docs/files/swagger-ui-bundle.js"></script><script src="docs/start.js"></script>');
const REDOC = page('massgen: API', '', '<redoc spec-url="openapi.json" disable-search></redoc><script src="docs/files/redoc.standalone.js"></script>');
const START = "SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n";

/** `/docs` (Swagger UI), `/redoc` and `/openapi.json`, from files that come with the package. */
export function docsRoutes(folder: string, version: string, only?: 'messages'): Router {
  const router = Router({ strict: true });
  const document = openapiDocument(version, only);
  router.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.get('/docs', (_request, response) => {
    response.type('html').send(SWAGGER);
  });
  router.get('/docs/', (_request, response) => {
    response.redirect(302, '../docs');
  });
  router.get('/redoc', (_request, response) => {
    response.type('html').send(REDOC);
  });
  router.get('/docs/start.js', (_request, response) => {
    response.type('js').send(START);
  });
  router.use('/docs/files', files(path.resolve(folder), { index: false, redirect: false, dotfiles: 'ignore' }));
  return router;
}
