import { describe, expect, it } from '@jest/globals';
import { chatReply } from '../../src/server/chat/chat-reply.js';
import { chatStream } from '../../src/server/chat/chat-stream.js';
import type { ReplyHead } from '../../src/server/runs/dialect.js';
import { createRunFold, piecesOf } from '../../src/server/runs/fold-run.js';
import type { ServeEvent } from '../../src/server/runs/serve-event.js';
import type { RunEvent } from '../../src/orchestrator/index.js';
import { openTable, says, teamOf } from '../support/coordination.js';
import { framesOf, joined } from '../support/server.js';

const PLACE = { sessionId: 's', configUsed: 'c', logDirectory: null, finalAnswerPath: null };
const HEAD: ReplyHead = { requestId: 'req_1', session: 's', model: 'solo', kind: 'agent', created: 0, request: { model: 'solo', prompt: '', history: [], request: {}, stream: true, includeUsage: false, notes: [] }, agentToolsInMessage: false };

/** A run of one agent that searches twice before it answers. */
function events(): readonly RunEvent[] {
  const table = openTable({ agents: teamOf(['solo']) });
  const before = table.facts.length;
  table.reply('solo', says('Found it.'));
  const search = (id: string, query: string): object[] => (['start', 'end'] as const).map((status) => ({ type: 'provider-tool', id, name: 'web_search', status, detail: query, agent: 'solo', turn: 1, call: 1 }));
  const all = [...table.facts.slice(0, before), ...search('t1', 'one'), ...search('t2', 'two'), { type: 'text-delta', of: 'reply', text: 'Found it.', agent: 'solo', turn: 1, call: 1 }, ...table.facts.slice(before)];
  return all.map((event, index) => ({ ...event, seq: index + 1, at: '2026-01-01T00:00:00Z', t: index, epoch: 1 })) as RunEvent[];
}

const told = (agentTools: boolean, level: 'summary' | 'off' = 'summary'): readonly ServeEvent[] => {
  const take = createRunFold({ place: PLACE, level, agentTools, notes: [], live: true });
  return events().flatMap((event) => take(event));
};

describe("the agents' own tools", () => {
  it('are progress in the reasoning where they are not to be shown as calls', () => {
    expect(told(false).map(({ type }) => type)).toEqual(['reasoning', 'reasoning', 'content', 'done']);
    expect(told(false)[0]).toEqual({ type: 'reasoning', text: '[solo] uses web_search: one\n' });
    expect(told(false, 'off').map(({ type }) => type)).toEqual(['content', 'done']);
  });

  it('are streamed as calls whose index never starts again, and the finish is stop', () => {
    const stream = chatStream(HEAD);
    const text = `${stream.open()}${told(true).map((event) => (event.type === 'failed' ? '' : stream.event(event))).join('')}`;
    const frames = framesOf(text);
    const calls = frames.flatMap(({ data }) => (data === '[DONE]' ? [] : ((data as { choices: { delta: { tool_calls?: object[] } }[] }).choices[0]!.delta.tool_calls ?? [])));
    expect(calls).toEqual([
      { index: 0, id: 't1', type: 'function', function: { name: 'web_search', arguments: '' } },
      { index: 0, function: { arguments: '{"detail":"one"}' } },
      { index: 1, id: 't2', type: 'function', function: { name: 'web_search', arguments: '' } },
      { index: 1, function: { arguments: '{"detail":"two"}' } },
    ]);
    expect(joined(frames)).toMatchObject({ content: 'Found it.', finish: 'stop', done: true });
  });

  it('are in a whole message only where that is asked for', () => {
    const done = told(true).find((event) => event.type === 'done')!;
    const reply = { content: 'Found it.', reasoning: '', toolCalls: [], sources: [], agentToolCalls: [{ id: 't1', name: 'web_search', argumentsText: '{}' }], finish: 'stop' as const, delivered: { inputTokens: 0, outputTokens: 0 }, result: done.result };
    expect(chatReply(reply, HEAD)).toMatchObject({ choices: [{ message: { role: 'assistant', content: 'Found it.' }, finish_reason: 'stop' }] });
    expect(chatReply(reply, { ...HEAD, agentToolsInMessage: true })).toMatchObject({ choices: [{ message: { content: 'Found it.', tool_calls: [{ index: 0, id: 't1', function: { name: 'web_search' } }] }, finish_reason: 'stop' }] });
  });
});

describe('a stored text', () => {
  it.each(['One two  three.\n\nFour', '', ' ', '\n', 'x'.repeat(500), '漢字だけの長い文章。'.repeat(20), 'a  b\t\tc \n d', '```js\nconst a = 1;\n```\n'])('goes out in pieces that are the text again: %j', (text) => {
    expect(piecesOf(text).join('')).toBe(text);
  });
});
