import type { Path } from '../path.js';
import { all, convertTable, isTable, leftOut, literal, moveTextTo, moveTo, named, nothing, quietly, refuse, spareModel, warn, type Conversion, type Rule, type Rules, type Table } from './move.js';
import { backendFor, noProvider, splitModel } from './providers.js';

// In a folder of its own, as every workspace is.
const workspace = 'workspace';

/** A prompt is a text, or a list of texts and of tables that hold one. */
function promptTo(...to: Path): Rule {
  return (value, from) => {
    if (!Array.isArray(value)) return moveTextTo(...to)(value, from);
    const texts = value.map((item: unknown) => (isTable(item) && (item['type'] ?? 'static') === 'static' ? item['content'] : item));
    const strange = texts.flatMap((text, index) => (typeof text === 'string' ? [] : [leftOut(text, [...from, index])]));
    const text = texts.filter((item) => typeof item === 'string').join('\n\n');
    return all([{ moves: [{ from, to, value: literal(text) }], findings: [] }, ...strange]);
  };
}

/** A model is a text, a table with `identifier`, or a table with several to fall back on. */
function modelOf(value: unknown, from: Path): { readonly text: unknown; readonly settings: Table; readonly others: Conversion } {
  if (!isTable(value)) return { text: value, settings: {}, others: nothing };
  const { identifier, model, models, type, ...settings } = value;
  if (!Array.isArray(models)) return { text: identifier ?? model ?? type, settings, others: nothing };
  const [first, ...rest] = models as readonly unknown[];
  const inner = modelOf(first, [...from, 'models', 0]);
  return { ...inner, others: all([inner.others, ...rest.map((other, index) => spareModel(other, [...from, 'models', index + 1]))]) };
}

function toolsetTo(backend: Path, isCodingAgent: boolean): Rule {
  const one: Rule = (value, from) => {
    const kind = isTable(value) ? value['type'] : value;
    const add = (key: string, to: unknown): Conversion => ({ moves: [{ from, to: [...backend, key], value: to }], findings: [] });
    if (kind === 'file_access') return add('cwd', workspace);
    if (kind === 'execution') return isCodingAgent ? nothing : add('enable_mcp_command_line', true);
    if (kind === 'search') return add('enable_web_search', true);
    return warn(from, `the toolset ${named(kind)} has no counterpart here and is left out`);
  };
  return (value, from) => (Array.isArray(value) ? all(value.map((item, index) => one(item, [...from, index]))) : refuse(from, 'must be a list of toolsets'));
}

const settingRules = (backend: Path): Rules => ({
  temperature: moveTo(...backend, 'temperature'),
  top_p: moveTo(...backend, 'top_p'),
  top_k: moveTo(...backend, 'top_k'),
  max_tokens: moveTo(...backend, 'max_tokens'),
  seed: moveTo(...backend, 'seed'),
  base_url: moveTo(...backend, 'base_url'),
  api_key: moveTo(...backend, 'api_key'),
});

const commonRules = (agent: Path): Rules => ({
  type: quietly,
  model: quietly,
  description: moveTextTo(...agent, 'description'),
  mcp_servers: moveTo(...agent, 'backend', 'mcp_servers'),
});

function codingAgent(block: Table, from: Path, to: Path): Conversion {
  const backend = [...to, 'backend'];
  const { model } = block;
  const name = typeof model === 'string' ? (splitModel(model, ':')?.model ?? model) : model;
  const rules: Rules = {
    ...commonRules(to),
    cwd: moveTo(...backend, 'cwd'),
    toolsets: toolsetTo(backend, true),
    system_prompt: promptTo(...backend, 'system_prompt'),
    include_builtin_system_prompt: moveTo(...backend, 'use_default_prompt'),
    allowed_tools: moveTo(...backend, 'allowed_tools'),
    disallowed_tools: moveTo(...backend, 'disallowed_tools'),
    permission_mode: moveTo(...backend, 'permission_mode'),
    max_thinking_tokens: moveTo(...backend, 'max_thinking_tokens'),
  };
  const moves = [
    { from: [...from, 'type'], to: [...backend, 'type'], value: 'claude_code' },
    ...(name === undefined || name === null ? [] : [{ from: [...from, 'model'], to: [...backend, 'model'], value: name }]),
  ];
  return all([{ moves, findings: [] }, convertTable({ ...block, toolsets: undefined }, from, rules), convertTable({ toolsets: block['cwd'] === undefined ? block['toolsets'] : undefined }, from, rules)]);
}

function nativeAgent(block: Table, from: Path, to: Path, backendOptional: boolean): Conversion {
  const at = [...from, 'model'];
  const { text, settings, others } = modelOf(block['model'], at);
  const backend = [...to, 'backend'];
  const rules: Rules = { ...commonRules(to), system_prompt: promptTo(...to, 'system_message'), toolsets: toolsetTo(backend, false) };
  if (text === undefined && backendOptional) return all([convertTable(settings, at, settingRules(backend)), convertTable(block, from, rules)]);
  if (typeof text !== 'string') return refuse(at, text === undefined ? 'is missing' : 'must be text such as "openai:gpt-5-mini"', text === undefined ? 'for example "model: openai:gpt-5-mini"' : undefined);
  const choice = splitModel(text, ':');
  if (choice === undefined) return refuse(at, `names no provider: ${named(text)}`, 'write it as "provider:model", such as "openai:gpt-5-mini"');
  const found = backendFor({ ...choice, from: at, to: backend });
  if (found === undefined) return all([noProvider(choice.provider, at, warn), warn(from, 'is left out')]);
  return all([found, others, convertTable(settings, at, settingRules(backend)), convertTable(block, from, rules)]);
}

/** One agent of an AgentPool manifest; without moves when there is no backend here for it. */
export function convertAgent(name: string, block: Table, from: Path, to: Path, backendOptional = false): Conversion {
  const type = block['type'] ?? 'native';
  const id: Conversion = { moves: [{ from, to, value: {} }, { from, to: [...to, 'id'], value: name }], findings: [] };
  if (type !== 'claude_code' && type !== 'native' && type !== 'chat') {
    return warn([...from, 'type'], `an agent of the type ${named(type)} has no counterpart here and is left out`, 'native, chat and claude_code are read');
  }
  const agent = type === 'claude_code' ? codingAgent(block, from, to) : nativeAgent(block, from, to, backendOptional);
  return agent.moves.length === 0 && !(backendOptional && block['model'] === undefined) ? agent : all([id, agent]);
}
