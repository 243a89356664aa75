import { describe, expect, it } from '@jest/globals';
import { apply } from '../../../src/orchestrator/coordination/apply.js';
import { cutArguments, cutText } from '../../../src/orchestrator/coordination/cut.js';
import { render } from '../../../src/orchestrator/coordination/render.js';
import { EMPTY, agentOf, type ConversationItem } from '../../../src/orchestrator/coordination/state.js';
import type { Fact, HistoryMessage } from '../../../src/orchestrator/protocol.js';
import { FENCE, answers, breaks, openTable, says, votes, type Table } from '../../support/coordination.js';

const words = (about: string, length: number): string => `<${about}>${'x'.repeat(length - 2 * about.length - 5)}</${about}>`;
const overflow = (limit?: number, size?: number) => breaks('context-overflow', limit === undefined ? {} : { overflow: { limit, ...(size === undefined ? {} : { size }) } });
const sizeOf = (table: Table, agent: string): number => JSON.stringify(table.messages(agent)).length;
const history: readonly HistoryMessage[] = Array.from({ length: 40 }, (_unused, place) => ({ role: place % 2 === 0 ? 'user' : 'assistant', text: words(`said-${place}`, 1000) }));

describe('a conversation that its model has no room for', () => {
  it('is shortened by what the vendor says of the room, and sent again at once', () => {
    const table = openTable({ agents: ['a'], history });
    const before = sizeOf(table, 'a');
    table.reply('a', overflow(5000, 10_000));
    const [fact] = table.of('conversation-compact');
    expect(fact).toMatchObject({ agent: 'a', turn: 1, call: 1 });
    expect(fact?.to).toBe(Math.floor((fact?.from ?? 0) * 0.5 * 0.7));
    expect(table.asked()).toEqual(['a solo']);
    expect(table.lastCall('a')).toMatchObject({ call: 2, attempt: 1, messages: [] });
    expect(sizeOf(table, 'a')).toBeLessThan(before / 2);
    table.reply('a', says('done'));
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('has another key the second time: it is another request', () => {
    const table = openTable({ agents: ['a'], history });
    table.reply('a', overflow());
    expect(new Set(table.of('call-start').map(({ key }) => key)).size).toBe(2);
  });

  it('loses the oldest first, and keeps the task and the newest', () => {
    const table = openTable({ agents: ['a'], history, task: words('task', 3000) });
    table.reply('a', overflow(4000, 10_000));
    const said = JSON.stringify(table.messages('a'));
    expect(said).toContain(words('task', 3000));
    expect(said).toContain('<said-39>');
    expect(said).not.toContain('<said-0>');
    expect(said).toMatch(/The first \d+ messages of the conversation are left out/);
  });

  it('keeps head and tail of what is long, the task at last', () => {
    const table = openTable({ agents: ['a'], task: words('task', 100_000) });
    table.reply('a', overflow(10_000, 25_000));
    const { to } = table.of('conversation-compact')[0]!;
    const task = table.prompt('a');
    expect(task.length).toBeLessThanOrEqual(to);
    expect(task.length).toBeGreaterThan(to * 0.9);
    expect(task).toMatch(/^<task>x+\n\[… \d+ characters are left out here to fit the model …\]\nx+<\/task>$/);
  });

  it('of a team keeps the newest answers rather than those that were replaced, all inside their fences', () => {
    const table = openTable({ agents: ['a', 'b'], history, settings: { sensitivity: 'lenient' } });
    table.reply('a', answers(words('a-1', 9000)));
    table.reply('b', answers(words('b-1', 9000)));
    table.reply('a', answers(words('a-2', 9000)));
    table.reply('b', votes('agent2'));
    table.reply('b', overflow(4000, 5400));
    const said = table.prompt('b');
    expect(said).toContain(words('a-2', 9000));
    expect(said).not.toContain(words('a-1', 9000));
    expect(said.split(FENCE).length - 1).toBe(2 * 3);
    expect(said.match(/<end of agent\d>/g)).toHaveLength(3);
    expect(said).not.toContain('<said-0>');
  });

  it('keeps a result beside each call, and arguments that are JSON', () => {
    const long = { content: words('answer', 20_000) };
    const trail: readonly HistoryMessage[] = Array.from({ length: 10 }, (_unused, place) => [
      { role: 'assistant', text: '', toolCalls: [{ id: `c${place}`, name: 'look', argumentsText: JSON.stringify(long) }] } as const,
      { role: 'tool', text: words('result', 20_000), callId: `c${place}`, name: 'look' } as const,
    ]).flat();
    const table = openTable({ agents: ['a'], request: { trail } });
    table.reply('a', overflow(1000, 20_000));
    const messages = table.messages('a');
    const open = new Set<string>();
    for (const message of messages) {
      if (message.role === 'assistant') {
        expect(open.size).toBe(0);
        for (const { id, argumentsText } of message.toolCalls) {
          open.add(id);
          expect(() => JSON.parse(argumentsText) as unknown).not.toThrow();
        }
      } else if (message.role === 'tool') expect(open.delete(message.callId)).toBe(true);
    }
    expect(open.size).toBe(0);
    expect(messages.filter(({ role }) => role === 'tool').length).toBeGreaterThan(0);
  });

  it('loses the middle of what a tool said, before anything of the task or the team', () => {
    const { state } = openTable({ agents: ['a'], task: words('task', 3000) });
    const agent = { ...agentOf(state(), 'a'), room: 12_000 };
    const call = { id: 'c', name: 'read', argumentsText: '{}' };
    const image = { type: 'image', mediaType: 'image/png', base64: 'AAAA' } as const;
    const shown = (text: string): readonly ConversationItem[] => [{ role: 'assistant', text: '', toolCalls: [call], items: [] }, { role: 'tool-result', callId: 'c', name: 'read', text, images: [image] }];
    const seeing = { ...state(), agents: { a: { ...agent, info: { ...agent.info, sees: true } } } };
    const messages = render(seeing, 'a', [...agent.conversation, ...shown(words('first', 300_000)), ...shown(words('second', 300_000))]);
    expect(JSON.stringify(messages).length).toBeLessThan(13_000);
    expect(messages[0]).toMatchObject({ role: 'user', content: words('task', 3000) });
    expect(messages.at(-1)).toMatchObject({ role: 'tool', callId: 'c', text: expect.stringMatching(/^<second>x+\n\[… \d+ characters[^\]]*\]\nx+<\/second>$/), images: [image] });
    expect(messages.at(-3)).toMatchObject({ role: 'tool', text: expect.stringContaining('left out') });
    expect(messages.at(-3)).not.toHaveProperty('images');
  });

  it('stays that short when it grows, and in later turns', () => {
    const table = openTable({ agents: ['a', 'b'], history });
    table.reply('a', overflow(1000, 3000));
    const { to } = table.of('conversation-compact')[0]!;
    table.reply('a', answers(words('a', 30_000)));
    table.reply('b', answers(words('b', 30_000)));
    expect(table.asked()).toEqual(['a vote', 'b vote']);
    expect(table.prompt('a').length).toBeLessThanOrEqual(to + table.messages('a').length);
    expect(table.prompt('b').length).toBeGreaterThan(60_000);
  });

  it('fails its agent the second time, with what to do about it', () => {
    const table = openTable({ agents: ['a'], history });
    table.reply('a', overflow());
    table.reply('a', overflow());
    expect(table.of('conversation-compact')).toHaveLength(1);
    const [failure] = table.of('agent-fail');
    expect(failure?.error).toMatchObject({ code: 'context-overflow', message: expect.stringMatching(/shortened to \d+ characters already: choose a model with a larger context window, lower max_tokens, or ask with less$/) });
    expect(table.of('run-end')).toMatchObject([{ status: 'failed' }]);
  });

  it('fails its agent at once when there is nothing to leave out', () => {
    const table = openTable({ agents: ['a'], task: 'short' });
    table.reply('a', overflow(10, 100));
    expect(table.of('conversation-compact')).toEqual([]);
    expect(table.of('agent-fail')[0]?.error.message).toContain('nothing in it to leave out');
  });

  it('reads the same from the log', () => {
    const table = openTable({ agents: ['a', 'b'], history });
    table.reply('a', overflow(1000, 3000));
    const again = (JSON.parse(JSON.stringify(table.facts)) as Fact[]).reduce((state, fact) => apply(state, { ...fact, t: 0 }), EMPTY);
    expect(render(again, 'a', agentOf(again, 'a').conversation)).toEqual(table.messages('a'));
  });

  it('is not shortened after the time is over', () => {
    const table = openTable({ agents: ['a'], history, settings: { limits: { totalMs: 1000 } } });
    table.pass(900);
    table.reply('a', overflow());
    expect(table.of('conversation-compact')).toEqual([]);
  });
});

describe('a text that is cut', () => {
  it('is left alone when a note would be as long as what it saves', () => {
    expect(cutText('x'.repeat(150), 100)).toBe('x'.repeat(150));
  });

  it('has no half characters', () => {
    for (let cap = 100; cap < 106; cap += 1) expect(cutText('👋'.repeat(400), cap)).not.toMatch(/\p{Surrogate}/u);
  });

  it('is inside arguments that stay JSON, or are none', () => {
    expect(JSON.parse(cutArguments(JSON.stringify({ content: 'y'.repeat(5000), path: 'a' }), 200))).toMatchObject({ path: 'a', content: expect.stringContaining('left out') });
    expect(cutArguments('{"content":"'.padEnd(4000, 'z'), 200)).toBe('{}');
  });
});
