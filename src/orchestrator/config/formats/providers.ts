import type { BackendType } from '../schema/backend-types.js';
import { didYouMean } from '../nearest.js';
import type { Path } from '../path.js';
import type { warn} from './move.js';
import { named, type Conversion } from './move.js';

/** The backend that stands for a provider of another language. */
interface Provider {
  readonly type: BackendType;
  readonly api?: 'chat' | 'responses';
  /** For providers that have no backend of their own: an address and the variable with the key. */
  readonly at?: readonly [url: string, keyVariable: string];
}

const compatible = (url: string, keyVariable: string): Provider => ({ type: 'chatcompletion', at: [url, keyVariable] });

const providers: Readonly<Record<string, Provider>> = {
  openai: { type: 'openai' },
  'openai-responses': { type: 'openai', api: 'responses' },
  'openai-chat': { type: 'openai', api: 'chat' },
  anthropic: { type: 'claude' },
  claude: { type: 'claude' },
  google: { type: 'gemini' },
  'google-gla': { type: 'gemini' },
  'google-vertex': { type: 'gemini' },
  gemini: { type: 'gemini' },
  grok: { type: 'grok' },
  xai: { type: 'grok' },
  azure: { type: 'azure_openai' },
  ollama: { type: 'ollama' },
  lmstudio: { type: 'lmstudio' },
  vllm: { type: 'vllm' },
  sglang: { type: 'sglang' },
  groq: { type: 'groq' },
  openrouter: { type: 'openrouter' },
  cerebras: { type: 'cerebras' },
  together: { type: 'together' },
  fireworks: { type: 'fireworks' },
  moonshot: { type: 'moonshot' },
  moonshotai: { type: 'moonshot' },
  kimi: { type: 'moonshot' },
  nebius: { type: 'nebius' },
  poe: { type: 'poe' },
  qwen: { type: 'qwen' },
  dashscope: { type: 'qwen' },
  alibaba: { type: 'qwen' },
  zai: { type: 'zai' },
  zhipu: { type: 'zai' },
  deepseek: { type: 'deepseek' },
  mistral: { type: 'mistral' },
  perplexity: compatible('https://api.perplexity.ai', 'PERPLEXITY_API_KEY'),
  huggingface: compatible('https://router.huggingface.co/v1', 'HF_TOKEN'),
  sambanova: compatible('https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY'),
};

const ownNames: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|chatgpt-|o\d|codex-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'google'],
  [/^grok-/, 'grok'],
];

/** `openai:gpt-5` or `openai/gpt-5`, cut at the first mark; a well-known model may stand without its provider. */
export function splitModel(text: string, mark: ':' | '/'): { readonly provider: string; readonly model: string } | undefined {
  const at = text.indexOf(mark);
  if (at > 0 && at < text.length - 1) return { provider: text.slice(0, at).trim(), model: text.slice(at + 1).trim() };
  const provider = ownNames.find(([pattern]) => pattern.test(text))?.[1];
  return provider === undefined || at >= 0 ? undefined : { provider, model: text };
}

export interface ModelChoice {
  readonly provider: string;
  readonly model?: string;
  /** Where the original says it, and where it goes. */
  readonly from: Path;
  readonly to: Path;
  /** The original's own address; it may also stand for a provider that is unknown. */
  readonly baseUrl?: string;
}

/** The backend block of a model at a provider, or nothing where there is no such backend here. */
export function backendFor({ provider, model, from, to, baseUrl }: ModelChoice): Conversion | undefined {
  const name = provider.toLowerCase();
  const known = Object.hasOwn(providers, name) ? providers[name] : baseUrl === undefined ? undefined : compatible(baseUrl, '');
  if (known === undefined) return undefined;
  const [url, variable] = known.at ?? [];
  const address = baseUrl ?? url;
  const fields = {
    type: known.type,
    model,
    api: known.api,
    base_url: address,
    api_key: variable === undefined || variable === '' ? undefined : `\${${variable}}`,
  };
  const moves = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{ from, to: [...to, key], value }]));
  return { moves: [{ from, to, value: {} }, ...moves], findings: [] };
}

/** What there is to say when `backendFor` finds nothing; `say` decides whether the rest goes on. */
export function noProvider(provider: string, path: Path, say: typeof warn): Conversion {
  return say(path, `there is no backend here for the provider ${named(provider)}`, didYouMean(provider, Object.keys(providers)) ?? 'give its address as "base_url" in a configuration of massgen\'s own');
}
