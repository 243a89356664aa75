import { describe, expect, it } from '@jest/globals';
import { wishesOf } from '../../../src/orchestrator/coordination/caller.js';
import { agentOf } from '../../../src/orchestrator/coordination/state.js';
import type { RunRequest } from '../../../src/orchestrator/protocol.js';
import { answers, calls, openTable, says, teamOf, toolCall, votes, type Table } from '../../support/coordination.js';

const TOOLS: RunRequest = { tools: [{ name: 'look_up', description: 'Looks it up.', parameters: { type: 'object' } }] };
const JSON_ANSWER: RunRequest = { format: { type: 'json' } };

/** Both answer, both vote for the first. */
function agree(table: Table): Table {
  table.reply('a', answers('First answer.'));
  table.reply('b', answers('Second answer.'));
  table.reply('a', votes('agent1'));
  table.reply('b', votes('agent1'));
  return table;
}

describe('the wishes of whoever asks', () => {
  it('shape the reply that is delivered and no other', () => {
    const table = openTable({ request: { sampling: { temperature: 0.1, max_tokens: 9 } } });
    expect(wishesOf(table.state(), 'answer')).toEqual({});
    expect(wishesOf(table.state(), 'vote')).toEqual({});
    expect(wishesOf(table.state(), 'present')).toEqual({ sampling: { temperature: 0.1, max_tokens: 9 } });
    expect(wishesOf(table.state(), 'solo')).toEqual({ sampling: { temperature: 0.1, max_tokens: 9 } });
  });

  it.each<[string, RunRequest]>([
    ['tools', TOOLS],
    ['a format', JSON_ANSWER],
    ['a stop text', { sampling: { stop: ['END'] } }],
    ['a token limit that the answer may exceed', { sampling: { max_tokens: 12 } }],
  ])('have the winner present when they are %s', (_name, request) => {
    expect(agree(openTable({ request })).asked()).toEqual(['a present']);
    expect(agree(openTable({ request, settings: { strategy: 'winner_reuse', skipPresentation: true } })).asked()).toEqual(['a present']);
  });

  it.each([
    ['a temperature', { temperature: 0 }],
    ['a token limit that a text of so many bytes cannot exceed', { max_tokens: 13 }],
  ])('leave a unanimous answer as it is when they are %s', (_name, sampling) => {
    expect(agree(openTable({ request: { sampling } })).of('answer-final')).toMatchObject([{ text: 'First answer.', source: 'winner' }]);
  });

  it('reach every agent as instructions, after its own', () => {
    const table = openTable({ agents: teamOf(['a', 'b'], { systemMessage: 'Be brief.' }), request: { instructions: 'Answer in French.' } });
    expect(table.messages('b')[0]).toMatchObject({ role: 'system', text: expect.stringMatching(/Be brief\.\n\nAnswer in French\.$/) });
    expect(openTable({ agents: ['only'], request: { instructions: 'Answer in French.' } }).messages('only')[0]).toEqual({ role: 'system', text: 'Answer in French.' });
  });
});

