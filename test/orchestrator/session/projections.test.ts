import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { readHeaderLine } from '../../../src/orchestrator/session/log-header.js';
import { loadYaml } from '../../../src/orchestrator/session/projections/execution-metadata.js';
import { loadLineFormat } from '../../../src/orchestrator/session/projections/massgen-log.js';
import { createTurnProjection } from '../../../src/orchestrator/session/projections/project-turn.js';
import { EVENTFUL, agreed, besides, filesBelow, oneAgent, playSession, readContext, readCoordination, readMappings, readMetrics, readRounds, readText, readVote, removeSessions, type PlayedSession } from '../../support/session-run.js';

const TOP = ['coordination_events.json', 'coordination_table.txt', 'events.jsonl', 'execution_metadata.yaml', 'massgen.log', 'metrics_events.json', 'metrics_summary.json', 'snapshot_mappings.json', 'status.json'];
const STAMP = String.raw`\d{8}_\d{6}_\d{6}`;
const KEY = `sk-${'abcdefghij'.repeat(3)}`;

let played: PlayedSession;
const file = (name: string): string => readText(played.turn, name);

beforeAll(async () => {
  played = await playSession(EVENTFUL, { cliArguments: { prompt: 'How much?', 'api-key': 'very-secret-value' }, env: { SOME_API_KEY: 'very-secret-value' } });
});

afterAll(removeSessions);

describe('the directory of a turn', () => {
  it('holds every file, with steps of the restarted attempt in a place of their own', () => {
    const shapes = filesBelow(played.turn).map((name) => name.replace(new RegExp(STAMP, 'gu'), '*'));
    const step = (agent: string, kind: string): readonly string[] => [`${agent}/*/context.txt`, `${agent}/*/execution_trace.md`, `${agent}/*/${kind}`];
    const expected = [
      ...TOP,
      ...['a', 'b', 'c'].map((letter) => `agent_outputs/agent_${letter}.txt`),
      ...['agent_outputs/final_presentation_agent_a.txt', 'agent_outputs/system_status.txt'],
      ...[step('agent_a', 'answer.txt'), step('agent_a', 'answer.txt'), step('agent_a', 'vote.json')].flat(),
      ...[step('agent_b', 'answer.txt'), step('agent_b', 'vote.json'), step('agent_b', 'vote.json')].flat(),
      ...[step('attempt_2/agent_a', 'vote.json'), step('attempt_2/agent_b', 'vote.json')].flat(),
      ...['attempt_2/execution_metadata.yaml', 'final/agent_a/answer.txt', 'final/agent_a/context.txt', 'final/agent_a/execution_trace.md'],
    ];
    expect(shapes.sort()).toEqual(expected.sort());
  });

  it('speaks of answers as answerK.M everywhere', () => {
    const texts = filesBelow(played.turn).map((name) => file(name)).join('\n');
    expect(texts).not.toMatch(/agent\d\.\d/u);
    expect(texts).toMatch(/answer1\.2/u);
  });

  it('has the final answer, byte for byte', () => {
    expect(file('final/agent_a/answer.txt')).toBe(played.result.final_answer);
    expect(played.result.final_answer_path).toBe(path.join(played.turn, 'final'));
  });

  it('shows no secret', () => {
    for (const name of filesBelow(played.turn)) expect(file(name)).not.toContain('very-secret-value');
  });
});

