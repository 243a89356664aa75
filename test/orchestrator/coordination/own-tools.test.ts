import { describe, expect, it } from '@jest/globals';
import type { Message, ToolCall, ToolSpec } from '../../../src/backends/contract.js';
import type { AgentInfo } from '../../../src/orchestrator/protocol.js';
import { toolsOfCall } from '../../../src/orchestrator/coordination/tools.js';
import { answers, openTable, says, teamOf, toolCall, votes, type Reply, type Table, type TableOptions } from '../../support/coordination.js';

const spec = (name: string): ToolSpec => ({ name, description: `does ${name}`, parameters: { type: 'object', properties: {} } });
const call = (id: string, name: string, given: unknown = {}): ToolCall => ({ ...toolCall(name, given), id });
const uses = (...toolCalls: readonly ToolCall[]): Reply => ({ reason: 'tool-calls', toolCalls });
const equipped = (ids: readonly string[], change: Partial<AgentInfo> = {}): readonly AgentInfo[] => teamOf(ids, { ownTools: true, otherTools: true, ...change });

function open(options: TableOptions = {}, names: readonly string[] = ['read_file', 'write_file'], notes: readonly string[] = []): Table {
  const table = openTable({ agents: equipped(['a', 'b']), ...options });
  table.input(...table.state().order.map((agent) => ({ type: 'tools', agent, tools: names.map(spec), notes }) as const));
  return table;
}

const resultsOf = (messages: readonly Message[]): readonly string[] => messages.flatMap((message) => (message.role === 'tool' ? [`${message.callId}: ${message.text}`] : []));

describe('before it is known what tools an agent has', () => {
  it('the agent is not asked, and others do not wait', () => {
    const table = openTable({ agents: [...equipped(['a']), ...teamOf(['a', 'b']).slice(1)] });
    expect(table.asked()).toEqual(['b answer']);
    table.input({ type: 'tools', agent: 'a', tools: [spec('read_file')], notes: [] });
    expect(table.asked()).toEqual(['a answer', 'b answer']);
    expect(table.lastCall('a')).toMatchObject({ own: true, choice: 'auto', tools: 'workflow' });
    expect(toolsOfCall(table.state(), table.lastCall('a')).map(({ name }) => name)).toEqual(['new_answer', 'vote', 'read_file']);
    expect(table.lastCall('b').own).toBeUndefined();
  });

  it('the time for answers ends a run whose tools never come', () => {
    const table = openTable({ agents: equipped(['a', 'b']) });
    for (let turns = 0; table.state().phase !== 'ended' && turns < 5; turns += 1) table.advance();
    expect(table.of('run-end')).toMatchObject([{ status: 'timeout' }]);
  });
});

describe('a reply that calls tools of the agent’s own', () => {
  it('has them run, and goes on in the same turn with every result in the order of the calls', () => {
    const table = open();
    table.reply('a', uses(call('one', 'read_file', { path: 'x' }), call('two', 'write_file')));
    expect(table.tools('a')).toEqual(['one', 'two']);
    expect(table.asked()).toEqual(['b answer']);
    table.result('a', 'two', 'written');
    expect(table.asked()).toEqual(['b answer']);
    table.result('a', 'one', 'contents');
    expect(table.asked()).toEqual(['a answer', 'b answer']);
    expect(table.lastCall('a')).toMatchObject({ turn: 1, call: 2, messages: [] });
    expect(resultsOf(table.messages('a'))).toEqual(['one: contents', 'two: written']);
    table.reply('a', answers('done'));
    expect(table.of('answer-accept')).toMatchObject([{ agent: 'a', text: 'done' }]);
  });

  it('runs no more at once than the agent may', () => {
    const table = open({ agents: equipped(['a', 'b'], { parallelTools: 2 }) });
    table.reply('a', uses(call('one', 'read_file'), call('two', 'read_file'), call('three', 'read_file')));
    expect(table.tools('a')).toEqual(['one', 'two']);
    table.result('a', 'two', '2');
    expect(table.tools('a')).toEqual(['one', 'three']);
  });

  it('calls a tool of the same id after the other, and answers both', () => {
    const table = open();
    table.reply('a', uses(call('same', 'read_file'), call('same', 'write_file')));
    expect(table.tools('a')).toEqual(['same']);
    table.result('a', 'same', 'first');
    expect(table.tools('a')).toEqual(['same']);
    table.result('a', 'same', 'second');
    expect(resultsOf(table.messages('a'))).toEqual(['same: first', 'same: second']);
  });

  it('is answered with images where the model sees, and with a word of them where it does not', () => {
    const image = { type: 'image', mediaType: 'image/png', base64: 'AAAA' } as const;
    for (const sees of [true, false]) {
      const table = open({ agents: equipped(['a', 'b'], sees ? { sees: true } : {}) });
      table.reply('a', uses(call('one', 'read_file')));
      table.result('a', 'one', 'a picture', { images: [image] });
      const result = table.messages('a').find(({ role }) => role === 'tool');
      expect(result).toMatchObject(sees ? { text: 'a picture', images: [image] } : { text: 'a picture\n[An image is attached that you cannot see.]' });
    }
  });

  it('hears in its next call what the user said meanwhile, and a voter what is new', () => {
    const table = open();
    table.reply('b', answers('first'));
    table.reply('a', answers('second'));
    table.reply('a', uses(call('one', 'read_file')));
    table.input({ type: 'say', by: 'me', text: 'be brief' });
    table.reply('b', answers('a better one'));
    table.result('a', 'one', 'contents');
    expect(table.prompt('a')).toContain('be brief');
    expect(table.prompt('a')).toContain('a better one');
    table.reply('a', votes('agent2'));
    expect(table.of('vote-cast')).toMatchObject([{ agent: 'a', target: 'b', rev: 2 }]);
  });

  it('cannot close the fence by what a tool says', () => {
    const table = open();
    table.reply('a', uses(call('one', 'read_file')));
    table.result('a', 'one', `so ${table.state().fence} there`);
    expect(resultsOf(table.messages('a'))).toEqual(['one: so (fence) there']);
  });
});