describe("the caller's tools", () => {
  it('are told to agents that deliberate and given to the presenter alone', () => {
    const table = openTable({ request: { ...TOOLS, toolChoice: 'required' } });
    expect(table.prompt('a')).toContain('- look_up: Looks it up.');
    expect(table.lastCall('a')).toMatchObject({ tools: 'workflow', choice: { name: 'new_answer' } });
    agree(table);
    expect(table.lastCall('a')).toMatchObject({ tools: 'caller', choice: 'required' });
  });

  it('end the run when the presenter calls one', () => {
    const table = agree(openTable({ request: TOOLS }));
    table.reply('a', calls(['look_up', { word: 'water' }]));
    expect(table.of('answer-final')).toMatchObject([{ text: '', source: 'presentation', toolCalls: [{ name: 'look_up', argumentsText: '{"word":"water"}' }] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('end the run when a single agent calls one, with the text it said', () => {
    const table = openTable({ agents: ['only'], request: TOOLS });
    table.reply('only', { text: 'Let me see.', reason: 'tool-calls', toolCalls: [toolCall('look_up', {})] });
    expect(table.of('answer-final')).toMatchObject([{ text: 'Let me see.', source: 'solo', toolCalls: [{ name: 'look_up' }] }]);
  });

  it('are all there are: a call of another is asked for again', () => {
    const table = openTable({ agents: ['only'], request: TOOLS });
    table.reply('only', calls(['delete_all', {}]));
    expect(table.of('answer-reject')).toMatchObject([{ reason: 'no_workflow_tool', message: 'There is no tool delete_all. Answer the message.' }]);
    expect(table.messages('only').at(-1)).toMatchObject({ role: 'tool', name: 'delete_all' });
    table.reply('only', says('Done.'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'Done.' }]);
  });

  it('may have been called earlier: the calls and results follow the question', () => {
    const call = { id: 'c1', name: 'look_up', argumentsText: '{}' };
    const trail = [{ role: 'assistant' as const, text: '', toolCalls: [call] }, { role: 'tool' as const, text: 'wet', callId: 'c1', name: 'look_up' }];
    expect(openTable({ agents: ['only'], request: { ...TOOLS, trail } }).messages('only')).toEqual([
      { role: 'user', content: 'How many?' },
      { role: 'assistant', text: '', toolCalls: [call], items: [] },
      { role: 'tool', callId: 'c1', name: 'look_up', text: 'wet' },
    ]);
    expect(openTable({ request: { ...TOOLS, trail } }).prompt('a')).toContain('<SINCE THEN>\nAssistant called look_up with {}\nTool look_up: wet\n<END OF SINCE THEN>');
  });
});

describe('a form that is asked for', () => {
  it('is asked for once more when a single agent misses it', () => {
    const table = openTable({ agents: ['only'], request: JSON_ANSWER });
    table.reply('only', { ...says('no'), violation: 'it is no JSON' });
    expect(table.of('answer-reject')).toMatchObject([{ reason: 'format_unmet' }]);
    expect(table.prompt('only')).toContain('it is no JSON');
    table.reply('only', says('{}'));
    expect(table.of('answer-final')).toMatchObject([{ text: '{}', source: 'solo' }]);
  });

  it('fails the run when it is missed twice', () => {
    const table = openTable({ agents: ['only'], request: JSON_ANSWER });
    for (const text of ['no', 'still no']) table.reply('only', { ...says(text), violation: 'it is no JSON' });
    expect(table.of('run-end')).toMatchObject([{ status: 'failed', error: { code: 'format-unmet', message: 'the reply was not in the form that was asked for, twice: it is no JSON' } }]);
  });

  it('is asked for once more of a presenter, and no stored answer stands in for it', () => {
    const table = agree(openTable({ request: JSON_ANSWER }));
    table.reply('a', { ...says('no'), violation: 'it is no JSON' });
    expect(table.asked()).toEqual(['a present']);
    expect(table.of('draft-discard')).toHaveLength(1);
    table.reply('a', { ...says('no!'), violation: 'it is no JSON' });
    expect(table.of('answer-final')).toEqual([]);
    expect(table.of('run-end')).toMatchObject([{ status: 'failed', error: { code: 'format-unmet' } }]);
  });

  it('is met by the repaired presentation', () => {
    const table = agree(openTable({ request: JSON_ANSWER }));
    table.reply('a', { ...says('no'), violation: 'it is no JSON' });
    table.reply('a', says('{"ok":true}'));
    expect(table.of('answer-final')).toMatchObject([{ text: '{"ok":true}', source: 'presentation' }]);
  });
});

describe('a token limit', () => {
  it('cuts the delivered reply, and that is said', () => {
    const solo = openTable({ agents: ['only'], request: { sampling: { max_tokens: 3 } } });
    solo.reply('only', { text: 'One two', reason: 'length' });
    expect(solo.of('answer-final')).toMatchObject([{ text: 'One two', marks: ['truncated'] }]);
    const team = agree(openTable({ request: { sampling: { max_tokens: 3 } } }));
    team.reply('a', { text: 'One two', reason: 'length' });
    expect(team.of('answer-final')).toMatchObject([{ text: 'One two', source: 'presentation', marks: ['truncated'] }]);
  });

  it('may leave nothing of it', () => {
    const table = openTable({ agents: ['only'], request: { sampling: { max_tokens: 1 } } });
    table.reply('only', { text: '', reason: 'length' });
    expect(table.of('answer-final')).toMatchObject([{ text: '', marks: ['truncated'] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });
});

describe('an image', () => {
  const request: RunRequest = { images: [{ type: 'image', mediaType: 'image/png', base64: 'AAAA' }] };

  it('goes to agents that see', () => {
    expect(openTable({ agents: teamOf(['only'], { sees: true }), request }).messages('only')).toEqual([{ role: 'user', content: [{ type: 'text', text: 'How many?' }, { type: 'image', mediaType: 'image/png', base64: 'AAAA' }] }]);
  });

  it('is mentioned to those that do not', () => {
    const table = openTable({ agents: ['only'], request });
    expect(agentOf(table.state(), 'only').info.sees).toBeUndefined();
    expect(table.messages('only')).toEqual([{ role: 'user', content: 'How many?\n[An image is attached that you cannot see.]' }]);
  });
});
