import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findSession } from '../../../../src/orchestrator/session/read/find-session.js';
import { listSessions } from '../../../../src/orchestrator/session/read/list-sessions.js';
import { readSession } from '../../../../src/orchestrator/session/read/read-session.js';
import { collect, removeFolders, temporaryFolder } from './sessions.js';

afterEach(removeFolders);

const FIXTURES = fileURLToPath(new URL('../../../fixtures/sessions/read/python', import.meta.url));
const WHOLE = 'log_20260130_101500_123456';

/** A copy of the fixtures that may be changed. */
function copied(): string {
  const root = temporaryFolder();
  cpSync(FIXTURES, root, { recursive: true });
  return root;
}

const reportOf = async (root: string, wanted: string) => (await readSession(await findSession(root, wanted))).turns[0]!;

describe('sessions that MassGen in Python wrote', () => {
  it('are listed with what they came to', async () => {
    const sessions = await collect(listSessions(FIXTURES));
    expect(sessions.map(({ id, status, winner, agents, duration_seconds: seconds, cost }) => [id, status, winner, agents.length, seconds, cost])).toEqual([
      ['log_20260417_080000_000002', 'timeout', null, 1, 1800, null],
      ['log_20260131_090000_000001', 'failed', null, 2, 3.2, 0],
      [WHOLE, 'completed', 'agent_b', 2, 45.3, 0.012],
      ['log_20251001_120000', 'unknown', null, 0, null, null],
    ]);
  });

  it('are searched in questions and answers', async () => {
    const found = async (search: string) => (await collect(listSessions(FIXTURES, { search }))).map(({ id }) => id);
    expect([await found('OLD question'), await found('a litre of oil 0.92'), await found('nothing')]).toEqual([['log_20251001_120000'], [WHOLE], []]);
  });

  it('tell answers, votes, agents and what happened, of the attempt that counted', async () => {
    const report = await reportOf(FIXTURES, WHOLE);
    expect(report).toMatchObject({ source: 'files', written_by: 'MassGen 0.1.44.1 (Python)', attempts: 2, missing: [], problems: [], error: null });
    expect(report.final_answer).toEqual({ agent: 'agent_b', label: 'final', source: null, marks: [], text: 'Water: a litre of it weighs 1.00 kg, a litre of oil 0.92 kg.' });
    expect(report.answers.map(({ label, agent, text, current }) => [label, agent, text, current])).toEqual([
      ['agent1.1', 'agent_a', 'Water is heavier.', true],
      ['agent2.1', 'agent_b', 'Water: 1.00 kg, oil: 0.92 kg.', true],
    ]);
    expect(report.votes.map(({ voter, target, standing, seconds }) => [voter, target, standing, seconds])).toEqual([
      ['agent_b', 'agent_a', 'superseded', 15],
      ['agent_a', 'agent_b', 'counted', 26],
      ['agent_b', 'agent_b', 'counted', 31.5],
    ]);
    expect(report.vote_results).toEqual({ winner: 'agent_b', counts: { agent_b: 2 }, total: 2, basis: null, unanimous: true, tie: false });
    expect(report.per_agent[0]).toMatchObject({ agent: 'agent_a', backend: 'openai', model: 'gpt-5-mini', state: 'voted', answers: 1, votes: 1, rounds: 2, calls: 2, input_tokens: 3300, cost: 0.005 });
    expect(report.tools).toEqual([{ tool: 'mcp__command_line__execute', kind: 'other', agents: [], calls: 2, failures: 1, total_seconds: 6.1 }]);
    expect(report.timeline[0]).toEqual({ seconds: 0, agent: null, event: 'session_start', text: "Started with agents: ['agent_a', 'agent_b']" });
    expect(report.timeline.map(({ event }) => event)).not.toContain('status_change');
    expect(report.call_times).toMatchObject({ calls: 4, total_seconds: 33.75, by_backend: { openai: { calls: 4 } } });
    expect(report.outcomes).toEqual({ answer: 2, vote: 2 });
  });

  it('that failed are not called completed, whatever they say themselves', async () => {
    const report = await reportOf(FIXTURES, '090000');
    expect(report).toMatchObject({ status: 'failed', winner: null, final_answer: null, error: 'agent_a: 401 invalid api key; agent_b: no reply in 120 s' });
    expect(report.errors.map(({ agent, code, seconds }) => [agent, code, seconds])).toEqual([['agent_a', 'error', 2], ['agent_b', 'timeout', 3]]);
    expect(report.missing).toEqual(['metrics_summary.json', 'execution_metadata.yaml', 'coordination_events.json', 'snapshot_mappings.json', 'metrics_events.json', 'final']);
  });

  it('from before there were turns, and killed, are read as far as they go', async () => {
    expect(await reportOf(FIXTURES, '20251001')).toMatchObject({ turn: 1, status: 'unknown', question: 'An old question: flat', problems: [{ line: null, message: 'coordination_events.json is not whole JSON' }] });
  });

  it('with events of their own format are read from the other files', async () => {
    expect(await reportOf(FIXTURES, '080000')).toMatchObject({ source: 'files', status: 'timeout', error: 'Orchestrator timeout after 1800s', question: 'A slow question' });
  });

  it('may lack any of their files', async () => {
    for (const name of readdirSync(path.join(FIXTURES, WHOLE, 'turn_1/attempt_2'))) {
      const root = copied();
      rmSync(path.join(root, WHOLE, 'turn_1/attempt_2', name), { recursive: true });
      const report = await reportOf(root, WHOLE);
      expect([name, report.question, report.problems]).toEqual([name, 'Which is heavier, a litre of water or a litre of oil?', []]);
      if (/\.(json|yaml)$/.test(name)) expect(report.missing).toContain(name);
    }
  });

  it.each(['', '[]', '"text"', '{"meta":[],"agents":{"a":3},"results":7,"events":{},"tools":{"by_tool":[1]}}', '{"a":NaN', '\u0000\u0001'])('may hold %j in any of their files', async (content) => {
    for (const name of ['status.json', 'metrics_summary.json', 'coordination_events.json', 'snapshot_mappings.json', 'metrics_events.json', 'execution_metadata.yaml']) {
      const root = copied();
      writeFileSync(path.join(root, WHOLE, 'turn_1/attempt_2', name), content);
      expect((await collect(listSessions(root))).length).toBe(4);
      expect((await reportOf(root, WHOLE)).final_answer?.agent).toBe('agent_b');
    }
  });

  it('cannot make anybody read files outside of them', async () => {
    const root = copied();
    const attempt = path.join(root, WHOLE, 'turn_1/attempt_2');
    writeFileSync(path.join(root, 'secret.txt'), 'secret');
    mkdirSync(path.join(attempt, 'linked'));
    symlinkSync(path.join(root, 'secret.txt'), path.join(attempt, 'linked/answer.txt'));
    writeFileSync(path.join(attempt, 'snapshot_mappings.json'), JSON.stringify({ 'agent1.1': { path: '../../../secret.txt' }, 'agent2.1': { path: 'linked/answer.txt' } }));
    expect((await reportOf(root, WHOLE)).answers.map(({ text }) => text)).toEqual(['', '']);
  });
});
