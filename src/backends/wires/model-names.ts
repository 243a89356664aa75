import { isObject, listOf, objectOf, stringOf } from './json.js';

/** The names in a provider's list of models: OpenAI's and Anthropic's `data[].id`, Google's `models[].name`, Together's bare list. */
export function modelNames(body: unknown): readonly string[] {
  const lists = isObject(body) ? [...listOf(body['data']), ...listOf(body['models'])] : listOf(body);
  return lists.map((model) => (stringOf(objectOf(model)?.['id']) || stringOf(objectOf(model)?.['name'])).replace(/^models\//, '')).filter((name) => name !== '');
}

// Servers list these beside the models that can talk.
const CANNOT_TALK = /embed|rerank|whisper|tts/iu;

export const canTalk = (model: string): boolean => !CANNOT_TALK.test(model);
