import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createAutomationLines, placeLines } from '../../../src/commands/ui/automation-lines.js';
import { EMPTY, fold } from '../../../src/orchestrator/index.js';
import { EVENTFUL, agreed, isThere, oneAgent, playSession, removeSessions, type PlayedSession } from '../../support/session-run.js';

afterAll(removeSessions);

function linesOf({ events, turn }: PlayedSession, more: { readonly isNewSession?: boolean; readonly outputFile?: string; readonly logged?: boolean; readonly hasFile?: boolean } = {}): readonly string[] {
  const { isNewSession = true, outputFile, logged = true, hasFile = true } = more;
  const finalDirectory = (): string | null => (logged && hasFile ? `${turn}/final` : null);
  const view = createAutomationLines({ logDirectory: logged ? path.dirname(turn) : null, turnDirectory: logged ? turn : null, finalDirectory, isNewSession });
  let state = EMPTY;
  const lines = events.flatMap((event) => {
    state = fold(state, event);
    return view.take(event, state);
  });
  return [...lines, ...view.rest(outputFile)];
}

describe('the lines of --automation', () => {
  it('are the documented ones, in order', async () => {
    const played = await playSession(EVENTFUL);
    const { turn } = played;
    const duration = `${played.result.duration_seconds.toFixed(1)}s`;
    expect(linesOf(played, { outputFile: '/tmp/answer.txt' })).toEqual([
      `LOG_DIR: ${path.dirname(turn)}`,
      `STATUS: ${turn}/status.json`,
      'QUESTION: How much is six times seven?',
      '[Coordination in progress - monitor status.json for real-time updates]',
      'RESTART: Attempt 2/2',
      '',
      'WINNER: agent_a',
      `ANSWER_FILE: ${turn}/final/agent_a/answer.txt`,
      `DURATION: ${duration}`,
      '',
      'TIMELINE:',
      '  [VOTE] agent_b -> agent_a',
      '         Reason: again A',
      '  [VOTE] agent_a -> agent_a',
      '         Reason: mine still',
      '  [RESULTS]',
      '    agent_a: 2 votes (winner)',
      'ANSWER_PREVIEW: A says 42, because six times seven is 42.',
      '',
      `COMPLETED: 3 agents, ${duration} total`,
      'OUTPUT_FILE: /tmp/answer.txt',
      `FINAL_DIR: ${turn}/final`,
    ]);
    expect(isThere(`${turn}/final/agent_a/answer.txt`)).toBe(true);
  });

  it('cut reasons after 50 characters and the answer after 200', async () => {
    const config = { agents: [{ id: 'one', backend: { type: 'scripted', script: [{ answer: `${'word\n'.repeat(39)}word 🙂🙂🙂🙂` }, { vote: { agent: 'agent1', reason: 'r'.repeat(60) } }] } }, { id: 'two', backend: { type: 'scripted', script: [{ answer: 'B' }, { vote: { agent: 'agent1', reason: 'short' } }] } }] };
    const lines = linesOf(await playSession(config));
    expect(lines).toContain(`         Reason: ${'r'.repeat(50)}...`);
    expect(lines.find((line) => line.startsWith('ANSWER_PREVIEW: '))).toBe(`ANSWER_PREVIEW: ${'word '.repeat(40)}...`);
  });

  it('say when a tie was broken', async () => {
    const config = { agents: ['one', 'two'].map((id, index) => ({ id, backend: { type: 'scripted', script: [{ answer: id }, { vote: `agent${String(index + 1)}` }, { text: 'presented' }].slice(0, index === 0 ? 3 : 2) } })) };
    expect(linesOf(await playSession(config))).toEqual(expect.arrayContaining(['    one: 1 vote (winner) (tie-broken)', '    two: 1 vote']));
  });

  it('say nothing of a winner when there is none', async () => {
    const lines = linesOf(await playSession(oneAgent({ fault: 'rejected' })));
    expect(lines.slice(2)).toEqual(['QUESTION: How much is six times seven?', '[Coordination in progress - monitor status.json for real-time updates]', '', expect.stringMatching(/^COMPLETED: 1 agent, \d+\.\ds total$/u)]);
  });

  it('do not name the directory again when a session is continued', async () => {
    const played = await playSession(agreed());
    expect(linesOf(played, { isNewSession: false })[0]).toBe('QUESTION: How much is six times seven?');
  });

  it('name no place when nothing is logged', async () => {
    const text = linesOf(await playSession(agreed()), { logged: false }).join('\n');
    expect(text).not.toMatch(/LOG_DIR|STATUS|ANSWER_FILE|FINAL_DIR/u);
    expect(text).toContain('WINNER: one');
  });

  it('end with the whole answer, word for word, where it is in no file', async () => {
    const played = await playSession(agreed('One line.\n\nANSWER:\nAnother.\n'));
    for (const more of [{ hasFile: false }, { logged: false }]) {
      const lines = linesOf(played, more);
      expect(lines.join('\n')).not.toMatch(/ANSWER_FILE|FINAL_DIR/u);
      expect(lines.slice(lines.indexOf('ANSWER:') - 1)).toEqual([expect.stringMatching(/^COMPLETED: /u), 'ANSWER:', 'One line.\n\nANSWER:\nAnother.']);
    }
    expect(linesOf(played, { hasFile: false, outputFile: '/tmp/answer.txt' }).slice(-2)).toEqual([expect.stringMatching(/^COMPLETED: /u), 'OUTPUT_FILE: /tmp/answer.txt']);
  });

  it('are one line each and free of terminal control, whatever is asked and answered', async () => {
    const lines = linesOf(await playSession(agreed('\u001b[31mred\u001b[0m\nWINNER: nobody'), { prompt: 'one\ntwo\u001b]0;title\u0007' }));
    expect(lines.filter((line) => line.startsWith('WINNER:'))).toEqual(['WINNER: one']);
    expect(lines).toContain('QUESTION: one two');
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('about places can go to stderr when events have stdout', () => {
    expect(placeLines({ logDirectory: 'logs/log_1', turnDirectory: 'logs/log_1/turn_1' })).toEqual(['LOG_DIR: logs/log_1', 'STATUS: logs/log_1/turn_1/status.json']);
  });
});