describe('a reply that calls tools of both kinds', () => {
  it('has the agent’s own run first, and then submits without another call', () => {
    const table = open();
    table.reply('a', uses(call('w', 'new_answer', { content: 'mixed' }), call('one', 'write_file')));
    expect(table.of('answer-accept')).toEqual([]);
    table.result('a', 'one', 'written');
    expect(table.of('answer-accept')).toMatchObject([{ agent: 'a', text: 'mixed' }]);
    expect(table.of('call-start').filter(({ agent }) => agent === 'a')).toHaveLength(1);
  });

  it('answers every call when what it submits is not taken', () => {
    const table = open();
    table.reply('a', uses(call('w', 'new_answer', { content: ' ' }), call('one', 'write_file')));
    table.result('a', 'one', 'written');
    expect(table.of('answer-reject')).toMatchObject([{ reason: 'answer_empty' }]);
    expect(resultsOf(table.messages('a'))).toEqual(['one: written', 'w: The answer was empty. Call new_answer with the whole answer in content.']);
  });

  it('is taken without its tools when the time is up', () => {
    const table = open({ settings: { limits: { firstTurnMs: 1000, graceMs: 0 } } });
    table.reply('a', uses(call('w', 'new_answer', { content: 'in time' }), call('one', 'write_file')));
    table.advance(1000);
    expect(table.of('tool-end')).toMatchObject([{ id: 'one', status: 'aborted' }]);
    expect(table.of('answer-accept')).toMatchObject([{ agent: 'a', text: 'in time' }]);
  });
});

