import type { Trait } from './types.js';

/** What each backend that can be called understands. */
const traits = {
  openai: ['responses', 'account'],
  chatcompletion: ['chat'],
  cerebras: ['chat'],
  together: ['chat'],
  fireworks: ['chat'],
  groq: ['chat'],
  openrouter: ['chat', 'web-plugin'],
  moonshot: ['chat'],
  kimi: ['chat'],
  nebius: ['chat'],
  poe: ['chat'],
  qwen: ['chat'],
  zai: ['chat'],
  lmstudio: ['chat', 'samplers', 'local'],
  vllm: ['chat', 'samplers', 'local'],
  sglang: ['chat', 'samplers', 'local'],
  ollama: ['chat', 'local'],
  scripted: ['script'],
} as const satisfies Readonly<Record<string, readonly Trait[]>>;

/** Backends of the language that cannot be called yet: they load, and the agent fails by name when it is called. Whoever builds one moves it up. */
const absent = ['claude', 'claude_code', 'gemini', 'grok', 'azure_openai', 'ag2'] as const;

type BuiltType = keyof typeof traits;
export type BackendType = BuiltType | (typeof absent)[number];

const isBuilt = (type: unknown): type is BuiltType => typeof type === 'string' && Object.hasOwn(traits, type);

/** Every value of `backend.type`. */
export const backendTypes: readonly BackendType[] = [...(Object.keys(traits) as BuiltType[]), ...absent];

export const isAbsent = (type: unknown): boolean => absent.some((name) => name === type);

/** Keys that a backend cannot do without: it has no address, or no default model. */
export const neededKeys: Readonly<Partial<Record<BackendType, readonly ('model' | 'base_url' | 'script')[]>>> = {
  chatcompletion: ['base_url', 'model'],
  openrouter: ['model'],
  poe: ['model'],
  lmstudio: ['model'],
  vllm: ['model'],
  sglang: ['model'],
  ollama: ['model'],
  scripted: ['script'],
};

interface Dialect {
  readonly type?: unknown;
  readonly api?: unknown;
  readonly base_url?: unknown;
}

const isAt = (url: unknown, host: string): boolean => typeof url === 'string' && new RegExp(`^https?://([\\w-]+\\.)*${host}(:\\d+)?(/|$)`, 'i').test(url);

function chatTraits(url: unknown): readonly Trait[] {
  if (isAt(url, 'openrouter\\.ai')) return ['web-plugin'];
  return isAt(url, 'openai\\.com') ? ['verbosity', 'account'] : [];
}

/**
 * What a backend block's backend understands; `undefined` when it is not there yet. `openai` and `chatcompletion` are
 * what their address makes of them.
 */
export function traitsOf({ type, api, base_url: url }: Dialect): readonly Trait[] | undefined {
  if (!isBuilt(type)) return undefined;
  const own: readonly Trait[] = traits[type];
  if (own.includes('script')) return own;
  const ownAddress = type === 'openai' && (url === undefined || isAt(url, 'openai\\.com'));
  const speaks = api === 'chat' || api === 'responses' ? api : ownAddress ? 'responses' : 'chat';
  const kept = own.filter((trait) => trait === 'local' || (trait === 'account' && ownAddress));
  if (speaks === 'responses') return ['responses', ...kept];
  if (ownAddress) return ['chat', 'verbosity', 'account'];
  return type === 'openai' || type === 'chatcompletion' ? ['chat', ...chatTraits(url)] : own;
}
