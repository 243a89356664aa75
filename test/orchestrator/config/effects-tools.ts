import path from 'node:path';
import { expect } from '@jest/globals';
import type { RunEvent } from '../../../src/index.js';
import { playSession } from '../../support/session-run.js';

const SERVER = path.resolve('test/fixtures/mcp/hostile-server.mjs');
const call = (...names: readonly string[]) => ({ tools: names.map((name) => ({ name: `mcp__s__${name}` })) });

interface Given {
  readonly backend?: object;
  readonly agent?: object;
  readonly config?: object;
  readonly script?: readonly object[];
}

/** The events of an agent with a server of two tools: `act`, of which nobody knows what it does, and `read`. */
async function events({ backend, agent, config, script = [call('act')] }: Given): Promise<readonly RunEvent[]> {
  const servers = { s: { command: process.execPath, args: [SERVER, 'fine'] } };
  return (await playSession({ agent: { id: 'a', backend: { type: 'scripted', mcp_servers: servers, script: [...script, { text: 'Done.' }], ...backend }, ...agent }, ...config })).events;
}

const offered = async (given: Given) => (await events(given)).find((event) => event.type === 'tools-offer')?.tools.map(({ name }) => name);
const outcome = async (given: Given) => (await events(given)).find((event) => event.type === 'tool-end')?.status;

/** What a team of two comes to: whether its first agent may act while the team is at work. */
async function planned(coordination: object, tool = 'act'): Promise<readonly string[]> {
  const vote = { vote: { agent: 'agent1', reason: 'so' } };
  const backend = { type: 'scripted', mcp_servers: { s: { command: process.execPath, args: [SERVER, 'fine'] } }, script: [call(tool), { answer: 'A plan.' }, vote, { text: 'Done.' }] };
  const played = await playSession({ agents: [{ id: 'a', backend }, { id: 'b', backend: { type: 'scripted', script: [{ answer: 'Nothing.' }, vote] } }], orchestrator: { coordination } });
  return played.events.flatMap((event) => (event.type === 'tool-end' ? [event.status] : event.type === 'tools-offer' ? event.notes : []));
}

const DENY = { PreToolUse: [{ command: 'exit 2' }] };

/** How many of two tools that were called at once run at the same time. */
async function atOnce(backend: object): Promise<number> {
  let [running, most] = [0, 0];
  for (const { type } of await events({ backend, script: [call('act', 'read')] })) {
    running += type === 'tool-start' ? 1 : type === 'tool-end' ? -1 : 0;
    most = Math.max(most, running);
  }
  return most;
}

/** Keys about tools, each with a run in which it tells. */
export const toolKeys: Readonly<Record<string, () => Promise<void>>> = {
  'agents[].backend.mcp_servers': async () => expect([await offered({ backend: { mcp_servers: {} }, script: [] }), await offered({})]).toEqual([undefined, ['mcp__s__act', 'mcp__s__read']]),
  'agents[].backend.allowed_tools': async () => expect(await offered({ backend: { allowed_tools: ['re*'] } })).toEqual(['mcp__s__read']),
  'agents[].backend.exclude_tools': async () => expect(await offered({ backend: { exclude_tools: ['mcp__s__read'] } })).toEqual(['mcp__s__act']),
  'agents[].backend.disallowed_tools': async () => expect(await offered({ backend: { disallowed_tools: ['act'] } })).toEqual(['mcp__s__read']),
  'agents[].backend.concurrent_tool_execution': async () => expect([await atOnce({}), await atOnce({ concurrent_tool_execution: false })]).toEqual([2, 1]),
  'agents[].backend.max_concurrent_tools': async () => expect(await atOnce({ max_concurrent_tools: 1 })).toBe(1),
  'agents[].backend.hooks': async () => expect([await outcome({}), await outcome({ backend: { hooks: DENY } })]).toEqual(['ok', 'refused']),
  'agents[].tools': async () => expect(await offered({ agent: { tools: ['s__read'] } })).toEqual(['mcp__s__read']),
  'agents[].subagent_agents': async () => expect(await offered({ agent: { subagent_agents: [{ id: 'critic', backend: { type: 'scripted', script: [{ text: 'So.' }] } }] } })).toContain('agent__critic'),
  'orchestrator.max_tool_rounds': async () => expect((await events({ config: { orchestrator: { max_tool_rounds: 1 } }, script: [call('act'), call('act')] })).flatMap((event) => (event.type === 'tool-end' ? [event.status] : []))).toEqual(['ok', 'refused']),
  'orchestrator.coordination.subagent_default_timeout': async () => {
    const helper = { id: 'slow', backend: { type: 'scripted', script: [{ delay: 60, text: 'Late.' }] } };
    const ended = (await events({ agent: { subagent_agents: [helper] }, config: { orchestrator: { coordination: { subagent_default_timeout: 0.3 } } }, script: [{ tool: { name: 'agent__slow', arguments: { prompt: 'So?' } } }] })).find((event) => event.type === 'tool-end');
    expect(ended).toMatchObject({ status: 'failed', text: expect.stringContaining('gave no answer') });
  },
  'agents[].tool_approval': async () => expect(await outcome({ agent: { tool_approval: 'deny' } })).toBe('refused'),
  'orchestrator.tool_approval': async () => expect(await outcome({ config: { orchestrator: { tool_approval: { act: 'ask' } } } })).toBe('refused'),
  'orchestrator.coordination.enable_planning_mode': async () => expect([await planned({}), await planned({ enable_planning_mode: true })]).toEqual([['ok'], [expect.stringContaining('Planning mode'), 'refused']]),
  'orchestrator.coordination.planning_mode_instruction': async () => expect(await planned({ enable_planning_mode: true, planning_mode_instruction: 'Think of it.' })).toEqual([expect.stringContaining('Think of it.'), 'refused']),
  'orchestrator.coordination.planning_mode_blocked_tools': async () => expect(await planned({ enable_planning_mode: true, planning_mode_blocked_tools: ['read'] }, 'read')).toContain('refused'),
  'orchestrator.coordination.planning_mode_allowed_tools': async () => expect(await planned({ enable_planning_mode: true, planning_mode_allowed_tools: ['act'] })).toContain('ok'),
  hooks: async () => expect(await outcome({ config: { hooks: DENY } })).toBe('refused'),
};