describe('coordination_events.json', () => {
  it('names the run', () => {
    const { session_metadata: about } = readCoordination(played.turn);
    expect(about).toMatchObject({ user_prompt: 'How much is six times seven?', agent_ids: ['agent_b', 'agent_a', 'agent_c'], final_winner: 'agent_a' });
    expect(about.end_time).toBeGreaterThan(about.start_time);
  });

  it('tells what happened in order, in MassGen’s words', () => {
    const types = readCoordination(played.turn).events.map((event) => event.event_type);
    const firsts = [...new Set(types)];
    expect(types.filter((type) => type === 'session_start')).toHaveLength(1);
    expect(firsts[0]).toBe('session_start');
    expect(types.at(-1)).toBe('session_end');
    expect(firsts).toEqual(expect.arrayContaining(['iteration_start', 'iteration_end', 'status_change', 'context_received', 'new_answer', 'restart_triggered', 'restart_completed', 'vote_cast', 'agent_error', 'final_agent_selected', 'final_answer']));
  });

  it('ends every iteration that it begins, once and before the next', () => {
    const marks = readCoordination(played.turn).events.flatMap(({ event_type: type, context }) => (type.startsWith('iteration_') ? [`${type} ${String(context['iteration'])}`] : []));
    expect(marks.length).toBeGreaterThan(3);
    expect(marks.filter((mark) => mark.startsWith('iteration_end'))).toEqual(marks.filter((mark) => mark.startsWith('iteration_start')).map((mark) => mark.replace('start', 'end')));
    marks.forEach((mark, index) => expect(mark).toMatch(index % 2 === 0 ? /start/u : /end/u));
  });

  it('gives each event a time, details, an iteration and a round', () => {
    for (const event of readCoordination(played.turn).events) {
      expect(Object.keys(event)).toEqual(['timestamp', 'event_type', 'agent_id', 'details', 'context']);
      expect(event.context).toMatchObject({ iteration: expect.any(Number), round: expect.any(Number) });
      expect(event.timestamp).toBeGreaterThan(1_700_000_000);
    }
  });

  it('keeps each answer’s own label and each vote’s whole reason', () => {
    const { events } = readCoordination(played.turn);
    const of = (type: string) => events.filter((event) => event.event_type === type);
    expect(of('new_answer').map((event) => event.context['label']).sort()).toEqual(['answer1.1', 'answer1.2', 'answer2.1']);
    expect(of('vote_cast').at(-1)?.context).toMatchObject({ voted_for: 'agent_a', voted_for_label: 'answer1.2', available_answers: ['answer2.1', 'answer1.2'] });
    expect(of('final_answer')[0]?.context).toMatchObject({ label: 'answer1.final', answers_for_context: { 'answer1.2': 'A says 42, because six times seven is 42.' } });
  });
});

