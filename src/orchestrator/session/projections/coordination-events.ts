import { agentList, answerLabel, newestRevision, type RunState } from '../../coordination/state.js';
import type { AgentId, RunEvent, Seen } from '../../protocol.js';
import { holdsNow, maskedText } from './agent-status.js';
import { unixSeconds } from './log-clock.js';
import { wasStopped } from './round-usage.js';
import { anonymousOf, pretty, prettyMembers, type EventOf, type TurnRecord } from './turn-record.js';

type Context = Readonly<Record<string, unknown>>;

const labelsIn = (state: RunState, seen: Seen): readonly string[] => agentList(state).flatMap((agent) => ((seen[agent.info.id] ?? 0) > 0 ? [answerLabel(agent, seen[agent.info.id] ?? 0)] : []));
const currentLabels = (state: RunState): readonly string[] => labelsIn(state, state.heads);

function add(record: TurnRecord, at: string, event_type: string, agent_id: AgentId | null, details: string, context: Context = {}, iteration = record.iteration): void {
  const round = agent_id === null ? Math.max(0, iteration - 1) : (record.newest.get(agent_id)?.round ?? 0);
  record.timeline.push({ timestamp: unixSeconds(at), event_type, agent_id, details, context: { ...context, iteration, round } });
}

const status = (record: TurnRecord, at: string, agent: AgentId, word: string): void => {
  add(record, at, 'status_change', agent, `Changed to status: ${word}`);
};

/** Ends the iteration that is going on: each ends once. */
function endIteration(record: TurnRecord, at: string, reason: string): void {
  const newest = record.timeline.findLast(({ event_type }) => event_type === 'iteration_end' || event_type === 'iteration_start');
  if (newest?.event_type !== 'iteration_start') return;
  const number = Number(newest.context['iteration']);
  add(record, at, 'iteration_end', null, `Iteration ${number} ended: ${reason}`, { end_reason: reason, available_answers: currentLabels(record.state) }, number);
}

function beginRound(record: TurnRecord, event: EventOf<'turn-start'>, iteration: number): void {
  const { state } = record;
  const { agent, at, turn, kind, seen } = event;
  if (record.iteration > iteration && (kind === 'answer' || kind === 'vote' || kind === 'solo')) {
    endIteration(record, at, 'answers are new');
    add(record, at, 'iteration_start', null, `Starting coordination iteration ${record.iteration}`, { available_answers: currentLabels(state) });
  }
  if (kind === 'present') add(record, at, 'final_round_start', agent, `Starting final presentation round ${turn - 1}`, { round_type: 'final', final_round: turn - 1 });
  else if (turn > 1 && kind !== 'evaluate') add(record, at, 'restart_completed', agent, `Completed restart - now in round ${turn - 1}`, { agent_round: turn - 1 });
  const labels = labelsIn(state, seen);
  const known = agentList(state).filter(({ info }) => (seen[info.id] ?? 0) > 0).map(({ info }) => info.anonymous);
  add(record, at, 'context_received', agent, `Received context with ${labels.length} answers`, {
    available_answers: known,
    available_answer_labels: labels,
    answer_count: labels.length,
    has_conversation_history: state.history.length > 0,
  });
  status(record, at, agent, 'streaming');
}

/** A later call of a round that was shown answers which the one before was not. */
function injected(record: TurnRecord, { agent, at, seen, call }: EventOf<'call-start'>, before: RunState): void {
  const known = before.agents[agent]?.turn?.seen;
  if (call === 1 || known === undefined) return;
  const fresh = agentList(record.state).filter(({ info }) => (seen[info.id] ?? 0) > (known[info.id] ?? 0));
  if (fresh.length > 0) add(record, at, 'update_injected', agent, `UPDATE_INJECTED: Received ${fresh.map((peer) => answerLabel(peer, seen[peer.info.id] ?? 0)).join(', ')}`, { from: fresh.map(({ info }) => info.id) });
}

/** Those who are asked again because of a new answer: they have voted, or are about to. */
function restarted(record: TurnRecord, author: AgentId): readonly AgentId[] {
  const others = agentList(record.state).filter(({ info, failed }) => info.id !== author && failed === null);
  return others.filter(({ ballot, turn }) => ballot !== null || turn?.kind === 'vote').map(({ info }) => info.id);
}

function answered(record: TurnRecord, { agent, at, label }: EventOf<'answer-accept'>): void {
  add(record, at, 'new_answer', agent, `Provided answer ${label}`, { label });
  status(record, at, agent, 'answered');
  const affected = restarted(record, agent);
  if (affected.length > 0) add(record, at, 'restart_triggered', agent, `Triggered restart affecting ${affected.length} agents`, { affected_agents: affected, triggering_agent: agent });
}

function voted(record: TurnRecord, { agent, at, label, target, reason, seen }: EventOf<'vote-cast'>): void {
  add(record, at, 'vote_cast', agent, `Voted for ${label}`, { voted_for: target, voted_for_label: label, reason, available_answers: labelsIn(record.state, seen) });
  status(record, at, agent, 'voted');
}

