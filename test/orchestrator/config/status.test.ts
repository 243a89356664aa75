import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { formatIssue } from '../../../src/orchestrator/config/issue.js';
import { capabilities } from '../../../src/orchestrator/config/schema/planned.js';
import { configSchema } from '../../../src/orchestrator/config/schema/root.js';
import type { Schema, Section } from '../../../src/orchestrator/config/schema/types.js';

const backend = { type: 'openai' };

/** A configuration with one more key in a section. */
function withKey(section: Section, key: string, value: unknown): object {
  const added = { [key]: value };
  const agent = { id: 'a', backend: section === 'backend' ? { type: key.endsWith('system_prompt') ? 'claude_code' : 'openai', ...added } : backend, ...(section === 'agent' ? added : {}) };
  const orchestrator = section === 'orchestrator' ? added : section === 'coordination' ? { coordination: added } : {};
  return { agents: [agent], orchestrator, ui: section === 'ui' ? added : {}, ...(section === 'root' ? added : {}) };
}

/** A value that a schema takes and that asks for something. */
function sampleOf({ type, enum: values, minimum = 0, items, properties, required = [] }: Schema): unknown {
  if (values !== undefined) return values.at(-1);
  switch ([type].flat()[0]) {
    case 'boolean':
      return true;
    case 'number':
    case 'integer':
      return minimum + 1;
    case 'array':
      return [items === undefined ? 'x' : sampleOf(items)];
    case 'object':
      return { x: 1, ...Object.fromEntries(required.map((key) => [key, sampleOf(properties?.[key] ?? {})])) };
    default:
      return 'x';
  }
}

const messagesOf = (given: object): readonly string[] => checkConfig(given, {}).issues.map((issue) => `${issue.severity} ${formatIssue(issue)}`);
const places = { root: '', agent: 'agents[0].', backend: 'agents[0].backend.', orchestrator: 'orchestrator.', coordination: 'orchestrator.coordination.', ui: 'ui.' };

const planned = capabilities.flatMap(({ name, keys }) =>
  Object.entries(keys).flatMap(([section, schemas]) => Object.entries(schemas).map(([key, schema]) => ({ name, section: section as Section, key, schema }))),
);

