import { Router } from 'express';
import { MassgenError } from '../../errors.js';

/** What OpenAI's API has besides and a team of agents has not. */
const UNSERVED = [
  ['embeddings', 'moderations', 'edits', 'rerank', 'conversations', 'realtime', 'containers', 'evals', 'videos', 'search', 'engines', 'chatkit', 'skills'],
  ['images', 'audio', 'files', 'uploads', 'batches', 'fine_tuning', 'fine-tunes', 'vector_stores', 'assistants', 'threads', 'organization', 'responses/compact', 'responses/input_tokens'],
].flat();

/** Says of routes that other servers have that this one has not: 404 whatever the method. */
export function unservedRoutes(): Router {
  const router = Router();
  router.all(UNSERVED.flatMap((name) => [`/${name}`, `/${name}/*rest`]), (request) => {
    throw new MassgenError('route-missing', `massgen does not serve ${request.path.slice(1, 100)}: it has chat completions, responses, messages, completions and models (see /docs)`);
  });
  return router;
}
