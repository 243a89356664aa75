import type { BackendRequest, Sampling } from '../contract.js';
import type { BackendConfig, Endpoint } from '../spec.js';
import { isReasoningModel } from './reasoning-models.js';

/** What OpenAI's thinking models refuse. */
const REFUSED = ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty', 'stop'] as const;

/** Said by wires themselves, or in another form. */
const ELSEWHERE = ['user', 'effort', 'thinking_budget', 'verbosity', 'truncation'] as const;

/** Claude from 3.7 and Gemini from 2.5 on think when they are told to. */
const THINKS = /^(?:models\/)?(?:claude-(?!instant|[12]\b|3-(?!7)|3\.(?!7))|gemini-(?!1|2\.0|pro))/;

const isOpenAi = ({ id, model, ownHost }: Endpoint): boolean => (id === 'openai' || id === 'azure_openai') && ownHost && isReasoningModel(model);

/** The word for an effort that the model has: OpenAI's first thinking models cannot be kept from it. */
function effortFor(endpoint: Endpoint, effort: string): string {
  if (effort !== 'none' || !isOpenAi(endpoint)) return effort;
  if (/^o\d/.test(endpoint.model)) return 'low';
  return /^gpt-5(?!\.\d)/.test(endpoint.model) ? 'minimal' : effort;
}

function wordsOf(endpoint: Endpoint, { effort, verbosity }: Sampling): Partial<BackendConfig> {
  const { config: { reasoning, text }, model } = endpoint;
  const thinks = reasoning !== undefined || isOpenAi(endpoint) || THINKS.test(model);
  const words = text !== undefined || (isOpenAi(endpoint) && model.startsWith('gpt-'));
  return Object.assign(
    {},
    effort === undefined || !thinks ? undefined : { reasoning: Object.assign({}, reasoning, { effort: effortFor(endpoint, effort) }) },
    verbosity === undefined || !words ? undefined : { text: Object.assign({}, text, { verbosity }) },
  );
}

/** The endpoint's settings with those of this one request over them; a request's that the model is known to refuse, or not known to understand, are left out. */
export function sampled(endpoint: Endpoint, { sampling }: BackendRequest): BackendConfig {
  const { config } = endpoint;
  if (sampling === undefined) return config;
  const left: readonly string[] = endpoint.id === 'openai' && isOpenAi(endpoint) ? [...REFUSED, ...ELSEWHERE] : ELSEWHERE;
  return Object.assign({}, config, wordsOf(endpoint, sampling), Object.fromEntries(Object.entries(sampling).filter(([name]) => !left.includes(name))));
}
