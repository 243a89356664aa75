import { describe, expect, it } from '@jest/globals';
import type { BackendEvent, BackendRequest, Message, ToolSpec } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import { resolveBackend } from '../../../src/backends/resolve.js';
import type { BackendConfig, Endpoint } from '../../../src/backends/spec.js';
import { messagesBody } from '../../../src/backends/wires/anthropic-request.js';
import { responsesBody } from '../../../src/backends/wires/responses-request.js';
import { NEW_ANSWER, callsOf, collect, eventsOf, requestOf } from '../../support/backend-collect.js';
import { replay } from '../../support/backend-replay.js';

const LOOK: ToolSpec = { name: 'look', description: 'Looks', parameters: { type: 'object', properties: {} }, own: true };
const TOOLS = { tools: [NEW_ANSWER, LOOK] };

const endpointOf = (config: BackendConfig): Endpoint => ({ ...resolveBackend({ api_key: 'k', ...config }, {}, 'ada').endpoint, fetch: globalThis.fetch });
const claude = (config: Partial<BackendConfig>, request: Partial<BackendRequest> = TOOLS): Record<string, unknown> => messagesBody(requestOf(request), endpointOf({ type: 'claude', model: 'claude-opus-4-5', ...config })) as Record<string, unknown>;
const openai = (config: Partial<BackendConfig>, request: Partial<BackendRequest> = TOOLS): Record<string, unknown> => responsesBody(requestOf(request), endpointOf({ type: 'openai', model: 'gpt-5.2', ...config })) as Record<string, unknown>;
const frames = (...all: readonly object[]): string => all.map((frame) => `event: x\ndata: ${JSON.stringify(frame)}\n\n`).join('');

describe('tools of an agent’s own', () => {
  it('are found by a search, the team’s tools never', () => {
    expect(claude({ enable_tool_search: true })['tools']).toMatchObject([{ type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }, { name: 'new_answer' }, { name: 'look', defer_loading: true }]);
    expect((claude({ enable_tool_search: true })['tools'] as object[])[1]).not.toHaveProperty('defer_loading');
    expect(claude({ enable_tool_search: true, tool_search_variant: 'bm25' })['tools']).toMatchObject([{ type: 'tool_search_tool_bm25_20251119' }, {}, {}]);
    expect(openai({ enable_tool_search: true })['tools']).toMatchObject([{ type: 'tool_search' }, { name: 'new_answer' }, { name: 'look', defer_loading: true }]);
  });

  it('are called from code, the team’s tools never', () => {
    const { tools } = claude({ enable_programmatic_flow: true, enable_strict_tool_use: true });
    expect(tools).toMatchObject([{ type: 'code_execution_20260120', name: 'code_execution' }, { name: 'new_answer', strict: true }, { name: 'look', allowed_callers: ['code_execution_20260120'] }]);
    expect((tools as object[])[2]).not.toHaveProperty('strict');
    expect(openai({ enable_programmatic_flow: true })['tools']).toMatchObject([{ type: 'programmatic_tool_calling' }, { name: 'new_answer' }, { name: 'look', allowed_callers: ['programmatic'] }]);
  });

  it('are needed for either: without any, nothing is added', () => {
    const flags = { enable_tool_search: true, enable_programmatic_flow: true };
    expect(claude(flags, { tools: [NEW_ANSWER] })['tools']).toEqual([{ name: 'new_answer', description: 'Give an answer', input_schema: NEW_ANSWER.parameters }]);
    expect(openai(flags, { tools: [NEW_ANSWER] })['tools']).toMatchObject([{ type: 'function', name: 'new_answer' }]);
  });
});

describe('a call that the vendor’s code has made', () => {
  const body = frames(
    { type: 'message_start', message: { id: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', id: 'srv', name: 'code_execution', input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"code":"look()"}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'tu', name: 'look', input: {}, caller: { type: 'code_execution_20260120', tool_id: 'srv' } } },
    { type: 'content_block_stop', index: 1 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', container: { id: 'container_1', expires_at: 'x' } }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  );

  async function heard(): Promise<readonly BackendEvent[]> {
    return collect(createBackend({ type: 'claude', model: 'claude-opus-4-5', api_key: 'k' }, { env: {}, fetch: replay({ body }).fetch }), requestOf(TOOLS));
  }

  it('of Claude’s goes on in its container', async () => {
    const events = await heard();
    expect(callsOf(events)).toEqual([{ id: 'tu', name: 'look', argumentsText: '{}' }]);
    expect(eventsOf(events, 'provider-tool')).toMatchObject([{ name: 'code_execution', status: 'start', detail: 'look()' }]);
    const items = eventsOf(events, 'finish')[0]?.items ?? [];
    const messages: readonly Message[] = [
      { role: 'user', content: 'q' },
      { role: 'assistant', text: '', toolCalls: callsOf(events), items },
      { role: 'tool', callId: 'tu', name: 'look', text: 'seen' },
    ];
    const next = claude({ enable_programmatic_flow: true }, { ...TOOLS, messages });
    expect(next['container']).toBe('container_1');
    expect(next['messages']).toMatchObject([{ role: 'user' }, { role: 'assistant', content: [{ type: 'server_tool_use' }, { type: 'tool_use', caller: { type: 'code_execution_20260120', tool_id: 'srv' } }] }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'tu' }] }]);
    expect(JSON.stringify(next['messages'])).not.toContain('container_1');
    expect(claude({}, { messages: [...messages, { role: 'assistant', text: 'done', toolCalls: [], items: [] }, { role: 'user', content: 'more' }] })).not.toHaveProperty('container');
  });

  it('of OpenAI’s has its result sent to the program', () => {
    const caller = { type: 'program', caller_id: 'prog_1' };
    const items = [{ type: 'program', id: 'p', call_id: 'prog_1', code: 'look()', fingerprint: 'f' }, { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}', caller }].map((item) => ({ wire: 'openai-responses', item }));
    const messages: readonly Message[] = [
      { role: 'assistant', text: '', toolCalls: [{ id: 'c', name: 'look', argumentsText: '{}' }], items },
      { role: 'tool', callId: 'c', name: 'look', text: 'seen' },
    ];
    expect(openai({ enable_programmatic_flow: true }, { ...TOOLS, messages })['input']).toEqual([items[0]?.item, items[1]?.item, { type: 'function_call_output', call_id: 'c', output: 'seen', caller }]);
  });

  it('is shown with what was searched and found', async () => {
    const found = frames(
      { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', id: 's', name: 'tool_search_tool_regex', input: {} } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"pattern":"weather"}' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_search_tool_result', tool_use_id: 's', content: { type: 'tool_search_tool_search_result', tool_references: [{ type: 'tool_reference', tool_name: 'look' }] } } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
      { type: 'message_stop' },
    );
    const events = await collect(createBackend({ type: 'claude', model: 'm', api_key: 'k' }, { env: {}, fetch: replay({ body: found }).fetch }), requestOf(TOOLS));
    expect(eventsOf(events, 'provider-tool')).toEqual([
      { type: 'provider-tool', id: 's', name: 'tool_search_tool_regex', status: 'start', detail: 'weather' },
      { type: 'provider-tool', id: 's', name: 'tool_search', status: 'end', detail: 'look' },
    ]);
  });
});
