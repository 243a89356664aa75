import { describe, expect, it } from '@jest/globals';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendConfig, FetchLike } from '../../../src/backends/spec.js';
import type { RunEvent } from '../../../src/orchestrator/index.js';
import { recording } from '../../support/backend-replay.js';
import { ofType, playRun } from '../../support/engine-run.js';
import { tool, toolboxOf } from '../../support/tools.js';

type Body = Readonly<Record<string, unknown>>;

const listOf = (body: Body, key: string): readonly Body[] => (body[key] ?? []) as readonly Body[];
const namesOf = (list: readonly Body[]): readonly unknown[] => list.map(({ name }) => name);

/** The recorded calls of coordination's tools as calls of the agent's own. */
const renamed = (path: string): string => recording(path).toString('utf8').replaceAll('new_answer', 'read_file').replaceAll(/"((?:default_api:)?)vote"/gu, '"$1list_directory"');

interface Played {
  readonly bodies: readonly Body[];
  readonly events: readonly RunEvent[];
  readonly answer: string | undefined;
}

/** A run of one agent with two tools whose vendor calls them and then speaks, and the bodies that the vendor got. */
async function play(config: BackendConfig, calls: string, text: string): Promise<Played> {
  const bodies: Body[] = [];
  const fetch: FetchLike = (_url, init) => {
    bodies.push(JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Body);
    return Promise.resolve(new Response(bodies.length === 1 ? renamed(calls) : recording(text).toString('utf8'), { headers: { 'content-type': 'text/event-stream' } }));
  };
  const backend = createBackend({ api_key: 'k', model: 'm', ...config }, { env: {}, fetch });
  const tools = [tool('read_file', () => ({ text: 'the contents' })), tool('list_directory', () => ({ text: 'a.md' }))];
  const { events, state } = await playRun({ solo: backend }, { agents: { ownTools: true, otherTools: true }, deps: { tools: { open: () => toolboxOf(tools), close: () => Promise.resolve() } } });
  return { bodies, events, answer: state.final?.text };
}

async function ask(config: BackendConfig, calls: string, text: string): Promise<{ readonly first: Body; readonly second: Body; readonly answer: string | undefined; readonly ids: readonly string[] }> {
  const { bodies, events, answer } = await play(config, calls, text);
  expect(ofType(events, 'tool-end').map(({ status, name }) => `${name} ${status}`).sort()).toEqual(['list_directory ok', 'read_file ok']);
  expect(bodies).toHaveLength(2);
  return { first: bodies[0]!, second: bodies[1]!, answer, ids: ofType(events, 'call-end')[0]!.toolCalls.map(({ id }) => id) };
}

describe("the loop of an agent's own tools, with each vendor", () => {
  it('goes to Chat Completions as functions, the results as messages of role tool', async () => {
    const { first, second, answer, ids } = await ask({ type: 'chatcompletion', base_url: 'http://vendor/v1' }, 'openai-chat/parallel-tool-calls.sse', 'openai-chat/text.sse');
    expect(namesOf(listOf(first, 'tools').map((each) => each['function'] as Body))).toEqual(['read_file', 'list_directory']);
    expect(first['tool_choice'] ?? 'auto').toBe('auto');
    expect(listOf(second, 'messages').slice(-3)).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: ids[0], function: { name: 'read_file' } }, { id: ids[1], function: { name: 'list_directory' } }] },
      { role: 'tool', tool_call_id: ids[0], content: 'the contents' },
      { role: 'tool', tool_call_id: ids[1], content: 'a.md' },
    ]);
    expect(answer).not.toBe('');
  });

  it('goes to Responses as functions, the results as outputs of the calls', async () => {
    const { first, second, ids } = await ask({ type: 'openai' }, 'openai-responses/parallel-tool-calls.sse', 'openai-responses/text.sse');
    expect(namesOf(listOf(first, 'tools'))).toEqual(['read_file', 'list_directory']);
    const items = listOf(second, 'input');
    expect(items.filter(({ type }) => type === 'function_call').map((each) => each['call_id'])).toEqual(ids);
    expect(items.filter(({ type }) => type === 'function_call_output')).toMatchObject([{ call_id: ids[0], output: 'the contents' }, { call_id: ids[1], output: 'a.md' }]);
  });

  it('goes to Claude as tools, the results as blocks of one message', async () => {
    const { first, second, ids } = await ask({ type: 'claude' }, 'anthropic-messages/parallel-tool-calls.sse', 'anthropic-messages/text.sse');
    expect(namesOf(listOf(first, 'tools'))).toEqual(['read_file', 'list_directory']);
    expect(listOf(second, 'messages').slice(-2)).toMatchObject([
      { role: 'assistant', content: [{ type: 'tool_use', id: ids[0], name: 'read_file' }, { type: 'tool_use', id: ids[1], name: 'list_directory' }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: ids[0] }, { type: 'tool_result', tool_use_id: ids[1] }] },
    ]);
    expect(JSON.stringify(listOf(second, 'messages').at(-1))).toContain('the contents');
  });

  it('goes to Gemini as function declarations, the results as responses in the order of the calls', async () => {
    const { first, second } = await ask({ type: 'gemini' }, 'gemini-generate/parallel-tool-calls.sse', 'gemini-generate/text.sse');
    expect(namesOf(listOf(first, 'tools').flatMap((each) => listOf(each, 'functionDeclarations')))).toEqual(['read_file', 'list_directory']);
    const parts = (name: string): readonly Body[] => listOf(second, 'contents').flatMap((each) => listOf(each, 'parts')).flatMap((part) => (part[name] === undefined ? [] : [part[name] as Body]));
    expect(namesOf(parts('functionCall')).map((name) => String(name).replace('default_api:', ''))).toEqual(['read_file', 'list_directory']);
    expect(parts('functionResponse').map((each) => [each['name'], JSON.stringify(each['response'])])).toEqual([
      ['read_file', expect.stringContaining('the contents')],
      ['list_directory', expect.stringContaining('a.md')],
    ]);
  });

  it('gives Claude back its thinking with the signature, before the call', async () => {
    const { bodies } = await play({ type: 'claude', thinking: { type: 'enabled', budget_tokens: 2000 } }, 'anthropic-messages/reasoning-tool.sse', 'anthropic-messages/text.sse');
    const messages = listOf(bodies[1]!, 'messages');
    const reply = messages.at(-2)!;
    expect(reply['role']).toBe('assistant');
    expect(listOf(reply, 'content')[0]).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/.+/u) });
    expect(listOf(reply, 'content').at(-1)).toMatchObject({ type: 'tool_use' });
    expect(messages.at(-1)).toMatchObject({ role: 'user', content: [{ type: 'tool_result' }] });
  });
});
