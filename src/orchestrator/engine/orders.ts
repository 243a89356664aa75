import type { Order } from '../coordination/decide.js';
import type { AgentId } from '../protocol.js';

/** What may be asked of a run while it lasts. Each is a fact in the log once the run has taken it; after the end it changes nothing. */
export interface RunControl {
  /** The agent is asked no more; the answers it gave stay. */
  readonly stopAgent: (agent: AgentId) => void;
  /** Coordination ends as soon as there is an answer, which is then presented. */
  readonly answerNow: () => void;
  /** A message to all agents: each gets it with its next call, and nobody's vote holds who has not. */
  readonly say: (text: string) => void;
}

/** Orders on their way to a run that may not have begun. */
export interface Orders {
  readonly control: RunControl;
  /** From now on each order is handed to `take`, those that wait first. */
  readonly listen: (take: (order: Order) => void) => void;
}

/** `by` names who gives the orders, in the log. */
export function createOrders(by = 'user'): Orders {
  let taker: ((order: Order) => void) | null = null;
  let waiting: readonly Order[] = [];
  const give = (order: Order): void => {
    if (taker === null) waiting = [...waiting, order];
    else taker(order);
  };
  return {
    control: {
      stopAgent: (agent) => {
        give({ type: 'stop-agent', by, agent });
      },
      answerNow: () => {
        give({ type: 'answer-now', by });
      },
      say: (text) => {
        give({ type: 'say', by, text });
      },
    },
    listen: (take) => {
      taker = take;
      for (const order of waiting) take(order);
      waiting = [];
    },
  };
}