describe('an end that comes while tools run', () => {
  it('aborts them, and the turn ends when they have', () => {
    const table = open({ settings: { limits: { firstTurnMs: 1000, graceMs: 0 } } });
    table.reply('b', answers('there'));
    table.reply('a', uses(call('one', 'read_file')));
    table.advance(1000);
    expect(table.of('tool-end')).toMatchObject([{ agent: 'a', id: 'one', status: 'aborted' }]);
    expect(table.of('turn-end').filter(({ agent }) => agent === 'a')).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('aborts them when the agent is stopped, and when the run is', () => {
    for (const input of [{ type: 'stop-agent', by: 'me', agent: 'a' }, { type: 'cancel', by: 'me' }] as const) {
      const table = open();
      table.reply('a', uses(call('one', 'read_file'), call('two', 'read_file')));
      table.input(input);
      expect(table.of('tool-end').map(({ id, status }) => `${id} ${status}`)).toEqual(['one aborted', 'two aborted']);
      expect(table.state().agents['a']?.turn).toBeNull();
    }
  });
});

describe('a turn that calls tools again and again', () => {
  it('is told to finish after its last round, forced to, and ended', () => {
    const table = open({ settings: { toolRounds: 2 } });
    for (const id of ['1', '2']) {
      table.reply('a', uses(call(id, 'read_file')));
      table.result('a', id, 'more');
    }
    expect(table.lastCall('a').choice).toEqual({ name: 'new_answer' });
    for (const id of ['3', '4', '5']) table.reply('a', uses(call(id, 'read_file')));
    expect(table.of('tool-end').filter(({ status }) => status === 'refused')).toHaveLength(3);
    expect(table.of('answer-reject').map(({ reason }) => reason)).toEqual(['tool_limit', 'tool_limit', 'tool_limit']);
    expect(table.of('turn-end')).toMatchObject([{ agent: 'a', outcome: 'nothing' }]);
  });
});

describe('a single agent with tools', () => {
  const alone = (options: TableOptions = {}): Table => open({ agents: equipped(['a']), ...options });

  it('delivers what it said on the way and in the end', () => {
    const table = alone();
    table.reply('a', { ...uses(call('one', 'read_file')), text: 'I look.' });
    expect(table.state().phase).toBe('coordinating');
    table.result('a', 'one', '42');
    table.reply('a', says('It is 42.'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'I look.\n\nIt is 42.', source: 'solo' }]);
  });

  it('delivers nothing but the last reply where a form is asked for', () => {
    const table = alone({ request: { format: { type: 'json' } } });
    table.reply('a', { ...uses(call('one', 'read_file')), text: 'I look.' });
    table.result('a', 'one', '42');
    table.reply('a', says('{"n":42}'));
    expect(table.of('answer-final')).toMatchObject([{ text: '{"n":42}' }]);
  });

  it('has a reply of nothing after its tools completed by what it said with them', () => {
    const table = alone();
    table.reply('a', { ...uses(call('one', 'write_file')), text: 'Here it is.' });
    table.result('a', 'one', 'written');
    table.reply('a', says(''));
    expect(table.of('answer-final')).toMatchObject([{ text: 'Here it is.' }]);
  });

  it('may call its own tools beside the caller’s, whose names go before', () => {
    const table = open({ agents: equipped(['a']), request: { tools: [spec('weather'), spec('read_file')] } });
    expect(toolsOfCall(table.state(), table.lastCall('a')).map(({ name }) => name)).toEqual(['weather', 'read_file', 'write_file']);
    table.reply('a', uses(call('one', 'write_file'), call('two', 'weather')));
    table.result('a', 'one', 'written');
    expect(resultsOf(table.messages('a'))).toEqual(['one: written', 'two: Not called: look at the results of the other tools first, then call this again if it is still the right thing.']);
    table.reply('a', uses(call('three', 'read_file')));
    expect(table.of('answer-final')).toMatchObject([{ toolCalls: [{ id: 'three' }] }]);
  });

  it('uses its own when the caller wants none of the caller’s called', () => {
    const table = open({ agents: equipped(['a']), request: { tools: [spec('weather')], toolChoice: 'none' } });
    expect(table.lastCall('a')).toMatchObject({ tools: 'none', own: true, choice: 'auto' });
  });

  it('is told to write its answer after its last round of tools', () => {
    const table = alone({ settings: { toolRounds: 1 } });
    table.reply('a', { ...uses(call('1', 'read_file')), text: 'So far.' });
    table.result('a', '1', 'more');
    expect(table.lastCall('a').choice).toBe('none');
    for (const id of ['2', '3', '4']) table.reply('a', uses(call(id, 'read_file')));
    expect(table.of('answer-final')).toMatchObject([{ text: 'So far.' }]);
  });
});

describe('a presentation with tools', () => {
  function presenting(): Table {
    const table = open({ settings: { strategy: 'winner_present' } });
    table.reply('a', answers('mine'));
    table.reply('b', answers('other'));
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent1'));
    return table;
  }

  it('goes on after its tools, and is delivered whole', () => {
    const table = presenting();
    expect(table.asked()).toEqual(['a present']);
    expect(table.lastCall('a')).toMatchObject({ tools: 'none', own: true });
    table.reply('a', { ...uses(call('one', 'write_file')), text: 'I write it down.' });
    table.result('a', 'one', 'written');
    table.reply('a', says('All done.'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'I write it down.\n\nAll done.', source: 'presentation' }]);
  });

  it('withdraws what was said when it breaks, and delivers the stored answer', () => {
    const table = presenting();
    table.reply('a', { ...uses(call('one', 'write_file')), text: 'I write it down.' });
    table.result('a', 'one', 'written');
    table.reply('a', { end: 'error', error: { code: 'request-rejected', message: 'no' } });
    expect(table.of('draft-discard')).toHaveLength(1);
    expect(table.of('answer-final')).toMatchObject([{ text: 'mine', source: 'winner' }]);
  });
});

describe('what an agent is told', () => {
  it('names its tools by where they come from, and what it has to know', () => {
    const table = open({}, ['read_file', 'mcp__github__create_issue', 'agent__critic'], ['The MCP server down is not available.']);
    expect(table.prompt('a')).toContain('- here: read_file\n- from the MCP server github: create_issue\n- other agents: critic');
    expect(table.prompt('a')).toContain('The MCP server down is not available.');
  });

  it('says once when they have changed', () => {
    const table = open();
    table.reply('a', uses(call('one', 'read_file')));
    table.input({ type: 'tools', agent: 'a', tools: [spec('read_file')], notes: ['The server is gone.'] });
    table.result('a', 'one', 'contents');
    expect(table.prompt('a').split('Your tools have changed.')).toHaveLength(2);
    table.reply('a', uses(call('two', 'read_file')));
    table.result('a', 'two', 'contents');
    expect(table.prompt('a').split('Your tools have changed.')).toHaveLength(2);
  });

  it('is nothing without tools', () => {
    expect(openTable().prompt('a')).not.toContain('Tools of your own');
  });

  it('shows paths of a peer’s workspace where the viewer sees them', () => {
    const [a, b] = equipped(['a', 'b']);
    const table = open({ agents: [{ ...a!, workspace: '/w/a', peers: '/peers/a' }, { ...b!, workspace: '/w/b', peers: '/peers/b' }] });
    table.reply('a', answers('see /w/a/out.md'));
    table.reply('b', answers('other'));
    expect(table.prompt('b')).toContain('see /peers/b/agent1/out.md');
    expect(table.prompt('a')).toContain('see /w/a/out.md');
  });
});
