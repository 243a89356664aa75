import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { RunEvent } from '../../../src/index.js';
import { readHeaderLine } from '../../../src/orchestrator/session/log-header.js';
import { createTurnProjection } from '../../../src/orchestrator/session/projections/project-turn.js';
import { EVENTFUL, agreed, filesBelow, isThere, oneAgent, playSession, readCoordination, readMetrics, readStatus, readText, removeSessions, type StatusFile } from '../../support/session-run.js';
import { until } from '../../support/until.js';

afterAll(removeSessions);

const ENDING = ['coordination_events.json', 'coordination_table.txt', 'execution_metadata.yaml', 'massgen.log', 'metrics_events.json', 'metrics_summary.json'];

/** status.json as it would read after each event. */
function statuses(events: readonly RunEvent[]): readonly { readonly event: RunEvent; readonly status: StatusFile }[] {
  const projection = createTurnProjection(readHeaderLine('{}', { session: 'log_x', directory: '/logs/log_x/turn_1' }));
  return events.map((event) => {
    projection.take(event);
    return { event, status: JSON.parse(projection.status().text) as StatusFile };
  });
}

describe('status.json of a run that is going', () => {
  it('is there with the first event, and whole whenever somebody reads it', async () => {
    let reads = 0;
    const { turn } = await playSession(EVENTFUL, {
      see: (_event, directory) => {
        const status = readStatus(directory);
        reads += 1;
        expect(status.is_complete).toBe(status.finish_reason === 'completed');
      },
    });
    expect(reads).toBeGreaterThan(30);
    expect(filesBelow(turn).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('names a winner only when the whole final answer is on the disk', async () => {
    const answer = 'word '.repeat(100_000);
    let going = true;
    let seen = 0;
    let place = '';
    const watch = async (): Promise<void> => {
      while (going) {
        await sleep(1);
        if (place === '' || !isThere(place, 'status.json')) continue;
        const status = readStatus(place);
        seen += 1;
        if (status.results.winner !== null || status.is_complete) expect(readText(place, 'final', 'one', 'answer.txt')).toBe(answer);
      }
    };
    const watching = watch();
    await playSession(agreed(answer), {
      see: async (_event, directory) => {
        place = directory;
        await sleep(1);
      },
    });
    going = false;
    await watching;
    expect(seen).toBeGreaterThan(5);
  });

  it('follows answers and votes, counts no vote that an answer overtook, and is complete only at the end', async () => {
    const { events } = await playSession(EVENTFUL);
    const seen = statuses(events);
    const after = (type: RunEvent['type'], place = 0) => seen.filter(({ event }) => event.type === type)[place]!.status;
    expect(after('answer-accept').agents['agent_b']).toMatchObject({ status: 'answered', answer_count: 1, latest_answer_label: 'answer2.1', vote_cast: null });
    expect(after('vote-cast').results.votes).toEqual({ 'answer1.1': 1 });
    expect(after('vote-cast').agents['agent_b']?.['vote_cast']).toEqual({ voted_for_agent: 'agent_a', voted_for_label: 'answer1.1', reason_preview: 'A is right about it' });
    expect(after('answer-accept', 2).results.votes).toEqual({});
    expect(after('answer-accept', 2).agents['agent_b']).toMatchObject({ status: 'restarting', vote_cast: null });
    expect(after('winner-select').results).toMatchObject({ votes: { 'answer1.2': 2 }, winner: null });
    expect(after('answer-final').results).toMatchObject({ winner: 'agent_a', final_answer_preview: 'A says 42, because six times seven is 42.' });
    expect(after('agent-fail').agents['agent_c']).toMatchObject({ status: 'error', error: { type: 'error', message: expect.stringContaining('refused') } });
    const complete = seen.filter(({ status }) => status.is_complete || status.coordination.completion_percentage === 100);
    expect(complete.map(({ event }) => event.type)).toEqual(['run-end']);
  });

  it('goes through the phases in order', async () => {
    const { events } = await playSession(agreed());
    const phases = statuses(events).slice(1).map(({ status }) => status.coordination.phase);
    expect([...new Set(phases)]).toEqual(['initial_answer', 'enforcement', 'presentation']);
  });

  it('has the documented fields', async () => {
    const { turn } = await playSession(EVENTFUL);
    const status = readStatus(turn);
    expect(Object.keys(status)).toEqual(['finish_reason', 'finish_reason_details', 'is_complete', 'meta', 'costs', 'tools', 'rounds', 'coordination', 'agents', 'historical_workspaces', 'results']);
    expect(status.meta).toMatchObject({ session_id: path.basename(path.dirname(turn)), log_dir: turn, question: 'How much is six times seven?', orchestrator_paths: { snapshot_storage: null, temp_workspace_parent: null } });
    expect(Object.keys(status.agents)).toEqual(['agent_b', 'agent_a', 'agent_c']);
    expect(Object.keys(status.agents['agent_a'] ?? {})).toEqual(expect.arrayContaining(['status', 'answer_count', 'latest_answer_label', 'vote_cast', 'times_restarted', 'last_activity', 'error', 'workspace_paths', 'token_usage', 'tool_metrics', 'round_history', 'round_timing', 'reliability']));
    expect(status.agents['agent_a']?.['reliability']).toMatchObject({ enforcement_attempts: [{ round: 0, attempt: 1, reason: 'no_tool_calls', buffer_preview: 'I forgot the tool' }], by_round: { 0: { count: 1, reasons: ['no_tool_calls'] } }, outcome: 'ok' });
    expect(status.agents['agent_b']?.['reliability']).toBeNull();
    expect(Object.keys(status.agents['agent_a']?.round_history[0] ?? {})).toEqual(expect.arrayContaining(['round_number', 'agent_id', 'round_type', 'outcome', 'input_tokens', 'context_window_size', 'token_source', 'duration_ms', 'avg_ttft_ms']));
  });

  it('is renewed about every two seconds though nothing happens, and the growing files grow', async () => {
    const enough = new AbortController();
    const { turn } = await playSession(oneAgent({ delay: 50, text: 'Late.' }), {
      signal: enough.signal,
      see: async (event, turn) => {
        if (event.type !== 'call-start') return;
        const first = readStatus(turn);
        await until(() => readStatus(turn).meta.last_updated - first.meta.last_updated > 1.5);
        expect(readStatus(turn).meta.elapsed_seconds).toBeGreaterThan(1.5);
        expect(readText(turn, 'massgen.log')).toContain('[QUESTION]');
        expect(readText(turn, 'agent_outputs/solo.txt')).toContain('turn 1');
        enough.abort();
      },
    });
    expect(readText(turn, 'massgen.log').split('[QUESTION]')).toHaveLength(2);
  });
});

describe('status.json of a run that did not complete', () => {
  it.each([
    ['failed', { agents: ['one', 'two'].map((id) => ({ id, backend: { type: 'scripted', script: [{ fault: 'rejected' }] } })) }, {}, 'error', /no agent answered \(one: .*refused/u],
    ['ran out of time', oneAgent({ fault: 'silence' }), { timeoutSeconds: 0.4 }, 'timeout', /no agent answered within .*--timeout/u],
    ['was cancelled', oneAgent({ fault: 'silence' }), { signal: AbortSignal.timeout(150) }, 'cancelled', /interrupted/u],
  ] as const)('because it %s says so and why, and every other file is there', async (_how, config, options, reason, details) => {
    const { turn } = await playSession(config, options);
    const status = readStatus(turn);
    expect(status).toMatchObject({ finish_reason: reason, finish_reason_details: expect.stringMatching(details), is_complete: true, results: { winner: null } });
    for (const agent of Object.values(status.agents)) expect(agent['status']).toBe(reason);
    expect(filesBelow(turn)).toEqual(expect.arrayContaining(ENDING));
    expect(isThere(turn, 'final')).toBe(false);
    expect(readMetrics(turn).meta['winner']).toBeNull();
    expect(readCoordination(turn).events.at(-1)?.event_type).toBe('session_end');
  });

  it('but kept an answer names its winner and what is wrong with it', async () => {
    const config = { agents: [{ id: 'one', backend: { type: 'scripted', script: [{ answer: 'The first.' }, { fault: 'silence' }] } }, { id: 'two', backend: { type: 'scripted', script: [{ fault: 'silence' }] } }] };
    const { turn, result } = await playSession(config, { timeoutSeconds: 2 });
    expect(readStatus(turn).agents).toMatchObject({ one: { status: 'completed', error: null }, two: { status: 'timeout', error: { type: 'timeout' } } });
    expect(readText(turn, 'coordination_table.txt')).toMatch(/Status .*🏆 Winner .*⏰ Timeout/u);
    expect(readCoordination(turn).events.map(({ event_type: type }) => type)).toContain('agent_timeout');
    expect(readStatus(turn)).toMatchObject({ finish_reason: 'completed', finish_reason_details: 'the time limit was reached', results: { winner: 'one' } });
    expect(readText(turn, 'final/one/answer.txt')).toBe(result.final_answer);
  });
});