describe('a step', () => {
  it('of a vote says who chose what from what', () => {
    const vote = readVote(played.turn, 'agent2.vote1');
    expect(Object.keys(vote)).toEqual(['voter_id', 'voter_anon_id', 'voted_for', 'voted_for_label', 'voted_for_anon', 'reason', 'timestamp', 'unix_timestamp', 'iteration', 'coordination_round', 'available_options', 'available_options_labels', 'answer_label_to_agent', 'available_options_anon', 'agent_mapping', 'vote_context']);
    expect(vote).toMatchObject({
      voter_id: 'agent_b',
      voter_anon_id: 'agent2',
      voted_for: 'agent_a',
      voted_for_label: 'answer1.1',
      voted_for_anon: 'agent1',
      reason: 'A is right about it',
      available_options_labels: ['answer2.1', 'answer1.1'],
      answer_label_to_agent: { 'answer2.1': 'agent_b', 'answer1.1': 'agent_a' },
      agent_mapping: { agent1: 'agent_a', agent2: 'agent_b', agent3: 'agent_c' },
      vote_context: { total_agents: 3, agents_with_answers: 2, current_task: 'How much is six times seven?' },
    });
  });

  it('lies where snapshot_mappings.json says, under its label', () => {
    const mappings = readMappings(played.turn);
    expect(Object.keys(mappings).sort()).toEqual(['agent1.vote1', 'agent1.vote2', 'agent2.vote1', 'agent2.vote2', 'agent2.vote3', 'answer1.1', 'answer1.2', 'answer1.final', 'answer2.1']);
    for (const [label, entry] of Object.entries(mappings)) {
      expect(entry.label).toBe(label);
      expect(file(entry.path)).not.toBe('');
    }
    expect(file(mappings['answer1.1']!.path)).toBe('A says 42.');
    expect(mappings['answer1.final']).toMatchObject({ type: 'final_answer', timestamp: 'final', path: 'final/agent_a/answer.txt' });
    expect(mappings['agent2.vote3']!.path).toMatch(/^attempt_2\/agent_b\//u);
  });

  it('keeps the prompt as it was sent, and the whole conversation of a re-vote', () => {
    const first = readContext(played.turn, 'answer2.1');
    expect(Object.keys(first)).toEqual(['system_message', 'user_message', 'tools']);
    expect(first.user_message).toContain('<ORIGINAL MESSAGE> How much is six times seven?');
    expect(first.tools.map(({ name }) => name)).toEqual(['new_answer', 'vote']);
    const again = readContext(played.turn, 'agent2.vote2');
    expect(again.messages.length).toBeGreaterThan(2);
    expect(again.user_message).toContain('because six times seven is 42');
    expect(again.user_message).not.toContain('"vote"');
  });

  it('has a trace of everything that the agent did until then', () => {
    const trace = file('final/agent_a/execution_trace.md');
    expect(trace).toMatch(/^# Execution Trace: agent_a\n\*\*Model\*\*: canned \| \*\*Started\*\*: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n/u);
    for (const part of ['## Round 1 (Answer 1.1)', '### Content\nI forgot the tool', '### Answer Submitted (answer1.2)\nA says 42, because', '### Vote Cast: answer1.2', '**Available options**: answer2.1, answer1.2', '## Errors', '**Reply Rejected: no_tool_calls**']) expect(trace).toContain(part);
    expect(besides(played.turn, 'answer1.1', 'execution_trace.md')).not.toContain('answer1.2');
  });

  it('of the final answer says how it was chosen', () => {
    const context = readContext(played.turn, 'answer1.final');
    expect(context).toMatchObject({
      is_final: true,
      vote_counts: { agent_a: 2 },
      all_answers: { 'answer2.1': 'B says 41.\n\nAnd more.', 'answer1.2': 'A says 42, because six times seven is 42.' },
      all_votes: { agent_b: { voted_for: 'agent_a', reason: 'again A' } },
    });
    expect(context.voter_details['agent_a']).toHaveLength(2);
  });
});

describe('the metrics', () => {
  it('add up to what the run says of itself', () => {
    const { meta, totals, rounds, agents, api_timing: timing } = readMetrics(played.turn);
    const { usage } = played.result;
    expect(meta).toMatchObject({ session_id: path.basename(path.dirname(played.turn)), question: 'How much is six times seven?', num_agents: 3, winner: 'agent_a' });
    expect(totals).toMatchObject({ input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens, estimated_cost: played.result.cost });
    const sum = Object.values(agents).reduce((total, each) => total + each.token_usage.input_tokens, 0);
    expect(sum).toBe(usage.prompt_tokens);
    expect(rounds.by_outcome).toEqual({ answer: 3, vote: 5, presentation: 0, post_evaluation: 1, restarted: 0, error: 2, timeout: 0 });
    expect(timing.total_calls).toBe(played.events.filter(({ type }) => type === 'call-start').length);
    expect(Object.keys(timing.by_backend)).toEqual(['scripted']);
  });

  it('list every round that ended', () => {
    const rounds = readRounds(played.turn);
    expect(rounds).toHaveLength(played.events.filter(({ type }) => type === 'turn-end').length);
    for (const round of rounds) expect(round.duration_ms).toBeGreaterThanOrEqual(0);
  });
});

describe('the texts for people', () => {
  it('are a table whose every line is as wide as the others', () => {
    const lines = file('coordination_table.txt').split('\n').filter((line) => /^[|+]/u.test(line));
    // Pictures take two columns and their variation selectors none; nothing else here is wide.
    const width = (line: string): number => Array.from(line.replaceAll('\ufe0f', '')).reduce((total, each) => total + (/\p{Extended_Pictographic}/u.test(each) ? 2 : 1), 0);
    expect([...new Set(lines.map(width))]).toHaveLength(1);
    const text = lines.join('\n');
    for (const part of ['USER', 'How much is six times seven?', 'Agent 1 (agent_a)', 'E1', '✨ NEW ANSWER: answer1.2', '🗳️  VOTE: answer1.1', '🔁 Agent 1 RESTART TRIGGERED', '🏆 Agent 1 selected as winner', '🎯 FINAL ANSWER: answer1.final', '3 answers, 5 votes']) expect(text).toContain(part);
  });

  it('preview each answer’s own text', () => {
    const lines = file('coordination_table.txt').split('\n');
    expect(lines[lines.findIndex((line) => line.includes('NEW ANSWER: answer1.1')) + 1]).toContain('Preview: A says 42.  ');
  });

  it('are a massgen.log of one entry a line', () => {
    const lines = file('massgen.log').split('\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d \| (?:INFO {4}|WARNING {1}|ERROR {3}) \| ./u);
    const text = lines.join('\n');
    for (const part of ['[QUESTION] How much', '[ANSWER] agent_b: answer2.1', 'Stream chunk [reasoning]: Let me think.', String.raw`B says 41.\n\nAnd more.`, '[VOTE] agent_b -> agent_a (answer1.1): A is right about it', '[ERROR] agent_c: backend-rejected', '[RESTART] attempt 2: wrong sum', '[END] completed']) expect(text).toContain(part);
  });

  it('are the answer framed as a presentation, and how the agents stand, beside their outputs', () => {
    expect(file('agent_outputs/final_presentation_agent_a.txt')).toMatch(/^=== FINAL PRESENTATION FROM AGENT_A ===\nGenerated at: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n={60}\n[^]+\n={60}\nEnd of Final Presentation\n$/u);
    expect(file('agent_outputs/final_presentation_agent_a.txt')).toContain(`\n${played.result.final_answer}\n`);
    const status = file('agent_outputs/system_status.txt');
    expect(status).toMatch(/^=== SYSTEM STATUS LOG ===\n\n📊 Agent Status: ✅ Completed: 2 \| ❌ Error: 1\n/u);
    expect(status).toMatch(/\n {2}• \[\d\d:\d\d:\d\d\] agent_a: Provided answer answer1\.2\n/u);
  });

  it('are each agent’s output as it streamed', () => {
    const output = file('agent_outputs/agent_b.txt');
    expect(output.startsWith('=== AGENT_B OUTPUT LOG ===\n\n')).toBe(true);
    expect(output).toContain('\nB says 41.\n\nAnd more.\n[');
    expect(output).toMatch(/=== SESSION ENDED at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d ===\n$/u);
  });
});

describe('execution_metadata.yaml', () => {
  it('says what was asked of whom, and how', () => {
    const about = load(file('execution_metadata.yaml')) as Record<string, unknown>;
    expect(Object.keys(about)).toEqual(['query', 'timestamp', 'config', 'cli_args', 'node_version', 'massgen_version', 'working_directory']);
    expect(about).toMatchObject({ query: 'How much is six times seven?', cli_args: { prompt: 'How much?', 'api-key': '***' }, node_version: process.version });
    expect(about['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/u);
    expect(about['config']).toMatchObject({ orchestrator: { coordination: { max_orchestration_restarts: 1 } } });
  });

  it('of a restart says why', () => {
    const about = load(file('attempt_2/execution_metadata.yaml')) as { cli_args: unknown };
    expect(about.cli_args).toMatchObject({ mode: 'coordination_restart', attempt: 2, restart_reason: 'wrong sum' });
  });
});

describe('what is hard to write', () => {
  it('is whole however long it is', async () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `line ${String(index)} of \`\`\`many\`\`\` 🙂`).join('\n');
    const { turn } = await playSession(agreed(long), { prompt: `How long?\n${'x'.repeat(50_000)}` });
    expect(readText(turn, 'final/one/answer.txt')).toBe(long);
    expect(besides(turn, 'answer1.1', 'execution_trace.md')).toContain(long);
    expect(readContext(turn, 'agent2.vote1').user_message).toContain(long);
    expect(readCoordination(turn).session_metadata.user_prompt).toContain('x'.repeat(50_000));
    expect((load(readText(turn, 'execution_metadata.yaml')) as { query: string }).query).toContain('x'.repeat(50_000));
    expect(readText(turn, 'agent_outputs/one.txt')).toContain(long);
  });

  it('keeps agents apart whose ids are names of files here, or alike', async () => {
    const ids = ['final', 'agent_outputs', 'system_status', 'final_presentation_final_', 'attempt_2', 'status.json', 'a_b', 'a:b', 'a*b'];
    const { turn, result } = await playSession({ agents: ids.map((id, index) => ({ id, backend: { type: 'scripted', script: [{ answer: `answer ${String(index)}` }, { vote: 'agent1' }] } })) });
    expect(result.status).toBe('completed');
    const answers = filesBelow(turn).filter((name) => name.endsWith('/answer.txt') && !name.startsWith('final/'));
    expect(answers.map((name) => readText(turn, name)).sort()).toEqual(ids.map((_, index) => `answer ${String(index)}`));
    expect(filesBelow(turn)).toContain('status.json');
    const outputs = filesBelow(turn).filter((name) => name.startsWith('agent_outputs/')).map((name) => readText(turn, name));
    expect(outputs.filter((text) => text.includes(' OUTPUT LOG ==='))).toHaveLength(ids.length);
  });

  it('masks what looks like a key in an error', async () => {
    const header = readHeaderLine(file('events.jsonl').split('\n')[0]!, { session: 's', directory: played.turn });
    const projection = createTurnProjection(header);
    const error = { code: 'backend-rejected', message: `the key ${KEY} was refused` } as const;
    const made = played.events.flatMap((event) => projection.take(event.type === 'agent-fail' || (event.type === 'call-end' && event.end === 'error') ? { ...event, error } : event));
    const texts = [...made, ...projection.closing(await loadYaml()).map((make) => make()), ...projection.grown(await loadLineFormat()), projection.status()].map(({ text }) => text).join('\n');
    expect(texts).toContain('the key *** was refused');
    expect(texts).not.toContain(KEY);
  });

  it('shows the thinking, the sources and the tools of a lone agent', async () => {
    const { turn } = await playSession(oneAgent({ reasoning: 'Hm.', text: 'Just this.' }));
    expect(readText(turn, 'final/solo/answer.txt')).toBe('Just this.');
    expect(readText(turn, 'final/solo/execution_trace.md')).toContain('### Reasoning\nHm.');
    expect(readMappings(turn)['answer1.1']?.type).toBe('answer');
  });
});
