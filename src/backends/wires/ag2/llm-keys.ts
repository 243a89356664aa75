import { MassgenError } from '../../../errors.js';
import { isOfHosts } from '../../hosts.js';
import type { Environment } from '../../spec.js';
import { isObject, stringOf, type Json } from '../json.js';

interface Api {
  readonly keys: readonly string[];
  readonly hosts: readonly string[];
}

/** AG2's `api_type`s (https://docs.ag2.ai/0.8.7/docs/user-guide/models/openai/) and where each vendor's key is found. */
const APIS: Readonly<Record<string, Api>> = {
  openai: { keys: ['OPENAI_API_KEY'], hosts: ['api.openai.com'] },
  responses: { keys: ['OPENAI_API_KEY'], hosts: ['api.openai.com'] },
  azure: { keys: ['AZURE_OPENAI_API_KEY'], hosts: ['openai.azure.com', 'cognitiveservices.azure.com'] },
  anthropic: { keys: ['ANTHROPIC_API_KEY'], hosts: ['api.anthropic.com'] },
  google: { keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'], hosts: ['generativelanguage.googleapis.com'] },
  mistral: { keys: ['MISTRAL_API_KEY'], hosts: ['api.mistral.ai'] },
  groq: { keys: ['GROQ_API_KEY'], hosts: ['groq.com'] },
  cerebras: { keys: ['CEREBRAS_API_KEY'], hosts: ['cerebras.ai'] },
  together: { keys: ['TOGETHER_API_KEY'], hosts: ['together.xyz', 'together.ai'] },
  deepseek: { keys: ['DEEPSEEK_API_KEY'], hosts: ['api.deepseek.com'] },
  cohere: { keys: ['COHERE_API_KEY'], hosts: ['cohere.com', 'cohere.ai'] },
  ollama: { keys: [], hosts: [] },
  bedrock: { keys: [], hosts: [] },
};

/** A configuration with every model's key in it, and those keys. */
export interface Keyed {
  readonly config: Json;
  readonly keys: readonly string[];
  /** No model is at an address of its own. */
  readonly atVendors: boolean;
}

/**
 * Puts into each `llm_config` the key that is meant for it: the written one, else its vendor's from the environment, which
 * goes to its own vendor only. Throws `key-missing` and `config-invalid`.
 */
export function withKeys(config: Json, env: Environment, agent: string): Keyed {
  const keys: string[] = [];
  let atVendors = true;

  const entry = (written: unknown): unknown => {
    if (!isObject(written)) return written;
    if (Array.isArray(written['config_list'])) return { ...written, config_list: written['config_list'].map(entry) };
    const filled = withKey(written, env, agent);
    if (stringOf(filled['base_url']) !== '' && filled['api_type'] !== 'azure') atVendors = false;
    if (stringOf(filled['api_key']) !== '') keys.push(stringOf(filled['api_key']));
    return filled;
  };
  const walk = (value: unknown, name = ''): unknown => {
    if (name === 'llm_config') return Array.isArray(value) ? value.map(entry) : entry(value);
    if (Array.isArray(value)) return value.map((each: unknown) => walk(each));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, walk(child, key)]));
  };
  const filled = walk(config) as Json;
  return { config: filled, keys, atVendors };
}

const VARIABLE = /^\$\{(\w+)\}$/;

function withKey(written: Json, env: Environment, agent: string): Json {
  const type = stringOf(written['api_type']) || 'openai';
  const api = APIS[type];
  if (api === undefined) throw new MassgenError('config-invalid', `agent ${agent}: unknown api_type "${type}" in llm_config; known are ${Object.keys(APIS).join(', ')}`);
  const place = type === 'azure' ? azure(written, env) : {};
  const entry: Json = { api_type: type, ...written, ...place };
  const url = stringOf(entry['base_url']);
  const named = VARIABLE.exec(stringOf(written['api_key']))?.[1];
  if (written['api_key'] !== undefined && named === undefined) return entry;
  if (named === undefined && url !== '' && type !== 'azure' && !atHost(url, api.hosts)) return { ...entry, api_key: 'none' };
  const variables = named === undefined ? api.keys : [named];
  const key = variables.map((name) => env[name]?.trim()).find(Boolean);
  if (key === undefined && variables.length > 0) throw new MassgenError('key-missing', `set ${variables.join(' or ')} to use ${type} with ag2 (agent ${agent})`);
  return key === undefined ? entry : { ...entry, api_key: key };
}

const atHost = (url: string, hosts: readonly string[]): boolean => URL.canParse(url) && new URL(url).protocol === 'https:' && isOfHosts(new URL(url).hostname, hosts);

/** Whose address is in the environment means the key beside it. */
function azure(written: Json, env: Environment): Json {
  const url = stringOf(written['base_url']) || env['AZURE_OPENAI_ENDPOINT']?.trim();
  const version = stringOf(written['api_version']) || env['AZURE_OPENAI_API_VERSION']?.trim();
  return { ...(url ? { base_url: url } : {}), ...(version ? { api_version: version } : {}) };
}
