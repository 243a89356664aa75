import type { Path } from '../path.js';
import { all, convertTable, isTable, leftOut, moveTextTo, moveTo, named, nothing, quietly, refuse, spareModel, warn, type Conversion, type Rule, type Rules, type Table } from './move.js';
import { toolProfiles } from '../../agents/tool-profiles.js';
import { backendFor, noProvider } from './providers.js';

const agent: Path = ['agent'];
const backend: Path = ['agent', 'backend'];

/** Tools that there are here under the same names; the others have no counterpart. */
const known: ReadonlySet<unknown> = new Set(['file_read', 'file_write', 'file_list', 'create_directory', 'shell_exec', 'web_fetch', 'web_search', '*']);

const toolsToAgent: Rule = (value, from) => {
  if (!Array.isArray(value)) return refuse(from, 'must be a list of tools');
  const names: readonly unknown[] = value;
  const missing = names.flatMap((name, index) => (known.has(name) ? [] : [warn([...from, index], `the tool ${named(name)} has no counterpart here and is left out`)]));
  // Servers have a list of their own there, and their tools are not in this one.
  return all([...missing, { moves: [{ from, to: [...agent, 'tools'], value: [...names.filter((name) => known.has(name)), 'mcp__*'] }], findings: [] }]);
};

const inside =
  (rules: Rules): Rule =>
  (value, from) =>
    isTable(value) ? convertTable(value, from, rules) : leftOut(value, from);

const capabilities = inside({ tools: toolsToAgent, shell: moveTo(...backend, 'command_line_allowed_commands') });
const execution = inside({ allowed_commands: moveTo(...backend, 'command_line_allowed_commands') });

const chatOnly: Rule = (value, from) => (value === 'builtin:chat' ? nothing : warn(from, `the module ${named(value)} has no counterpart here; the agent only talks`));

// What "default" means there depends on the installation; the key that a manifest asks for says most about it.
const keyOwners: Readonly<Record<string, string>> = { GROQ_API_KEY: 'groq', GEMINI_API_KEY: 'gemini', GOOGLE_API_KEY: 'gemini', ANTHROPIC_API_KEY: 'anthropic', OPENAI_API_KEY: 'openai', OPENROUTER_API_KEY: 'openrouter', DEEPSEEK_API_KEY: 'deepseek' };

/** A set of tools of the same name; tools that are listed go before it. */
const profileTo =
  ({ capabilities: given }: Table): Rule =>
  (value, from) => {
    if (isTable(given) && given['tools'] !== undefined) return nothing;
    return toolProfiles.some(({ name }) => name === value) ? moveTo(...agent, 'tools')(value, from) : warn(from, `the profile ${named(value)} has no counterpart here and is left out`, `there are ${toolProfiles.map(({ name }) => name).join(', ')}`);
  };

/** The key's variable, unless it is the one that the backend looks at anyway. */
const keyFor =
  (provider: string): Rule =>
  (value, from) => {
    if (typeof value !== 'string') return refuse(from, 'must be the name of a variable');
    if (value === '' || keyOwners[value] === provider) return nothing;
    return { moves: [{ from, to: [...backend, 'api_key'], value: `\${${value}}` }], findings: [] };
  };

/** Looked at elsewhere. */
const text: Rule = (value, from) => (typeof value === 'string' ? nothing : refuse(from, `must be text, not ${named(value)}`, 'put it in quotes'));

const modelRules = (provider: string): Rules => ({
  provider: text,
  model: text,
  name: text,
  base_url: text,
  api_key_env: provider === '' ? quietly : keyFor(provider),
  max_tokens: moveTo(...backend, 'max_tokens'),
  temperature: moveTo(...backend, 'temperature'),
  system_prompt: moveTextTo(...agent, 'system_message'),
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function provider(model: Table): { readonly name: string; readonly model: string | undefined; readonly remarks: Conversion } {
  const written = textOf(model['provider']) ?? 'anthropic';
  const named = textOf(model['model']) ?? textOf(model['name']) ?? 'claude-sonnet-4-20250514';
  const other = named === 'default' ? undefined : named;
  if (written !== 'default') return { name: written, model: other, remarks: nothing };
  const name = keyOwners[textOf(model['api_key_env']) ?? ''] ?? 'openai';
  return { name, model: other, remarks: warn(['model', 'provider'], `"default" is taken for ${name} here`, 'name the provider and the model') };
}

/** Whether a manifest leaves its model to the installation. */
const isOpen = (model: Table): boolean => [undefined, 'default'].includes(textOf(model['provider'])) && [undefined, 'default'].includes(textOf(model['model']) ?? textOf(model['name'])) && model['base_url'] === undefined;

/** An OpenFang `agent.toml`: one agent. With `optional`, one that leaves its model to the installation has no backend. */
export function fromOpenFang(manifest: Table, optional = false): Conversion {
  if (manifest['name'] === undefined && manifest['model'] === undefined) return refuse([], 'this is no agent: it has neither "name" nor a table "[model]"');
  const model = isTable(manifest['model']) ? manifest['model'] : {};
  const { name, model: modelName, remarks } = optional && isOpen(model) ? { name: '', model: undefined, remarks: nothing } : provider(model);
  const baseUrl = textOf(model['base_url']);
  const found = name === '' ? nothing : backendFor({ provider: name, from: ['model'], to: backend, ...(modelName === undefined ? {} : { model: modelName }), ...(baseUrl === undefined ? {} : { baseUrl }) });
  if (found === undefined) return noProvider(name, ['model', 'provider'], refuse);
  const rules: Rules = {
    name: moveTo(...agent, 'id'),
    description: moveTextTo(...agent, 'description'),
    module: chatOnly,
    model: inside(modelRules(name)),
    capabilities,
    exec_policy: execution,
    fallback_models: (value, from) => (Array.isArray(value) ? all(value.map((other, index) => spareModel(other, [...from, index]))) : spareModel(value, from)),
    profile: profileTo(manifest),
    workspace: moveTo(...backend, 'cwd'),
    tool_allowlist: moveTo(...backend, 'allowed_tools'),
    tool_blocklist: moveTo(...backend, 'exclude_tools'),
  };
  const id = manifest['name'] === undefined ? 'unnamed' : manifest['name'];
  return all([{ moves: [{ from: [], to: agent, value: {} }, { from: ['name'], to: [...agent, 'id'], value: id }], findings: [] }, found, remarks, convertTable(manifest, [], rules)]);
}
