import { appendFileSync, closeSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TurnReport } from '../../../../src/orchestrator/index.js';
import { readSession, readTurn } from '../../../../src/orchestrator/session/read/read-session.js';
import { retainedMb } from '../../../support/retained-mb.js';
import { EVENTFUL } from '../../../support/session-run.js';
import { AGREEMENT, FAILURE, FAILURE_AND_REVOTE, HEADER, answerFinal, logText, removeFolders, runEnd, runInto, runStart, stamped, temporaryFolder, writeSession } from './sessions.js';

afterEach(removeFolders);

const NAME = 'log_20260130_101500_123456';
const turnOf = (log: string): string => path.join(log, 'turn_1');

describe('the report of a run', () => {
  it('with a failure and a second vote says all of it', async () => {
    const result = await runInto(temporaryFolder(), FAILURE_AND_REVOTE, 'Which is heavier?');
    const report = await readTurn(1, turnOf(result.log_directory));
    expect(report).toMatchObject({ status: 'completed', question: 'Which is heavier?', winner: 'agent_b', error: null, session_id: result.session_id, attempts: 1, missing: [], problems: [] });
    expect(report.final_answer).toMatchObject({ agent: 'agent_b', text: result.final_answer, source: 'winner' });
    expect(report.answers.map(({ label, current }) => `${label} ${current ? 'current' : 'superseded'}`)).toEqual(['answer1.1 current', 'answer2.1 superseded', 'answer3.1 current', 'answer2.2 current']);
    const said = report.votes.map(({ voter, label, standing, reason }) => `${voter} ${label} ${standing} ${reason}`);
    expect(said.slice(0, 2).sort()).toEqual(['agent_a answer2.1 superseded It names the densities.', 'agent_c answer2.1 superseded Figures beat <b>guesses</b>.']);
    expect(said.slice(2).sort()).toEqual(['agent_a answer2.2 counted Now it says why, too.', 'agent_b answer2.2 counted It is complete.']);
    expect(report.vote_results).toMatchObject({ winner: 'agent_b', counts: { agent_b: 2 }, total: 2 });
    expect(report.per_agent.map(({ agent, state, winner }) => `${agent} ${state}${winner ? ' wins' : ''}`)).toEqual(['agent_a voted', 'agent_b voted wins', 'agent_c failed']);
    expect(report.errors).toMatchObject([{ agent: 'agent_c', kind: 'agent', code: 'backend-rejected' }]);
    expect(report.outcomes).toEqual({ answer: 4, vote: 4, failed: 1 });
    expect([report.cost, report.totals.input_tokens, report.duration_seconds]).toEqual([result.cost, result.usage.prompt_tokens, result.duration_seconds]);
  });

  it('that failed says why', async () => {
    const { log_directory: log } = await runInto(temporaryFolder(), FAILURE, 'Anyone?');
    const report = await readTurn(1, turnOf(log));
    expect(report).toMatchObject({ status: 'failed', winner: null, final_answer: null, vote_results: null, answers: [], votes: [] });
    expect(report.error).toMatch(/^no agent answered \(agent_a: /);
    expect(report.errors.map(({ kind, agent }) => `${kind} ${agent}`)).toEqual(['agent agent_a', 'agent agent_b', 'run null']);
  });

  it('that was presented and restarted keeps what came before', async () => {
    const { log_directory: log } = await runInto(temporaryFolder(), EVENTFUL, 'How many?');
    const report = await readTurn(1, turnOf(log));
    expect(report.attempts).toBe(2);
    expect(report.timeline.map(({ event }) => event)).toEqual(expect.arrayContaining(['attempt-start', 'evaluation-end']));
    expect(new Set(report.votes.map(({ standing }) => standing))).toEqual(new Set(['superseded', 'counted']));
    expect(report.errors.map(({ kind, agent }) => `${kind} ${agent}`)).toEqual(expect.arrayContaining(['reply agent_a', 'agent agent_c']));
    expect(report.tools).toContainEqual(expect.objectContaining({ tool: 'restart_orchestration', kind: 'workflow', calls: 1 }));
    expect(report.missing).toEqual([]);
  });
});

describe('the report of a turn that was cut off', () => {
  it('anywhere can be read', async () => {
    const { log_directory: log } = await runInto(temporaryFolder(), FAILURE_AND_REVOTE, 'Which is heavier?');
    const file = path.join(turnOf(log), 'events.jsonl');
    const whole = readFileSync(file);
    for (let length = whole.length - 1; length > 0; length -= 1997) {
      truncateSync(file, length);
      const report = await readTurn(1, turnOf(log));
      expect(['crashed', 'running']).toContain(report.status);
      if (whole[length - 1] !== 0x0a) expect(report.problems[0]?.message).toMatch(/^the last line is torn|^events.jsonl holds nothing/);
    }
  });

  const cutOff = (pid: number, host = hostname()): Promise<TurnReport> => {
    const directory = writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': logText(stamped([runStart('Why?'), answerFinal('Because.')]), { ...HEADER, pid, host }) });
    return readTurn(1, turnOf(directory));
  };

  it('says whether its process still runs', async () => {
    expect(await cutOff(process.pid)).toMatchObject({ status: 'running', error: null });
    expect(await cutOff(4_194_304)).toMatchObject({ status: 'crashed', error: 'the process ended without finishing its log', duration_seconds: 0.1 });
    expect(await cutOff(4_194_304, 'elsewhere')).toMatchObject({ status: 'running' });
  });

  it('takes its process for gone when the machine was started since', async () => {
    const events = logText(stamped([runStart('Why?')]), { ...HEADER, pid: process.pid, host: hostname() });
    const directory = turnOf(writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': events }));
    expect(await readTurn(1, directory, Date.now() + 40 * 365 * 86_400_000)).toMatchObject({ status: 'crashed' });
  });
});

describe('a session', () => {
  const OVER = logText(stamped([runStart('Why?'), answerFinal('Because.'), runEnd()]));

  it('gives the newest turn, one, or all', async () => {
    const directory = writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': OVER, 'turn_2/events.jsonl': OVER });
    const place = { id: NAME, directory };
    const numbers = async (choice: Parameters<typeof readSession>[1]) => (await readSession(place, choice)).turns.map(({ turn }) => turn);
    expect([await numbers('newest'), await numbers(1), await numbers('all')]).toEqual([[2], [1], [1, 2]]);
  });

  it('of which a turn cannot be read still gives the others', async () => {
    const directory = writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': OVER, 'turn_2/x': '', 'turn_3/events.jsonl': logText([], { ...HEADER, version: 2 }) });
    const { turns } = await readSession({ id: NAME, directory }, 'all');
    expect(turns.map(({ status, error }) => `${status} ${error ?? ''}`)).toEqual(['completed ', expect.stringMatching(/^unreadable .*holds no event log of massgen/), expect.stringMatching(/^unreadable .*version 2/)]);
    await expect(readSession({ id: NAME, directory }, 2)).rejects.toMatchObject({ code: 'log-refused' });
  });

  it('says which derived files are missing, and none of a run that goes on', async () => {
    const { log_directory: log } = await runInto(temporaryFolder(), AGREEMENT, 'Yes?');
    for (const name of ['status.json', 'metrics_summary.json']) rmSync(path.join(turnOf(log), name));
    rmSync(path.join(turnOf(log), 'final'), { recursive: true });
    expect((await readTurn(1, turnOf(log))).missing).toEqual(['status.json', 'metrics_summary.json', 'final']);
    const going = writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': logText(stamped([runStart('Why?')])) });
    expect((await readTurn(1, turnOf(going))).missing).toEqual([]);
  });

  it('that lost its events is read from the files that are left', async () => {
    const result = await runInto(temporaryFolder(), FAILURE_AND_REVOTE, 'Which is heavier?');
    rmSync(path.join(turnOf(result.log_directory), 'events.jsonl'));
    const report = await readTurn(1, turnOf(result.log_directory));
    expect(report).toMatchObject({ source: 'files', status: 'completed', question: 'Which is heavier?', winner: 'agent_b', session_id: result.session_id, final_answer: { text: result.final_answer } });
    expect(report.votes.length).toBe(4);
    expect(report.per_agent.length).toBe(3);
  });

  const damages: readonly (readonly [what: string, flaw: string, damage: (file: string) => void])[] = [
    ['has a bad byte in its header', 'is not an event log of massgen: its first line is not the header', (file) => { writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{x')); }],
    ['holds other bytes', 'is not an event log of massgen: its first line is not the header', (file) => { writeFileSync(file, Buffer.from([0x81, 0xfe, 0x00, 0x0a, 0x99])); }],
    ['holds other bytes without a line', 'is not an event log of massgen: its first line is not the header', (file) => { writeFileSync(file, Buffer.alloc(3000, 0x99)); }],
    ['was emptied', 'is empty', (file) => { writeFileSync(file, ''); }],
    ['is gone', 'is not there', (file) => { rmSync(file); }],
  ];
  it.each(damages)('says so when its event log %s, and that massgen wrote it', async (_what, flaw, damage) => {
    const { log_directory: log } = await runInto(temporaryFolder(), AGREEMENT, 'Yes?');
    damage(path.join(turnOf(log), 'events.jsonl'));
    const report = await readTurn(1, turnOf(log));
    expect(report).toMatchObject({ source: 'files', status: 'completed', written_by: expect.stringMatching(/^massgen\/\d/), missing: ['events.jsonl'] });
    expect(report.problems).toEqual([{ line: null, message: `events.jsonl ${flaw}; what is told here is from the files beside it` }]);
  });

  it('with a damaged event log and an answer alone says so, too', async () => {
    const text = logText(stamped([runStart('Why?'), answerFinal('Because.'), runEnd()])).replace('log-header', 'log-headex');
    const directory = writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': text, 'turn_1/final/agent_a/answer.txt': 'Because.' });
    const report = await readTurn(1, turnOf(directory));
    expect(report).toMatchObject({ status: 'completed', written_by: 'massgen/test', problems: [{ message: expect.stringContaining('its first line is not the header') }] });
    expect(report.missing[0]).toBe('events.jsonl');
  });

  it('with text that would rule a terminal, and numbers that are none, is read as it is', async () => {
    const events = stamped([runStart('\u001b[2J\u001b]0;gone\u0007'), answerFinal('\u001b[31mred', 'agent_a'), { ...runEnd(), durationMs: 1e308 }]);
    const directory = writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': logText(events) });
    expect(await readTurn(1, turnOf(directory))).toMatchObject({ status: 'completed', question: '\u001b[2J\u001b]0;gone\u0007' });
  });

  it('of many megabytes does not fill the memory', async () => {
    const directory = writeSession(temporaryFolder(), NAME, { 'turn_1/events.jsonl': logText(stamped([runStart('Why?')])) });
    const file = path.join(turnOf(directory), 'events.jsonl');
    const handle = openSync(file, 'a');
    let seq = 1;
    const call = { agent: 'agent_a', turn: 1, call: 1 };
    const usage = { inputTokens: 1, outputTokens: 1 };
    for (let batch = 0; batch < 100; batch += 1) {
      const end = { type: 'call-end', ...call, end: 'finish', text: 'z'.repeat(500_000), toolCalls: [], items: [{ wire: 'x', item: 'i'.repeat(500_000) }], usage, usageSource: 'reported', costMicros: 0 };
      for (const event of [...Array.from({ length: 200 }, () => ({ type: 'text-delta', of: 'reply', text: 'word '.repeat(100), ...call })), end]) writeSync(handle, `${JSON.stringify({ ...event, seq: ++seq, at: '', t: seq, epoch: 1 })}\n`);
    }
    closeSync(handle);
    appendFileSync(file, `${JSON.stringify({ ...runEnd(), seq: seq + 1, at: '', t: seq, epoch: 1 })}\n`);
    const before = retainedMb();
    let most = 0;
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const from = performance.now();
      most = Math.max(most, retainedMb() - before);
      // A look costs what the whole worker has grown to: the reading must get on all the same.
      timer = setTimeout(look, 400 + 5 * (performance.now() - from));
    };
    look();
    const report = await readTurn(1, turnOf(directory));
    clearTimeout(timer);
    expect(report).toMatchObject({ status: 'completed', problems: [] });
    // The file has 112 MB, of which a state with its conversations would hold 100.
    expect(most).toBeLessThan(50);
  });

  it('that is no directory of a session is refused in words for people', async () => {
    const directory = temporaryFolder();
    await expect(readTurn(1, path.join(directory, 'turn_1'))).rejects.toMatchObject({ code: 'log-refused', message: `${path.join(directory, 'turn_1')} holds no event log of massgen and no other files of a run` });
    writeFileSync(path.join(directory, 'events.jsonl'), 'hello\n');
    await expect(readTurn(1, directory)).rejects.toMatchObject({ code: 'log-refused' });
  });
});
