import type { RunState, TurnState } from '../../../src/orchestrator/coordination/state.js';
import type { SimulatedRun } from '../simulation.js';
import { met, of, type FactOf, type Log } from './log.js';

const turnOf = (state: RunState, { agent, turn }: { readonly agent: string; readonly turn: number }): TurnState | null => {
  const open = state.agents[agent]?.turn;
  return open?.turn === turn ? open : null;
};

const sameTool = (one: FactOf<'tool-start' | 'tool-end'>, other: FactOf<'tool-start' | 'tool-end'>): boolean => one.agent === other.agent && one.turn === other.turn && one.call === other.call && one.id === other.id;

function starts({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  for (const { fact, before } of met(log, 'tool-start')) {
    const turn = turnOf(before, fact);
    const open = turn?.reply?.open ?? [];
    if (turn?.reply?.call !== fact.call || !open.some(({ id, started }) => id === fact.id && !started)) found.push('24: a tool began that no reply had called');
    if (open.filter(({ started }) => started).length >= (before.agents[fact.agent]?.info.parallelTools ?? 10)) found.push('24: more tools at once than may be');
    if ((turn?.toolRounds ?? 0) > before.settings.toolRounds) found.push('24: a tool began after the last round of tools');
    if (before.stop === 'cancel' || before.runTimeUp || before.agents[fact.agent]?.failed !== null || turn?.timedOut === true) found.push('24: a tool began when its turn was over');
  }
  return found;
}

function ends({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const running: FactOf<'tool-start'>[] = [];
  for (const fact of log) {
    if (fact.type === 'tool-start') running.push(fact);
    if (fact.type !== 'tool-end') continue;
    const place = running.findIndex((each) => sameTool(each, fact));
    if (place >= 0) running.splice(place, 1);
    else if (fact.durationMs > 0) found.push('24: a tool ended that had not begun');
  }
  if (running.length > 0) found.push('24: a tool was left running');
  return found;
}

/** Each call of an own tool has one result, before anything else is asked of the agent. */
function answered({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  for (const type of ['call-start', 'turn-start', 'answer-accept', 'vote-cast'] as const) {
    for (const { fact, before } of met(log, type)) if ((before.agents[fact.agent]?.turn?.reply?.open.length ?? 0) > 0) found.push(`24: ${type} while a tool had no result`);
  }
  for (const { fact, before } of met(log, 'tool-end')) if (!(turnOf(before, fact)?.reply?.open ?? []).some(({ id }) => id === fact.id)) found.push('24: a result for a call that had one');
  return found;
}

/** 25: an agent with tools of its own is asked once it is known which; a turn has so many rounds of them and three broken replies. */
function offered({ log, world }: SimulatedRun): string[] {
  const found: string[] = [];
  for (const { fact, before } of met(log, 'call-start')) {
    const agent = before.agents[fact.agent];
    if (agent?.info.ownTools === true && agent.offers.length === 0) found.push('25: a call before it was known what tools the agent has');
    if (fact.own === true && agent?.info.ownTools !== true) found.push('25: tools were offered that the agent does not have');
  }
  for (const { agent, turn } of of(log, 'turn-start')) {
    const calls = of(log, 'call-start').filter((each) => each.agent === agent && each.turn === turn && each.attempt === 1).length;
    const compacted = of(log, 'conversation-compact').some((each) => each.agent === agent && each.turn === turn) ? 1 : 0;
    if (calls > 3 + world.settings.toolRounds + compacted) found.push(`25: ${calls} calls in a turn of at most ${world.settings.toolRounds} rounds of tools`);
  }
  return found;
}

/** Whether the reply called tools of the agent's own. */
export const calledOwn = (log: Log, call: FactOf<'call-end'>): boolean => of(log, 'tool-end').some((tool) => tool.agent === call.agent && tool.turn === call.turn && tool.call === call.call);

/** What a delivery has said when this reply is over: with it stands what came with calls of own tools. */
export function saidBefore(log: Log, call: FactOf<'call-end'>): string {
  const earlier = of(log, 'call-end').filter((each) => each.agent === call.agent && each.turn === call.turn && each.call < call.call && calledOwn(log, each));
  return [...earlier, call].map(({ text }) => text).filter((text) => text !== '').join('\n\n');
}

/** 24 and 25: tools of agents' own. */
export const ownTools = (run: SimulatedRun): string[] => [...starts(run), ...ends(run), ...answered(run), ...offered(run)];
