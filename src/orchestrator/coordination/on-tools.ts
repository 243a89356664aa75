import type { ImagePart, ToolSpec } from '../../backends/contract.js';
import type { AgentId, CallRef, Expense, Fact, ToolStatus } from '../protocol.js';
import { isDelivery } from './caller.js';
import { put, type Ledger } from './ledger.js';
import { judge, refuseTools, type Ended } from './on-call-end.js';
import { hasOpenTools, otherCalls } from './own-tools.js';
import { agentList, agentOf, type AgentState, type TurnState } from './state.js';

/** One call of an agent's own tool. */
export interface ToolRef extends CallRef {
  readonly id: string;
}

/** `tools` are there from now on; `tool-begin`: the engine is about to run one that is wanted. */
export type ToolInput =
  | { readonly type: 'tools'; readonly agent: AgentId; readonly tools: readonly ToolSpec[]; readonly notes: readonly string[] }
  | ({ readonly type: 'tool-begin' } & ToolRef)
  | ({ readonly type: 'tool-end'; readonly status: ToolStatus; readonly text: string; readonly images?: readonly ImagePart[]; readonly durationMs: number; readonly spent?: Expense } & ToolRef);

type ToolEnd = Extract<Fact, { type: 'tool-end' }>;

function offer(ledger: Ledger, { agent, tools, notes }: Extract<ToolInput, { type: 'tools' }>): void {
  const { phase, agents } = ledger.state;
  if (agents[agent]?.info.ownTools === true && phase !== 'closing') put(ledger, { type: 'tools-offer', agent, tools, notes });
}

/** The open call that is meant; undefined when nobody waits for it any more. */
function openCall(ledger: Ledger, { agent, turn: number, call, id }: ToolRef, started: boolean) {
  const turn = ledger.state.agents[agent]?.turn;
  if (turn?.turn !== number || turn.reply?.call !== call) return undefined;
  return turn.reply.open.find((each) => each.id === id && each.started === started);
}

/** What the world did with tools. What comes of a call that nobody waits for changes nothing. */
export function onTool(ledger: Ledger, input: ToolInput): void {
  if (input.type === 'tools') {
    offer(ledger, input);
    return;
  }
  const { agent, turn, call, id } = input;
  const open = openCall(ledger, input, input.type === 'tool-end');
  if (open === undefined) return;
  const ref = { agent, turn, call, id, name: open.name };
  if (input.type === 'tool-begin') put(ledger, { type: 'tool-start', ...ref });
  else put(ledger, { type: 'tool-end', ...ref, status: input.status, text: input.text, ...(input.images === undefined ? {} : { images: input.images }), durationMs: input.durationMs, ...(input.spent === undefined ? {} : { spent: input.spent }) });
}

/** Answers every call of the open reply that has not run, and will not. */
export function closeTools(ledger: Ledger, agent: AgentId, status: ToolEnd['status'], text: string): void {
  const { turn } = agentOf(ledger.state, agent);
  if (turn?.reply == null) return;
  for (const { id, name } of turn.reply.open) put(ledger, { type: 'tool-end', agent, turn: turn.turn, call: turn.reply.call, id, name, status, text, durationMs: 0 });
}

function settle(ledger: Ledger, { info }: AgentState, turn: TurnState, reply: NonNullable<TurnState['reply']>): void {
  const others = otherCalls(reply);
  const ended: Ended = { ref: { agent: info.id, turn: turn.turn, call: reply.call }, turn, result: { end: 'finish', ...(reply.reason === undefined ? {} : { reason: reply.reason }), text: reply.text, toolCalls: others }, chance: 0 };
  if (others.length > 0 && !isDelivery(turn.kind)) judge(ledger, ended);
  else if (turn.toolRounds > ledger.state.settings.toolRounds) refuseTools(ledger, ended);
}

/** Own tools come first: once all of a reply are done, the rest of it counts. Without a rest the turn goes on with its next call. */
export function settleReplies(ledger: Ledger): void {
  for (const { info } of agentList(ledger.state)) {
    if (info.ownTools !== true) continue;
    const { turn } = agentOf(ledger.state, info.id);
    if (turn?.reply == null) continue;
    if (hasOpenTools(turn) && turn.toolRounds > ledger.state.settings.toolRounds) closeTools(ledger, info.id, 'refused', `Not run: this turn has called tools in ${String(ledger.state.settings.toolRounds)} replies, which is the limit.`);
    const after = agentOf(ledger.state, info.id);
    if (after.turn?.reply != null && !hasOpenTools(after.turn)) settle(ledger, after, after.turn, after.turn.reply);
  }
}
