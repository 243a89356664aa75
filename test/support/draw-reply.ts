import type { ToolCall, Usage } from '../../src/backends/contract.js';
import type { ErrorData } from '../../src/errors.js';
import { agentList, agentOf, type RunState, type TurnState } from '../../src/orchestrator/coordination/state.js';
import type { CallRef, CallResult, ToolStatus } from '../../src/orchestrator/protocol.js';
import type { Dice } from './dice.js';
import type { World } from './world.js';

export const FENCE = '=====f3nc3=====';

const WORDS = ['Water', 'Oil', 'heavier', 'density', 'litre', '<agent2>', '<end of agent1>', FENCE, '<END OF CURRENT ANSWERS>', 'kilogram', 'floats', 'so', 'because'];

const newAnswer = (content: unknown): ToolCall => ({ id: 'c1', name: 'new_answer', argumentsText: JSON.stringify({ content }) });
const vote = (agentId: unknown): ToolCall => ({ id: 'c2', name: 'vote', argumentsText: JSON.stringify({ agent_id: agentId, reason: `good ${FENCE} <end of agent3>` }) });

export function drawText(dice: Dice): string {
  return Array.from({ length: 1 + dice.below(12) }, () => dice.pick(WORDS)).join(' ');
}

/** A new text, or one that is already known, own or another's, old or new. */
function drawAnswer(dice: Dice, state: RunState): string {
  const known = agentList(state).flatMap(({ revisions }) => revisions.map(({ text }) => text));
  return known.length > 0 && dice.chance(0.15) ? dice.pick(known) : drawText(dice);
}

function verdict(dice: Dice, agree: boolean): ToolCall {
  if (agree || dice.chance(0.5)) return { id: 'c3', name: 'submit', argumentsText: '{"confirmed":true}' };
  return { id: 'c3', name: 'restart_orchestration', argumentsText: JSON.stringify({ reason: FENCE, instructions: 'more <agent1>' }) };
}

function goodCall(dice: Dice, state: RunState, ref: CallRef, agree: boolean): ToolCall {
  const { turn, info } = agentOf(state, ref.agent);
  if (turn?.kind === 'evaluate') return verdict(dice, agree);
  const answered = agentList(state).filter((agent) => (turn?.seen[agent.info.id] ?? 0) > 0);
  if (turn?.kind === 'vote' && answered.length > 0 && (agree || dice.chance(0.7))) {
    const anonymous = (agree ? answered[0] : dice.pick(answered))?.info.anonymous ?? '';
    return vote(agree ? anonymous : dice.pick([anonymous, anonymous.replace('agent', 'Agent '), `${anonymous}.1`]));
  }
  return newAnswer(agree ? `answer of ${info.anonymous} ${ref.turn}` : drawAnswer(dice, state));
}

function drawUsage(dice: Dice): Usage {
  const much = dice.chance(0.05) ? 5000 : 60;
  return { inputTokens: dice.below(much), outputTokens: dice.below(much) };
}

type Ending = Omit<CallResult, 'usage' | 'usageSource'>;

const EMPTY_REPLY: Ending = { end: 'finish', text: '', toolCalls: [], items: [] };
const tools = (...toolCalls: readonly ToolCall[]): Ending => ({ ...EMPTY_REPLY, reason: 'tool-calls', toolCalls });

function drawOverflow(dice: Dice): ErrorData {
  const overflow = dice.pick([undefined, { limit: 2000 }, { limit: 2000, size: 2001 + dice.below(500) }]);
  return { code: 'context-overflow', message: 'too long', ...(overflow === undefined ? {} : { overflow }) };
}

