import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Backend, BackendEvent } from '../../../../src/backends/contract.js';
import { createBackend } from '../../../../src/backends/create.js';
import type { BackendConfig } from '../../../../src/backends/spec.js';
import { checkConfig } from '../../../../src/orchestrator/config/check.js';
import { parseText } from '../../../../src/orchestrator/config/parse.js';
import { planRun } from '../../../../src/orchestrator/config/plan.js';
import { startAnthropic, type AnthropicVendor, type HeardMessages, type SaidMessage } from '../../../support/anthropic-vendor.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, spelled, textOf } from '../../../support/backend-collect.js';
import { closeServers } from '../../../support/backend-servers.js';
import { agentSdkEnv, agentSdkReason } from '../../../support/claude-code.js';
import { gone } from '../../../support/gone.js';
import { removeFolder } from '../../../support/remove-folder.js';

const describeReal = agentSdkReason === undefined ? describe : describe.skip;

let home = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'massgen-test-claude-'));
});
afterEach(async () => {
  await closeServers();
  await removeFolder(home);
});

const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({ ...agentSdkEnv, PATH: process.env['PATH'] ?? '', HOME: home, OPENAI_API_KEY: 'sk-other-vendor', ...more });

const backendAt = ({ url }: AnthropicVendor, config: Partial<BackendConfig> = {}, env = environment()): Backend => createBackend({ type: 'claude_code', model: 'claude-sonnet-4-20250514', base_url: url, api_key: 'sk-mine', cwd: home, ...config }, { env });

const errorOf = (events: readonly BackendEvent[]): unknown => eventsOf(events, 'error')[0]?.error;
const answers = (content: string): SaidMessage => ({ blocks: [{ text: 'I think.' }, { tool: 'mcp__massgen__new_answer', input: { content } }] });
const says = (text: string): SaidMessage => ({ blocks: [{ text }] });
const toolsOf = ({ body }: HeardMessages): readonly string[] => (body.tools ?? []).map(({ name }) => name);

/** First a tool of its own, then text. */
const uses = (tool: string, input: unknown) => (_body: unknown, place: number): SaidMessage => (place === 0 ? { blocks: [{ text: 'I look.' }, { tool, input }] } : says('Done.'));

describe('Claude Code without its package', () => {
  it('says what is missing and the line that installs it, before any call', () => {
    const make = (): Backend => createBackend({ type: 'claude_code' }, { env: { MASSGEN_CLAUDE_AGENT_SDK: home }, agent: 'coder' });
    expect(make).toThrow(expect.objectContaining({ code: 'backend-unsupported', message: expect.stringMatching(/^agent coder: .*install it with: npm install -g @anthropic-ai\/claude-agent-sdk/) }));
  });
});