/** What the winner was chosen by, and from. */
function selection(record: TurnRecord): Context {
  const { state } = record;
  const answers = agentList(state).flatMap((agent) => {
    const newest = newestRevision(agent);
    return newest === undefined ? [] : [[answerLabel(agent, newest.rev), newest.text] as const];
  });
  const tally = state.selection?.tally ?? [];
  const summary = tally.map(({ agent, votes }) => `${anonymousOf(state, agent)} (${agent}): ${votes}`).join(', ');
  record.chosenFrom.push(answers);
  return { vote_summary: summary || 'no votes', all_answers: answers.map(([label]) => label), answers_for_context: {} };
}

function chosen(record: TurnRecord, { agent, at, basis }: EventOf<'winner-select'>): void {
  const { state } = record;
  endIteration(record, at, basis === 'current' ? 'all agents have voted' : (state.stop ?? 'coordination is over'));
  for (const peer of agentList(state)) {
    if (basis === 'current' && peer.ballot?.target != null && !holdsNow(state, peer)) add(record, at, 'vote_ignored', peer.info.id, 'VOTE_IGNORED: The answers have changed since this vote');
  }
  add(record, at, 'final_agent_selected', agent, 'Selected as final presenter', selection(record));
}

/** A turn that was broken off because time was up, unless that was said of it already. */
function brokenOff(record: TurnRecord, { agent, at, outcome }: EventOf<'turn-end'>): void {
  if (outcome !== 'aborted' || record.newest.get(agent)?.timedOut === true || wasStopped(record.state, agent)) return;
  add(record, at, 'agent_timeout', agent, 'AGENT_TIMEOUT: The time limit of the run was reached');
}

/** Adds what an event means in MassGen's words. `before` is the state before it, `iteration` the number that was current then. */
export function takeIntoTimeline(record: TurnRecord, event: RunEvent, before: RunState, iteration: number): void {
  const { at } = event;
  switch (event.type) {
    case 'run-start':
      add(record, at, 'session_start', null, `Started with agents: [${event.agents.map(({ id }) => `'${id}'`).join(', ')}]`);
      return;
    case 'turn-start':
      beginRound(record, event, iteration);
      return;
    case 'turn-end':
      brokenOff(record, event);
      return;
    case 'call-start':
      injected(record, event, before);
      return;
    case 'answer-accept':
      answered(record, event);
      return;
    case 'vote-cast':
      voted(record, event);
      return;
    case 'vote-abstain':
      status(record, at, event.agent, `abstained (${event.why})`);
      return;
    case 'agent-fail':
      add(record, at, 'agent_error', event.agent, `AGENT_ERROR: ${maskedText(event.error.message)}`);
      return;
    case 'time-up':
      if (event.which === 'turn') add(record, at, 'agent_timeout', event.agent, 'AGENT_TIMEOUT: The time limit of its turn was reached');
      else if (event.which !== 'patience') endIteration(record, at, event.which === 'request' ? 'answer asked for' : 'time limit');
      return;
    case 'cancel-request':
      for (const { info } of agentList(record.state)) add(record, at, 'agent_cancelled', info.id, `AGENT_CANCELLED: Stopped by ${event.by}`);
      return;
    case 'winner-select':
      chosen(record, event);
      return;
    case 'attempt-start':
      add(record, at, 'restart_triggered', null, `Triggered restart affecting ${record.state.order.length} agents`, { affected_agents: record.state.order, triggering_agent: null, reason: event.reason, instructions: event.instructions, attempt: event.attempt });
      return;
    case 'answer-final':
      add(record, at, 'final_answer', event.agent, `Presented final answer ${event.label}`, { label: event.label, ...selection(record) });
      return;
    case 'run-end':
      endIteration(record, at, event.status);
      add(record, at, 'session_end', null, `Session ${event.status} in ${(event.durationMs / 1000).toFixed(1)}s`, { status: event.status });
      return;
    default:
  }
}

const ANSWERS = '"answers_for_context": {}';

/** coordination_events.json: what happened, in MassGen's words. */
export function coordinationEvents({ state, header, first, last, timeline, chosenFrom, quote }: TurnRecord): string {
  const json = pretty({
    session_metadata: {
      ...{ user_prompt: state.task, agent_ids: state.order, start_time: unixSeconds(first.at), end_time: state.ending === null ? null : unixSeconds(last.at), final_winner: state.final?.agent ?? null },
      ...{ session_id: header.session_directory, status: state.ending?.status ?? 'in_progress' },
    },
    events: timeline,
  });
  const [start = '', ...rest] = json.split(ANSWERS);
  return rest.reduce((text, piece, index) => `${text}"answers_for_context": ${prettyMembers('        ', (chosenFrom[index] ?? []).map(([label, answer]) => [label, quote(answer)]))}${piece}`, start);
}