describe('a key that has no effect yet', () => {
  it.each(planned)('$section $key is accepted with one warning, which names it and "$name"', ({ name, section, key, schema }) => {
    const messages = messagesOf(withKey(section, key, sampleOf(schema)));
    expect(messages).toEqual([`warning ${places[section]}${key}: has no effect yet: it waits for ${name}`]);
  });

  it('stands in the table once', () => {
    const names = planned.map(({ section, key }) => `${section}.${key}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('has a description and a capability that says something', () => {
    expect(planned.filter(({ name, schema }) => name === '' || !/^.{4,}\.$/u.test(schema.description ?? ''))).toEqual([]);
  });

  it.each([false, null, [], {}])('has nothing to say where it is %j', (value) => {
    const key = Array.isArray(value) ? 'upload_files' : typeof value === 'object' ? 'multimodal_config' : 'enable_computer_use';
    expect(messagesOf(withKey('backend', key, value))).toEqual([]);
  });

  it.each([
    ['backend', 'cwd', 5, 'must be text, not 5; put it in quotes'],
    ['backend', 'permission_mode', 'byPassPermission', 'unknown value "byPassPermission"; did you mean "bypassPermissions"?'],
    ['orchestrator', 'context_paths', [{ permission: 'read' }], 'orchestrator.context_paths[0].path: is missing; for example "path: docs"'],
    ['orchestrator', 'context_paths', [{ path: 'x', permission: 'execute' }], 'unknown value "execute"'],
    ['coordination', 'enable_planning_mode', 'maybe', 'must be true or false, not the text "maybe"'],
    ['root', 'memory', [], 'must be a map of keys, not a list'],
    ['root', 'serve', { port: 70_000 }, 'serve.port: must be at most 65535, not 70000'],
  ] as const)('still has a type: %s %s %j', (section, key, value, message) => {
    expect(messagesOf(withKey(section, key, value)).join('\n')).toContain(message);
  });

  it('takes the words of YAML 1.1, and leaves variables alone', () => {
    expect(messagesOf(withKey('backend', 'enable_computer_use', 'yes'))).toEqual([expect.stringContaining('it waits for')]);
    expect(messagesOf(withKey('backend', 'enable_computer_use', '${UNSET_SWITCH}'))).toEqual([expect.stringContaining('it waits for')]);
    expect(messagesOf(withKey('backend', 'multimodal_config', { image: { backend: '${UNSET_KEY}' } }))).toEqual([expect.stringContaining('it waits for pictures')]);
  });
});

describe('a key that is refused', () => {
  const outdated = Object.entries(configSchema.properties as Readonly<Record<string, Schema>>).filter(([, schema]) => schema['x-status'] === 'rejected');

  it.each(outdated.map(([key, { description }]) => ({ key, reason: description ?? '' })))('$key is refused because: $reason', ({ key, reason }) => {
    expect(reason).not.toBe('');
    expect(messagesOf({ [key]: 1, agents: [{ id: 'a', backend }] })).toEqual([`error ${key}: this key is from an older version of the language; ${reason}`]);
  });

  it.each(['system_prompt', 'append_system_prompt'])('backend.%s means nothing but to claude_code', (key) => {
    const [message, ...others] = messagesOf({ agents: [{ id: 'a', backend: { type: 'openai', [key]: 'x' } }] });
    expect(message).toBe(`error agents[0].backend.${key}: means something to claude_code only; write the agent’s "system_message"`);
    expect(others).toEqual([]);
    expect(checkConfig({ agents: [{ id: 'a', backend: { type: 'claude_code', [key]: 'x' } }] }, {}).config).toBeDefined();
  });

  it('system_prompt means nothing to an agent', () => {
    expect(messagesOf({ agents: [{ id: 'a', backend, system_prompt: 'x' }] })).toEqual(['error agents[0].system_prompt: means nothing here; write it as "system_message"']);
  });
});

describe('keys about tools', () => {
  const servers = { mcp_servers: [{ name: 'x', command: 'npx', env: { TOKEN: '${A_TOKEN}' } }], cwd: 'work', allowed_tools: ['Read'], exclude_tools: ['a'], disallowed_tools: ['b'] };

  it.each(['claude_code', 'openai', 'gemini', 'groq'])('have their effect and their variables with %s', (type) => {
    const { config, issues } = checkConfig({ agents: [{ id: 'a', backend: { type, ...servers } }] }, { A_TOKEN: 't' });
    expect(issues).toEqual([]);
    expect(config?.agents?.[0]?.backend).toMatchObject({ mcp_servers: [{ env: { TOKEN: 't' } }] });
  });

  it('mean nothing to a backend without functions, but for its folder', () => {
    expect(messagesOf({ agents: [{ id: 'a', backend: { type: 'ag2', agent_config: {}, cwd: 'work' } }] })).toEqual([]);
    expect(messagesOf({ agents: [{ id: 'a', backend: { type: 'ag2', agent_config: {}, mcp_servers: [{ name: 'x', command: 'npx' }] } }] })).toEqual([expect.stringContaining('mcp_servers: has no effect with the backend ag2')]);
  });

  it.each([
    ['mcp_servers.x: x has neither a command to start it nor a url where it is', { backend: { mcp_servers: { x: {} } } }],
    ['mcp_servers.x: x has | in its command', { backend: { mcp_servers: { x: { command: 'a | b' } } } }],
    ['mcp_servers.x: x has a url that is neither http nor https', { backend: { mcp_servers: { x: { url: 'file:///etc/passwd' } } } }],
    ['mcp_servers.x: x has type: "websocket"; write stdio, streamable-http or sse', { backend: { mcp_servers: { x: { type: 'websocket', url: 'http://h' } } } }],
    ['mcp_servers: x is there twice', { backend: { mcp_servers: [{ name: 'x', command: 'a' }, { name: 'x', command: 'b' }] } }],
    ['mcp_servers.x.allowed_tool: unknown key "allowed_tool"; did you mean "allowed_tools"?', { backend: { mcp_servers: { x: { command: 'a', allowed_tool: ['b'] } } } }],
    ['mcp_servers[1]: has no name,error agents[0].backend.mcp_servers[2]: y is of type http and has no url', { backend: { mcp_servers: [{ name: 'x', command: 'a' }, { command: 'a' }, { name: 'y', type: 'streamable-http' }] } }],
    ['warning agents[0].backend.custom_tools[1]: names no file and no program, so it is left out; add "path: …"', { backend: { custom_tools: [{ path: 'tools.py' }, { name: 'x' }] } }],
    ['error agents[0].backend.custom_tools[0]: has neither a path to a file with functions nor a command, but an unknown key "paht"', { backend: { custom_tools: [{ name: ['x'], paht: 'a.py' }] } }],
    ['error agents[0].backend.custom_tools[0]: names x.rb; files end in', { backend: { custom_tools: [{ path: 'x.rb' }] } }],
    ['cwd: "../up" leads out of .massgen/workspaces; write the name of a folder', { backend: { cwd: '../up' } }],
    ['cwd: "/" is no folder to hand over to an agent', { backend: { cwd: '/' } }],
    ['tool_approval: x is "maybe"; write auto, ask or deny', { agent: { tool_approval: { x: 'maybe' } } }],
    ['hooks: hooks.PreToolUse[0]: has neither a command nor a handler', { root: { hooks: { PreToolUse: [{}] } } }],
  ])('are judged before anything runs: %s', (message, { backend: more = {}, agent = {}, root = {} }: { backend?: object; agent?: object; root?: object }) => {
    expect(messagesOf({ agents: [{ id: 'a', backend: { ...backend, ...more }, ...agent }], ...root }).join()).toContain(message);
  });
});

describe('a key that means nothing to the backend', () => {
  it.each([
    [{ type: 'openai', stop: ['x'] }, 'stop: has no effect with the backend openai; add "api: chat", or leave it out'],
    [{ type: 'openai', top_k: 3 }, 'top_k: has no effect with the backend openai; leave it out'],
    [{ type: 'openai', port: 1 }, 'port: has no effect with the backend openai; write the port into "base_url"'],
    [{ type: 'openai', api: 'chat', enable_code_interpreter: true }, 'enable_code_interpreter: has no effect with the backend openai and "api: chat"; leave it out'],
    [{ type: 'openai', base_url: 'http://localhost:4000/v1', enable_web_search: true }, 'enable_web_search: has no effect with the backend openai at this base_url; leave it out'],
    [{ type: 'groq', enable_web_search: true }, 'enable_web_search: has no effect with the backend groq; leave it out'],
    [{ type: 'groq', reasoning: { effort: 'low', summary: 'auto' } }, 'reasoning.summary: has no effect with the backend groq'],
    [{ type: 'openai', enable_code_execution: true }, 'enable_code_execution: has no effect with the backend openai; write "enable_code_interpreter"'],
    [{ type: 'claude', seed: 1 }, 'seed: has no effect with the backend claude; leave it out'],
    [{ type: 'claude', enable_code_interpreter: true }, 'enable_code_interpreter: has no effect with the backend claude; write "enable_code_execution"'],
    [{ type: 'grok', enable_code_execution: true }, 'enable_code_execution: has no effect with the backend grok; leave it out'],
    [{ type: 'azure_openai', model: 'd', enable_web_search: true }, 'enable_web_search: has no effect with the backend azure_openai; leave it out'],
    [{ type: 'zai', enable_web_search: true }, 'enable_web_search: has no effect with the backend zai; leave it out'],
    [{ type: 'vllm', model: 'm', enable_code_interpreter: true }, 'enable_code_interpreter: has no effect with the backend vllm; leave it out'],
    [{ type: 'gemini', enable_web_search: true }, 'enable_web_search: has an effect only in turns without functions to call, such as the presentation: gemini-2.5-flash refuses both at once; take a model from gemini-3 on'],
    [{ type: 'groq', organization: 'x' }, 'organization: has no effect with the backend groq; leave it out'],
    [{ type: 'groq', loop: true }, 'loop: has no effect with the backend groq; leave it out, or write "type: scripted"'],
    [{ type: 'scripted', script: [{ text: 'x' }], temperature: 1 }, 'temperature: has no effect with the backend scripted; leave it out'],
  ])('%j is a warning', (block, message) => {
    expect(messagesOf({ agents: [{ id: 'a', backend: block }] })).toEqual([expect.stringContaining(`warning agents[0].backend.${message}`)]);
  });

  it.each([
    { type: 'openai', api: 'chat', stop: 'x', seed: 1, text: { verbosity: 'low' } },
    { type: 'openrouter', model: 'm', enable_web_search: true, reasoning: { effort: 'low', summary: 'auto' } },
    { type: 'chatcompletion', model: 'm', base_url: 'https://openrouter.ai/api/v1', enable_web_search: true },
    { type: 'vllm', model: 'm', top_k: 1, port: 8001 },
    { type: 'groq', enable_web_search: false },
    { type: 'claude', enable_web_search: true, enable_code_execution: true, top_k: 3, stop: 'x' },
    { type: 'gemini', model: 'gemini-3-pro-preview', enable_web_search: true, enable_code_execution: true },
    { type: 'azure_openai', model: 'd', enable_code_interpreter: true, api_version: 'preview' },
  ])('%j is none', (block) => {
    expect(messagesOf({ agents: [{ id: 'a', backend: block }] })).toEqual([]);
  });
});

describe('a backend that lacks what it needs', () => {
  it.each([
    [{ type: 'chatcompletion' }, 'the backend chatcompletion needs base_url and model; add "base_url: …" and "model: …"'],
    [{ type: 'openrouter' }, 'the backend openrouter needs model; add "model: …"'],
    [{ type: 'scripted' }, 'the backend scripted needs script; add "script: …"'],
  ])('%j is refused', (block, message) => {
    expect(messagesOf({ agents: [{ id: 'a', backend: block }] })).toEqual([`error agents[0].backend: ${message}`]);
  });
});
