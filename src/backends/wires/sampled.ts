import type { BackendRequest } from '../contract.js';
import type { BackendConfig, Endpoint } from '../spec.js';
import { isReasoningModel } from './reasoning-models.js';

/** What OpenAI's thinking models refuse. */
const REFUSED = ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty', 'stop'] as const;

/** The endpoint's settings with those of this one request over them; a request's that the model is known to refuse are left out. */
export function sampled({ config, model, ownHost, id }: Endpoint, { sampling }: BackendRequest): BackendConfig {
  if (sampling === undefined) return config;
  const thinks = id === 'openai' && ownHost && isReasoningModel(model);
  const left = thinks ? [...REFUSED, 'user'] : ['user'];
  return { ...config, ...Object.fromEntries(Object.entries(sampling).filter(([name]) => !left.includes(name))) };
}
