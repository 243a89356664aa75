import type { PromptMessage } from '../../../src/orchestrator/protocol.js';
import type { SimulatedRun } from '../simulation.js';
import { met } from './log.js';

const heardIn = (messages: readonly PromptMessage[]): readonly number[] => messages.flatMap(({ parts }) => parts.flatMap((part) => (typeof part !== 'string' && part.ref === 'message' ? [part.index] : [])));

/** 21: a message of the user is in the next call of each agent, once in a conversation. */
function hearing({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  for (const { fact, before } of met(log, 'call-start')) {
    const agent = before.agents[fact.agent];
    const kind = agent?.turn?.kind;
    const given = heardIn(fact.messages);
    if (fact.attempt > 1 || agent === undefined) continue;
    const isFresh = agent.conversation.length === 0;
    const expected = Array.from({ length: before.messages.length }, (_unused, index) => index).slice(isFresh ? 0 : agent.heard);
    if (kind === 'evaluate' && !isFresh) continue;
    if (given.join() !== expected.join()) found.push(`21: ${fact.agent} was given messages ${given.join()} instead of ${expected.join()}`);
  }
  return found;
}

/** 22: who was stopped is asked no more. */
function stopping({ log }: SimulatedRun): string[] {
  return met(log, 'call-start').flatMap(({ fact, before }) => (before.agents[fact.agent]?.failed == null ? [] : ['22: a call of an agent that had failed or was stopped']));
}

/** 23: once the answer was asked for and is there, coordination starts no call; nothing is checked any more. */
function answering({ log }: SimulatedRun): string[] {
  return met(log, 'call-start').flatMap(({ before, fact }) => {
    if (!before.asked) return [];
    const kind = before.agents[fact.agent]?.turn?.kind;
    const late = before.phase === 'coordinating' && before.order.some((id) => (before.agents[id]?.revisions.length ?? 0) > 0);
    return late || kind === 'evaluate' ? [`23: a call of a turn to ${kind ?? 'nothing'} after the answer was asked for`] : [];
  });
}

/** What somebody who watches a run may ask of it. */
export const orders = (run: SimulatedRun): string[] => [...hearing(run), ...stopping(run), ...answering(run)];
