import { agentList, answerLabel, candidates, type RunState } from '../../coordination/state.js';
import { unixSeconds } from './log-clock.js';
import { anonymousOf, pretty, type EventOf, type StepRecord } from './turn-record.js';

/** vote.json: one vote, what it could choose from, and when. */
export function voteJson(state: RunState, vote: EventOf<'vote-cast'>, step: StepRecord): string {
  const options = agentList(state).filter(({ info }) => (vote.seen[info.id] ?? 0) > 0);
  const labels = options.map((agent) => [answerLabel(agent, vote.seen[agent.info.id] ?? 0), agent.info.id] as const);
  return pretty({
    voter_id: vote.agent,
    voter_anon_id: anonymousOf(state, vote.agent),
    voted_for: vote.target,
    voted_for_label: vote.label,
    voted_for_anon: anonymousOf(state, vote.target),
    reason: vote.reason,
    timestamp: step.stamp,
    unix_timestamp: unixSeconds(vote.at),
    iteration: step.iteration,
    coordination_round: step.round,
    available_options: options.map(({ info }) => info.id),
    available_options_labels: labels.map(([label]) => label),
    answer_label_to_agent: Object.fromEntries(labels),
    available_options_anon: options.map(({ info }) => info.anonymous),
    agent_mapping: Object.fromEntries(agentList(state).map(({ info }) => [info.anonymous, info.id] as const).sort(([one], [other]) => (one < other ? -1 : 1))),
    vote_context: { total_agents: state.order.length, agents_with_answers: candidates(state).length, current_task: state.task },
  });
}