function drawFault(dice: Dice, fault: number, state: RunState): Ending | null {
  const shown = dice.chance(0.3) ? { draft: drawText(dice), text: dice.chance(0.5) ? 'So' : '' } : {};
  if (fault < 0.06) return { ...EMPTY_REPLY, end: 'error', error: { code: 'backend-overloaded', message: 'slow down', ...(dice.chance(0.5) ? { retryAfterMs: dice.below(60_000) } : {}) }, ...shown };
  if (fault < 0.08) return { ...EMPTY_REPLY, end: 'error', error: { code: 'request-rejected', message: 'no' }, ...shown };
  if (fault < 0.1) return { ...EMPTY_REPLY, end: 'aborted', ...shown };
  if (fault < 0.13) return { ...EMPTY_REPLY, reason: dice.pick(['length', 'content-filter', 'refusal'] as const), text: dice.chance(0.5) ? drawText(dice) : '' };
  // A long conversation is refused more often.
  if (fault < 1 && fault > (state.history.length > 0 ? 0.85 : 0.995)) return { ...EMPTY_REPLY, end: 'error', error: drawOverflow(dice), ...shown };
  return null;
}

function drawWorkflow(dice: Dice, state: RunState, ref: CallRef, fault: number, agree: boolean): Ending {
  const text = drawText(dice);
  if (fault < 0.2) return { ...EMPTY_REPLY, reason: 'stop', text };
  if (fault < 0.23) return tools(newAnswer(''), { id: 'c9', name: 'search', argumentsText: '{' });
  if (fault < 0.26) return tools(vote('agent77'));
  if (fault < 0.28) return tools(newAnswer(text), vote('agent1'));
  if (fault < 0.3) return tools({ id: 'c1', name: 'new_answer', argumentsText: '{"content": "cut' });
  return tools(goodCall(dice, state, ref, agree));
}

/** Calls of the agent's own tools, of such as there are not, and twice the same id. */
function drawOwn(dice: Dice): readonly ToolCall[] {
  return Array.from({ length: 1 + dice.below(4) }, (_unused, index) => ({ id: `t${dice.chance(0.05) ? 0 : index}`, name: dice.pick(['read', 'write', 'mcp__s__do', 'nothing_of_the_kind']), argumentsText: dice.chance(0.9) ? '{}' : '{' }));
}

/** The reply with calls of own tools in it, before, after and instead of what else it says. */
function withOwn(dice: Dice, reply: Ending): Ending {
  if (reply.end !== 'finish') return reply;
  const own = drawOwn(dice);
  const kept = dice.chance(0.3) ? reply.toolCalls : [];
  return { ...reply, ...(reply.reason === 'stop' ? { reason: 'tool-calls' as const } : {}), text: dice.chance(0.3) ? drawText(dice) : '', toolCalls: dice.chance(0.5) ? [...own, ...kept] : [...kept, ...own] };
}

const usesTools = (dice: Dice, state: RunState, agent: string, world: World): boolean => {
  const { info, offers } = agentOf(state, agent);
  return world.manner === 'chaos' && info.ownTools === true && dice.chance((offers.at(-1)?.tools.length ?? 0) > 0 ? 0.4 : 0.05);
};

/** What a tool says, fences and all. */
export function drawToolResult(dice: Dice): { readonly status: ToolStatus; readonly text: string; readonly durationMs: number } {
  return { status: dice.pick(['ok', 'ok', 'ok', 'failed', 'refused', 'timeout'] as const), text: drawText(dice), durationMs: dice.below(100) };
}

const isDead = (world: World, state: RunState, agent: string): boolean => world.deadAgents.includes(agent) && !(world.revives && state.attempt > 1);

/** How a call ends in this world. */
export function drawResult(dice: Dice, state: RunState, ref: CallRef, world: World): CallResult {
  const usage = drawUsage(dice);
  const turn: TurnState | null = agentOf(state, ref.agent).turn;
  if (isDead(world, state, ref.agent)) return { ...EMPTY_REPLY, end: 'error', error: { code: dice.chance(0.5) ? 'backend-rejected' : 'backend-unavailable', message: 'down' }, usage, usageSource: 'estimated' };
  const agree = world.manner === 'agree';
  const fault = agree ? 1 : dice.next();
  const speaks = turn?.kind === 'solo' || turn?.kind === 'present';
  const good = (): Ending => (speaks ? { ...EMPTY_REPLY, reason: 'stop', text: fault < 0.2 ? '' : drawText(dice) } : drawWorkflow(dice, state, ref, fault, agree));
  const ending = drawFault(dice, fault, state) ?? good();
  return { ...(usesTools(dice, state, ref.agent, world) ? withOwn(dice, ending) : ending), usage, usageSource: 'reported' };
}
