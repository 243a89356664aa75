import type { Endpoint, Line, Wire } from '../spec.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import { isReasoningModel } from './reasoning-models.js';

/** The first dated version that has the Responses API. */
const FIRST_WITH_RESPONSES = '2025-03-01';

const chat = openaiChat();
const thinkingChat = openaiChat({ maxTokensField: 'max_completion_tokens' });
const responses = openaiResponses();

/**
 * OpenAI's models at Azure (https://learn.microsoft.com/azure/ai-foundry/openai/reference): the deployment stands in the
 * address, the version in its query, the key in a header of its own. The code interpreter runs in the Responses API only.
 */
export function azureOpenai(): Wire {
  return (endpoint: Endpoint): Line => {
    const { config, model } = endpoint;
    if (config.enable_code_interpreter || config.api === 'responses') return responses(responsesEndpoint(endpoint));
    return (isReasoningModel(model) ? thinkingChat : chat)(chatEndpoint(endpoint));
  };
}

/** `https://NAME.openai.azure.com`, however much of the path was given with it. */
const rootOf = ({ baseUrl }: Endpoint): string => baseUrl.replace(/\/openai(?:\/.*)?$/, '');

/** An address of the API's first stable version speaks plain OpenAI. */
const isStable = ({ baseUrl }: Endpoint): boolean => baseUrl.endsWith('/openai/v1');

function chatEndpoint(endpoint: Endpoint): Endpoint {
  if (isStable(endpoint)) return keyed(endpoint, endpoint.baseUrl);
  return keyed(endpoint, `${rootOf(endpoint)}/openai/deployments/${encodeURIComponent(endpoint.model)}`, endpoint.apiVersion);
}

function responsesEndpoint(endpoint: Endpoint): Endpoint {
  const { apiVersion = '' } = endpoint;
  const dated = !isStable(endpoint) && apiVersion >= FIRST_WITH_RESPONSES;
  return dated ? keyed(endpoint, `${rootOf(endpoint)}/openai`, apiVersion) : keyed(endpoint, `${rootOf(endpoint)}/openai/v1`);
}

function keyed({ apiKey, ...endpoint }: Endpoint, baseUrl: string, version?: string): Endpoint {
  return {
    ...endpoint,
    baseUrl,
    headers: { ...(apiKey === undefined ? {} : { 'api-key': apiKey }), ...endpoint.headers },
    ...(version === undefined ? {} : { query: { 'api-version': version } }),
  };
}
