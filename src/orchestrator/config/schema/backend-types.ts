import type { Trait } from './types.js';

/** What each backend understands. */
const traits = {
  openai: ['responses', 'account', 'web-search', 'interpreter', 'own-tools'],
  claude: ['anthropic', 'web-search', 'code-execution', 'own-tools'],
  gemini: ['gemini', 'web-search', 'code-execution'],
  grok: ['responses', 'grok', 'web-search'],
  azure_openai: ['chat', 'azure', 'interpreter'],
  chatcompletion: ['chat'],
  cerebras: ['chat'],
  together: ['chat'],
  fireworks: ['chat'],
  groq: ['chat'],
  openrouter: ['chat', 'web-plugin', 'web-search'],
  moonshot: ['chat'],
  kimi: ['chat'],
  nebius: ['chat'],
  poe: ['chat'],
  qwen: ['chat'],
  zai: ['chat'],
  deepseek: ['chat'],
  mistral: ['chat'],
  claude_code: ['claude-code'],
  ag2: ['ag2'],
  autogen: ['ag2'],
  lmstudio: ['chat', 'samplers', 'local', 'lmstudio'],
  vllm: ['chat', 'samplers', 'local'],
  sglang: ['chat', 'samplers', 'local'],
  inference: ['chat', 'samplers', 'local'],
  ollama: ['chat', 'local'],
  scripted: ['script'],
} as const satisfies Readonly<Record<string, readonly Trait[]>>;

type BuiltType = keyof typeof traits;
export type BackendType = BuiltType;

const isBuilt = (type: unknown): type is BuiltType => typeof type === 'string' && Object.hasOwn(traits, type);

/** Every value of `backend.type`. */
export const backendTypes: readonly BackendType[] = Object.keys(traits) as BuiltType[];

/** Keys that a backend cannot do without: it has no address, or no default model. */
export const neededKeys: Readonly<Partial<Record<BackendType, readonly ('model' | 'base_url' | 'script')[]>>> = {
  chatcompletion: ['base_url', 'model'],
  openrouter: ['model'],
  poe: ['model'],
  lmstudio: ['model'],
  scripted: ['script'],
};

interface Dialect {
  readonly type?: unknown;
  readonly api?: unknown;
  readonly base_url?: unknown;
  readonly enable_code_interpreter?: unknown;
}

const isAt = (url: unknown, host: string): boolean => typeof url === 'string' && new RegExp(`^https?://([\\w-]+\\.)*${host}(:\\d+)?(/|$)`, 'i').test(url);

function chatTraits(url: unknown): readonly Trait[] {
  if (isAt(url, 'openrouter\\.ai')) return ['web-plugin', 'web-search'];
  if (isAt(url, '(openai|cognitiveservices|services\\.ai)\\.azure\\.com')) return ['azure', 'interpreter'];
  return isAt(url, 'openai\\.com') ? ['verbosity', 'account'] : [];
}

// What `api` does not change, and what a backend keeps in OpenAI's responses API.
const ownDialect: readonly Trait[] = ['script', 'anthropic', 'gemini', 'claude-code', 'ag2'];
const inResponses: readonly Trait[] = ['local', 'lmstudio', 'azure', 'grok', 'web-search', 'interpreter'];

type Api = 'chat' | 'responses';

const apiOf = (api: unknown, usual: Api): Api => (api === 'chat' || api === 'responses' ? api : usual);

/** `openai`: at home, or at an address that speaks its dialects. */
function openaiTraits({ api, base_url: url }: Dialect): readonly Trait[] {
  const atHome = url === undefined || isAt(url, 'openai\\.com');
  const atGrok = isAt(url, 'api\\.x\\.ai');
  const speaks = apiOf(api, atHome || atGrok ? 'responses' : 'chat');
  if (speaks === 'responses') return atHome ? traits.openai : atGrok ? traits.grok : ['responses'];
  return atHome ? ['chat', 'verbosity', 'account'] : ['chat', ...chatTraits(url)];
}

/**
 * What a backend block's backend understands; `undefined` when it is not there yet. `openai` and `chatcompletion` are
 * what their address makes of them; Azure's code interpreter runs in the responses API.
 */
export function traitsOf(block: Dialect): readonly Trait[] | undefined {
  const { type, api, base_url: url, enable_code_interpreter: interprets } = block;
  if (!isBuilt(type)) return undefined;
  if (type === 'openai') return openaiTraits(block);
  const own: readonly Trait[] = traits[type];
  if (ownDialect.some((trait) => own.includes(trait))) return own;
  const speaks = apiOf(type === 'azure_openai' && interprets === true ? 'responses' : api, own.includes('responses') ? 'responses' : 'chat');
  if (speaks === 'responses') return ['responses', ...own.filter((trait) => inResponses.includes(trait))];
  if (type === 'chatcompletion') return ['chat', ...chatTraits(url)];
  return own.includes('responses') ? ['chat'] : own;
}
