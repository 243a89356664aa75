import type { RunEvent, RunState } from '../../orchestrator/index.js';
import { TOOL_ENDINGS, agentList, argumentsOfTool, evaluationWords, shownArguments } from '../../orchestrator/index.js';

const REASON_LENGTH = 400;

const flat = (text: string): string => {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length <= REASON_LENGTH ? line : `${line.slice(0, REASON_LENGTH)}…`;
};

const votes = (count: number): string => `${String(count)} ${count === 1 ? 'vote' : 'votes'}`;
const after = (text: string): string => (text.trim() === '' ? '' : `: ${flat(text)}`);

function choiceLine({ agent, tally, finish }: Extract<RunEvent, { type: 'winner-select' }>, state: RunState): string {
  const own = tally.find((each) => each.agent === agent)?.votes ?? 0;
  const all = tally.reduce((sum, each) => sum + each.votes, 0);
  const count = all === 0 ? '' : ` with ${String(own)} of ${votes(all)}`;
  const next = finish === 'reuse' ? '' : finish === 'present' ? ', who presents the final answer' : ', who writes one answer out of all';
  return state.order.length === 1 ? '' : `[orchestrator] Winner: ${agent}${count}${next}`;
}

/** One line on what an event means for somebody who waits for the answer; empty when it means nothing to them. `state` is the one after the event. */
export function progressLine(event: RunEvent, state: RunState): string {
  const alone = state.order.length === 1;
  switch (event.type) {
    case 'run-start':
      return alone ? '' : `[system] ${String(event.agents.length)} agents are answering: ${agentList(state).map(({ info }) => info.id).join(', ')}`;
    case 'answer-accept':
      return alone ? '' : `[${event.agent}] submitted ${event.label}`;
    case 'vote-cast':
      return `[${event.agent}] Vote: ${event.target} (${event.label})${after(event.reason)}`;
    case 'vote-abstain':
      return `[${event.agent}] abstains`;
    case 'agent-fail':
      return alone ? '' : `[${event.agent}] failed${after(event.error.message)}`;
    case 'retry-wait':
      return `[${event.agent}] is asked again soon${after(event.error.message)}`;
    case 'conversation-compact':
      return `[${event.agent}] is asked again with a shortened conversation`;
    case 'provider-tool':
      return event.status === 'start' ? `[${event.agent}] uses ${event.name}${after(event.detail ?? '')}` : '';
    case 'tool-start':
      return `[${event.agent}] uses ${event.name}${after(shownArguments(argumentsOfTool(state, event)))}`;
    case 'tool-end':
      return event.status === 'ok' ? '' : `[${event.agent}] ${event.name} ${TOOL_ENDINGS[event.status]}`;
    case 'winner-select':
      return choiceLine(event, state);
    case 'evaluation-end':
      return `[${event.agent}] ${flat(evaluationWords(event))}`;
    case 'attempt-start':
      return `[orchestrator] the team starts again${after(event.reason)}`;
    case 'time-up':
      return event.which === 'coordination' ? '[orchestrator] the time for answers and votes is over' : '';
    case 'budget-reach':
      return '[orchestrator] the budget is used up';
    default:
      return '';
  }
}
