import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunEvent } from '../../src/index.js';
import { serverOf } from '../support/mcp.js';
import { filesBelow, playSession, readText, removeSessions } from '../support/session-run.js';
import { until } from '../support/until.js';

afterEach(removeSessions);

const scripted = (script: readonly object[], more: object = {}): object => ({ type: 'scripted', model: 's', script, loop: true, ...more });
const asks = (...ids: readonly string[]) => ({ tools: ids.map((id) => ({ name: `agent__${id}`, arguments: { prompt: 'Is it so?' } })) });
const critic = (more: object = {}, script: readonly object[] = [{ text: 'It is so.', usage: { input: 100, output: 7 } }]): object => ({ id: 'critic', description: 'Finds faults.', backend: scripted(script), ...more });
const lead = (helpers: readonly unknown[], script: readonly object[], more: object = {}): object => ({ id: 'lead', subagent_agents: helpers, backend: { type: 'scripted', model: 's', script, ...more } });
const ended = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'tool-end' ? [{ name: event.name, status: event.status, text: event.text }] : []));

describe('an agent that may ask others', () => {
  it('has them as tools, and what they cost counts in the run', async () => {
    const { events, result, turn } = await playSession({ agent: lead([critic()], [asks('critic'), { text: 'So it is.', usage: { input: 10, output: 1 } }]) });
    const offer = events.find((event) => event.type === 'tools-offer');
    expect(offer?.tools).toMatchObject([{ name: 'agent__critic', description: expect.stringContaining('Finds faults.') }]);
    expect(ended(events)).toEqual([{ name: 'agent__critic', status: 'ok', text: 'It is so.' }]);
    const end = events.at(-1);
    expect(end?.type === 'run-end' && end.usage.inputTokens).toBeGreaterThanOrEqual(110);
    expect(result).toMatchObject({ final_answer: 'So it is.' });
    const [log] = readdirSync(path.join(turn, 'subagents/critic'));
    expect(existsSync(path.join(turn, 'subagents/critic', log!, 'turn_1/events.jsonl'))).toBe(true);
  });

  it('may ask one of the team, who answers by itself', async () => {
    const voter = { vote: { agent: 'agent1', reason: 'so' } };
    const config = { agents: [lead(['other'], [asks('other'), { answer: 'Mine.' }, { vote: { agent: 'agent1', reason: 'mine' } }]), { id: 'other', backend: scripted([{ answer: 'Other.', text: 'Said.' }, voter]) }] };
    const { events } = await playSession(config);
    expect(ended(events)).toEqual([{ name: 'agent__other', status: 'ok', text: 'Said.' }]);
  });

  it('finds their files where it may read them, and no word of where they were', async () => {
    const maker = { id: 'critic', backend: scripted([{ tools: [{ name: 'write_file', arguments: { path: 'plan.md', content: 'Go.' } }] }, { text: 'See {{workspace}}/plan.md' }], { cwd: 'made' }) };
    const { events, turn } = await playSession({ agent: { ...lead([maker], []), backend: { type: 'scripted', model: 's', cwd: 'mine', script: [asks('critic'), { text: 'So it is.' }] } } });
    const [told] = ended(events);
    const at = /^See (.+)\/plan\.md\n\[The files of critic are in (.+)\]$/u.exec(told?.text ?? '');
    expect(at?.[1]).toBe(at?.[2]);
    expect(path.dirname(at?.[2] ?? '')).toBe(path.join(turn, 'tools/lead'));
    expect(readText(at?.[2] ?? '', 'plan.md')).toBe('Go.');
  });

  it('is told when one gives no answer', async () => {
    const { events } = await playSession({ agent: lead([critic({}, [{ fault: 'rejected' }])], [asks('critic'), { text: 'Alone.' }]) });
    expect(ended(events)).toMatchObject([{ status: 'failed', text: expect.stringContaining('The agent critic gave no answer') }]);
  });

  it('asks no further than the budget goes', async () => {
    const dear = critic({}, [{ text: 'Dear.', usage: { input: 60_000, output: 10 } }]);
    const { events } = await playSession({ agent: lead([dear], [asks('critic'), asks('critic'), { text: 'Enough.' }]), orchestrator: { budget: { max_tokens: 50_000 } } });
    expect(ended(events)).toHaveLength(1);
    expect(events.some(({ type }) => type === 'budget-reach')).toBe(true);
  });

  it('counts what one had spent that was broken off, also with the call that it was in', async () => {
    const stop = new AbortController();
    // It asks one of its own, whose two calls of models have cost something; the third says nothing until it is over.
    const last = critic({ id: 'last' }, [{ text: 'The bottom.', usage: { input: 1000, output: 20 } }]);
    const middle = { id: 'middle', subagent_agents: [last], backend: { type: 'scripted', model: 's', script: [{ ...asks('last'), usage: { input: 300, output: 5 } }, { fault: 'silence' }] } };
    const innerEnded = (turn: string): boolean => filesBelow(turn).some((file) => file.includes('subagents/middle') && file.endsWith('events.jsonl') && !file.includes('subagents/last') && /"type":"tool-end"[\s\S]*"type":"call-start"/u.test(readText(turn, file)));
    const { events, state } = await playSession(
      { agent: lead([middle], [{ ...asks('middle'), usage: { input: 10, output: 1 } }, { text: 'So it is.' }]) },
      {
        signal: stop.signal,
        see: async (event, turn) => {
          if (event.type !== 'tool-start') return;
          await until(() => innerEnded(turn));
          stop.abort('test');
        },
      },
    );
    const [end] = events.filter((event) => event.type === 'tool-end');
    expect(end).toMatchObject({ name: 'agent__middle', status: 'aborted', spent: { usage: { outputTokens: 25 } } });
    expect(end?.spent?.usage.inputTokens).toBeGreaterThan(1300);
    expect(state.spent.usage.inputTokens).toBe(10 + (end?.spent?.usage.inputTokens ?? 0));
  });

  it('asks three deep', async () => {
    const last = critic({ id: 'last' }, [{ text: 'The bottom.' }]);
    const middle = { id: 'middle', subagent_agents: [last], backend: scripted([asks('last'), { text: 'From below: the bottom.' }]) };
    const { events } = await playSession({ agent: lead([middle], [asks('middle'), { text: 'Done.' }]) });
    expect(ended(events)).toMatchObject([{ name: 'agent__middle', text: 'From below: the bottom.' }]);
    const deep = [0, 1, 2, 3].reduce<object>((below, level) => ({ id: `d${level}`, subagent_agents: [below], backend: scripted([{ text: 'x' }]) }), critic());
    await expect(playSession({ agent: lead([deep], [{ text: 'x' }]) })).rejects.toThrow('agents ask agents 3 deep at most');
  });

  it('lets one that can act wait for the end in planning mode', async () => {
    const server = { mcp_servers: { all: { command: process.execPath, args: [serverOf('everything')] } } };
    const acting = { id: 'actor', backend: scripted([{ text: 'Acted.' }], server) };
    const vote = { vote: { agent: 'agent1', reason: 'so' } };
    const team = [lead([acting, critic()], [asks('actor', 'critic'), { answer: 'Plan.' }, vote, { text: 'Done.' }]), { id: 'other', backend: scripted([{ answer: 'Other.' }, vote]) }];
    const { events } = await playSession({ agents: team, orchestrator: { coordination: { enable_planning_mode: true } } });
    expect(ended(events).map(({ name, status }) => `${name} ${status}`).sort()).toEqual(['agent__actor refused', 'agent__critic ok']);
  });
});