describeReal(`Claude Code${agentSdkReason ?? ''}`, () => {
  it('streams text and reports usage', async () => {
    const vendor = await startAnthropic(() => ({ blocks: [{ thinking: 'Let me think.' }, { text: 'Grüße, 世界 👋 — done.' }] }));
    const events = await collect(backendAt(vendor), requestOf({ tools: [] }));
    expect(textOf(events)).toBe('Grüße, 世界 👋 — done.');
    expect(eventsOf(events, 'text-delta').length).toBeGreaterThan(1);
    expect(reasoningOf(events)).toBe('Let me think.');
    expect(eventsOf(events, 'usage').at(-1)?.usage).toMatchObject({ inputTokens: 120, outputTokens: 30 });
    expect(eventsOf(events, 'usage').at(-1)?.usage.costMicros).toBeUndefined();
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('offers the tools of the call, and a call ends the reply', async () => {
    const vendor = await startAnthropic(() => answers('Grüße'));
    const events = await collect(backendAt(vendor));
    const [call, ...others] = callsOf(events);
    expect(others).toEqual([]);
    expect(call).toMatchObject({ name: 'new_answer', argumentsText: '{"content":"Grüße"}' });
    expect(spelled(events, call?.id ?? '')).toBe(call?.argumentsText);
    expect(eventsOf(events, 'tool-call-start')).toEqual([{ type: 'tool-call-start', id: call?.id, name: 'new_answer' }]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
    expect(vendor.heard).toHaveLength(1);
    expect(vendor.heard[0]?.body.tools).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'mcp__massgen__new_answer', input_schema: requestOf().tools[0]?.parameters })]));
  });

  it('keeps parallel calls apart', async () => {
    const vendor = await startAnthropic(() => ({
      blocks: [
        { tool: 'mcp__massgen__new_answer', input: { content: 'x' } },
        { tool: 'mcp__massgen__vote', input: { agent_id: 'agent2', reason: 'clearer' } },
      ],
    }));
    const events = await collect(backendAt(vendor));
    expect(callsOf(events).map(({ name }) => name).sort()).toEqual(['new_answer', 'vote']);
  });

  it('works in its folder with tools of its own, and tells of them', async () => {
    await writeFile(path.join(home, 'notes.txt'), 'the number is 42');
    const vendor = await startAnthropic(uses('Read', { file_path: path.join(home, 'notes.txt') }));
    const events = await collect(backendAt(vendor), requestOf({ tools: [] }));
    expect(JSON.stringify(vendor.heard[1]?.body.messages)).toContain('the number is 42');
    expect(eventsOf(events, 'provider-tool').map(({ name, status }) => [name, status])).toEqual([
      ['Read', 'start'],
      ['Read', 'end'],
    ]);
    expect(textOf(events)).toBe('I look.\n\nDone.');
  });

  it('begins with the documented tools, prompt and thinking', async () => {
    const vendor = await startAnthropic(() => says('ok'));
    await collect(backendAt(vendor, { system_prompt: 'You are an expert.', append_system_prompt: 'Be brief.' }));
    const [heard] = vendor.heard;
    expect(toolsOf(heard!)).toEqual(expect.arrayContaining(['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'TodoWrite', 'WebSearch', 'mcp__massgen__new_answer', 'mcp__massgen__vote']));
    expect(JSON.stringify(heard?.body.system)).toContain('You are an expert.\\n\\nYou are one of several agents.\\n\\nBe brief.');
    expect(heard?.body['thinking']).toMatchObject({ type: 'enabled', budget_tokens: expect.any(Number) });
    expect((heard?.body['thinking'] as { budget_tokens: number }).budget_tokens).toBeLessThanOrEqual(8000);
    expect((heard?.body['thinking'] as { budget_tokens: number }).budget_tokens).toBeGreaterThan(7000);
  });

  it('runs the documented block', async () => {
    const vendor = await startAnthropic(() => says('ok'));
    const text = await readFile(new URL('../../../fixtures/documented-backends/claude_code.yaml', import.meta.url), 'utf8');
    const parsed = parseText(text.replace('my_project', path.join(home, 'my_project')));
    const { config } = checkConfig({ agents: [{ id: 'a', ...('value' in parsed ? (parsed.value as object) : {}) }] }, {});
    const [agent] = planRun(config!).agents;
    const events = await collect(createBackend({ ...agent!.backend, base_url: vendor.url, api_key: 'k' }, { env: environment() }));
    expect(textOf(events)).toBe('ok');
    expect(vendor.heard[0]?.body.model).toBe('claude-sonnet-4-20250514');
    expect(JSON.stringify(vendor.heard[0]?.body.system)).toContain('You are an expert Python developer');
    expect((vendor.heard[0]?.body['thinking'] as { budget_tokens: number }).budget_tokens).toBeGreaterThan(8000);
    expect(toolsOf(vendor.heard[0]!)).not.toContain('WebSearch');
    expect(existsSync(path.join(home, 'my_project'))).toBe(true);
  });

  it('has only the tools that are allowed', async () => {
    const vendor = await startAnthropic(() => says('ok'));
    await collect(backendAt(vendor, { allowed_tools: ['Read', 'Bash(git *)'] }));
    await collect(backendAt(vendor, { disallowed_tools: ['Bash(rm*)', 'WebSearch'] }));
    expect(toolsOf(vendor.heard[0]!).filter((name) => !name.startsWith('mcp__')).sort()).toEqual(['Bash', 'Read']);
    expect(toolsOf(vendor.heard[1]!)).not.toContain('WebSearch');
    expect(toolsOf(vendor.heard[1]!)).toContain('Bash');
  });

  it('does not do what needs a permission, and says so', async () => {
    const target = path.join(home, 'made-by-bash');
    const vendor = await startAnthropic(uses('Bash', { command: `node -e "require('fs').writeFileSync('${target}', '')"`, description: 'Make a file' }));
    const events = await collect(backendAt(vendor), requestOf({ tools: [] }));
    expect(existsSync(target)).toBe(false);
    expect(eventsOf(events, 'waiting').map(({ message }) => message).join(' ')).toContain('was not allowed to use Bash');
  });

  it('runs a command that is allowed by name, with no key of another vendor in reach', async () => {
    const vendor = await startAnthropic(uses('Bash', { command: 'env', description: 'Show the environment' }));
    await collect(backendAt(vendor, { allowed_tools: ['Bash'] }), requestOf({ tools: [] }));
    const result = JSON.stringify(vendor.heard[1]?.body.messages);
    expect(result).toContain(`HOME=${home}`);
    expect(result).not.toContain('sk-other-vendor');
  });

  it('keeps two agents with different keys apart, and a login away from both', async () => {
    const vendor = await startAnthropic(() => says('ok'));
    const env = environment({ ANTHROPIC_API_KEY: 'sk-of-the-environment' });
    await Promise.all([collect(backendAt(vendor, { api_key: 'sk-first' }, env), requestOf({ tools: [] })), collect(backendAt(vendor, { api_key: 'sk-second' }, env), requestOf({ tools: [] }))]);
    expect(vendor.heard.map(({ headers }) => headers['x-api-key']).sort()).toEqual(['sk-first', 'sk-second']);
    // Nothing is written where the user's own Claude Code keeps its things.
    expect((await readdir(home)).filter((name) => name.startsWith('.claude'))).toEqual([]);
  });

  it('sends neither a login nor the environment’s key to an address that is not the vendor’s', async () => {
    const vendor = await startAnthropic(() => says('ok'));
    const backend = createBackend({ type: 'claude_code', base_url: vendor.url, cwd: home }, { env: environment({ ANTHROPIC_API_KEY: 'sk-of-the-environment', CLAUDE_CODE_OAUTH_TOKEN: 'sk-login' }) });
    await collect(backend, requestOf({ tools: [] }));
    const seen = JSON.stringify(vendor.heard[0]?.headers);
    expect(seen).not.toContain('sk-of-the-environment');
    expect(seen).not.toContain('sk-login');
  });

  it('passes MCP servers on', async () => {
    const server = path.join(home, 'server.cjs');
    await writeFile(server, MCP_SERVER);
    const vendor = await startAnthropic(uses('mcp__weather__forecast', { city: 'Oslo' }));
    const mcp_servers = [{ name: 'weather', type: 'stdio', command: process.execPath, args: [server] }];
    await collect(backendAt(vendor, { mcp_servers }), requestOf({ tools: [] }));
    expect(toolsOf(vendor.heard[0]!)).toContain('mcp__weather__forecast');
    expect(JSON.stringify(vendor.heard[1]?.body.messages)).toContain('snow in Oslo');
  });

  it('says a refused key with the remedy, and never the key', async () => {
    const vendor = await startAnthropic(() => ({ status: 401, error: { type: 'authentication_error', message: 'invalid x-api-key sk-mine' } }));
    const events = await collect(backendAt(vendor));
    expect(errorOf(events)).toMatchObject({ code: 'backend-rejected', message: expect.stringContaining('check api_key') });
    expect(JSON.stringify(events)).not.toContain('sk-mine');
  });

  it('says that nobody is logged in where there is no key', async () => {
    const events = await collect(createBackend({ type: 'claude_code', cwd: home }, { env: environment() }));
    expect(errorOf(events)).toMatchObject({ code: 'backend-rejected', message: expect.stringContaining('claude /login') });
  });

  it('says a prompt that is too long', async () => {
    const vendor = await startAnthropic(() => ({ status: 400, error: { type: 'invalid_request_error', message: 'prompt is too long: 250000 tokens > 200000 maximum' } }));
    expect(errorOf(await collect(backendAt(vendor)))).toMatchObject({ code: 'context-overflow' });
  });

  it('asks an overloaded vendor again, and says so', async () => {
    const vendor = await startAnthropic((_body, place) => (place === 0 ? { status: 529, error: { type: 'overloaded_error', message: 'Overloaded' } } : says('ok')));
    const events = await collect(backendAt(vendor), requestOf({ tools: [] }));
    expect(textOf(events)).toBe('ok');
    expect(eventsOf(events, 'waiting').map(({ message }) => message).join()).toContain('asks again');
  });

  it('ends with its group on an abort, though a command is running', async () => {
    const note = path.join(home, 'pid');
    const vendor = await startAnthropic(uses('Bash', { command: `echo $$ > ${note}; sleep 300`, description: 'Wait' }));
    const stop = new AbortController();
    const events: BackendEvent[] = [];
    const watch = setInterval(() => {
      // The shell makes the file before it writes to it.
      if (existsSync(note) && readFileSync(note, 'utf8').trim() !== '') stop.abort();
    }, 50);
    for await (const event of backendAt(vendor, { allowed_tools: ['Bash'] }).stream(requestOf({ tools: [] }), stop.signal)) events.push(event);
    clearInterval(watch);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'aborted' });
    await expect(gone(Number(await readFile(note, 'utf8')))).resolves.toBe(true);
  });

  it('ends in time when it is aborted while the vendor is silent', async () => {
    const vendor = await startAnthropic(() => ({ blocks: [{ text: 'Half a' }], hang: true }));
    const stop = new AbortController();
    const events: BackendEvent[] = [];
    for await (const event of backendAt(vendor).stream(requestOf(), stop.signal)) {
      events.push(event);
      if (event.type === 'text-delta') stop.abort();
    }
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'aborted' });
  });

  it('can be left while the vendor is silent', async () => {
    const vendor = await startAnthropic(() => ({ blocks: [{ text: 'Half a' }], hang: true }));
    for await (const event of backendAt(vendor).stream(requestOf(), new AbortController().signal)) {
      if (event.type === 'text-delta') break;
    }
    expect(vendor.heard).toHaveLength(1);
  });
});

const MCP_SERVER = `
const readline = require('node:readline');
const tool = { name: 'forecast', description: 'Weather', inputSchema: { type: 'object', properties: { city: { type: 'string' } } } };
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = method === 'initialize' ? { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'weather', version: '1' } }
    : method === 'tools/list' ? { tools: [tool] }
    : method === 'tools/call' ? { content: [{ type: 'text', text: 'snow in ' + params.arguments.city }] } : {};
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});
`;
