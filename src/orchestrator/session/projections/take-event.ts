import { fold } from '../../coordination/fold.js';
import type { AgentId, DisplayEvent, RunEvent, Stamp } from '../../protocol.js';
import { toolKind } from '../../tool-words.js';
import { folderNames } from '../folder-names.js';
import { callOf, type CallRecord, type EventOf, type Moment, type RoundRecord, type ToolUse, type TurnRecord } from './turn-record.js';

const moment = ({ at, t }: RunEvent): Moment => ({ at, t });

function openRound(record: TurnRecord, event: EventOf<'turn-start'>): void {
  const { agent, kind, seen } = event;
  const round: RoundRecord = {
    agent,
    round: event.turn - 1,
    kind,
    attempt: record.state.attempt,
    start: moment(event),
    seen,
    calls: [],
    rejections: [],
    end: null,
    outcome: null,
    timedOut: false,
    label: null,
    answer: '',
    reason: '',
  };
  record.rounds.push(round);
  const own = record.byAgent.get(agent);
  if (own === undefined) record.byAgent.set(agent, [round]);
  else own.push(round);
  record.newest.set(agent, round);
  record.iteration = Math.max(record.iteration, event.turn);
}

function openCall(record: TurnRecord, event: EventOf<'call-start'>): void {
  record.active = event.agent;
  const { call, attempt, tools } = event;
  record.newest.get(event.agent)?.calls.push({
    call,
    attempt,
    start: moment(event),
    tools,
    firstWord: null,
    end: null,
    how: null,
    reasoning: '',
    text: '',
    answer: '',
    toolCalls: [],
    error: null,
    usage: null,
    estimated: false,
    costMicros: null,
    used: [],
  });
}

function endTool(call: CallRecord, use: ToolUse, at: Moment, output: string): void {
  use.end = at;
  use.output = output;
  if (!call.used.includes(use)) call.used.push(use);
}

function endCall(record: TurnRecord, event: EventOf<'call-end'>): void {
  const call = callOf(roundOf(record, event), event.call);
  if (call === undefined) return;
  const at = moment(event);
  call.end = at;
  call.how = event.end;
  call.text = event.text;
  call.toolCalls = event.toolCalls;
  call.error = event.error ?? null;
  call.usage = event.usage;
  call.estimated = event.usageSource === 'estimated';
  call.costMicros = event.costMicros;
  for (const use of call.used) if (use.end === null) endTool(call, use, at, '');
}

/** The round of an event's turn; a newer one does not take late events of the one before. */
function roundOf(record: TurnRecord, ref: { readonly agent: AgentId; readonly turn: number }): RoundRecord | undefined {
  const round = record.newest.get(ref.agent);
  return round?.round === ref.turn - 1 ? round : record.rounds.findLast((each) => each.agent === ref.agent && each.round === ref.turn - 1);
}

function closeRound(record: TurnRecord, event: EventOf<'turn-end' | 'answer-accept' | 'vote-cast' | 'vote-abstain'>): void {
  const round = roundOf(record, event);
  if (round === undefined) return;
  round.end ??= moment(event);
  switch (event.type) {
    case 'turn-end':
      round.outcome ??= event.outcome;
      return;
    case 'answer-accept':
      round.outcome = 'answer';
      round.label = event.label;
      round.answer = event.text;
      return;
    case 'vote-cast':
      round.outcome = 'vote';
      round.label = event.label;
      round.reason = event.reason;
      round.seen = event.seen;
      return;
    case 'vote-abstain':
      round.outcome = 'abstain';
      round.reason = event.why;
  }
}

function timedOut(round: RoundRecord | undefined): void {
  if (round !== undefined) round.timedOut = true;
}

/** What only eyes see, and what it adds to its call. */
function takeDisplay(record: TurnRecord, event: Extract<DisplayEvent & Stamp, { agent: string }>): void {
  const call = callOf(roundOf(record, event), event.call);
  if (call === undefined) return;
  call.firstWord ??= moment(event);
  switch (event.type) {
    case 'text-delta':
      if (event.of === 'answer') call.answer += event.text;
      else call.text += event.text;
      return;
    case 'reasoning-delta':
      call.reasoning += event.text;
      return;
    case 'provider-tool': {
      const known = call.used.find(({ id, end }) => id === event.id && end === null);
      const use: ToolUse = known ?? { id: event.id, name: event.name, kind: 'provider', status: null, start: moment(event), input: event.status === 'start' ? (event.detail ?? '') : '', end: null, output: '' };
      if (event.status === 'end') endTool(call, use, moment(event), event.detail ?? '');
      else if (known === undefined) call.used.push(use);
      return;
    }
    case 'tool-progress':
    case 'citation':
  }
}

/** An agent's own tool, which runs after the call that asked for it. */
function takeOwnTool(record: TurnRecord, event: EventOf<'tool-start' | 'tool-end'>): void {
  const call = callOf(roundOf(record, event), event.call);
  if (call === undefined) return;
  const { id, name } = event;
  const known = call.used.find((each) => each.id === id && each.end === null && each.kind !== 'provider');
  const input = call.toolCalls.find((each) => each.id === id)?.argumentsText ?? '';
  const use: ToolUse = known ?? { id, name, kind: toolKind(name), start: moment(event), input, end: null, output: '', status: null };
  if (known === undefined) call.used.push(use);
  if (event.type === 'tool-start') return;
  use.status = event.status;
  endTool(call, use, moment(event), event.text);
}

function takeFact(record: TurnRecord, event: RunEvent): void {
  switch (event.type) {
    case 'run-start':
      record.start = event;
      record.first = moment(event);
      record.folders = folderNames(event.agents.map(({ id }) => id));
      return;
    case 'turn-start':
      openRound(record, event);
      return;
    case 'call-start':
      openCall(record, event);
      return;
    case 'call-end':
      endCall(record, event);
      return;
    case 'tool-start':
    case 'tool-end':
      takeOwnTool(record, event);
      return;
    case 'answer-reject':
      roundOf(record, event)?.rejections.push({ call: event.call, reason: event.reason, message: event.message, at: event.at });
      return;
    case 'answer-accept':
    case 'vote-cast':
    case 'vote-abstain':
    case 'turn-end':
      closeRound(record, event);
      return;
    case 'time-up':
      if (event.which === 'turn') timedOut(roundOf(record, event));
      return;
    case 'attempt-start':
      record.attempts.push(event);
      return;
    default:
  }
}

/** Takes an event into the record. */
export function takeEvent(record: TurnRecord, event: RunEvent): void {
  record.last = event;
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'provider-tool':
    case 'tool-progress':
    case 'citation':
      record.lastSeen.set(event.agent, event);
      takeDisplay(record, event);
      return;
    case 'notice':
      return;
    default:
      record.state = fold(record.state, event);
      if ('agent' in event) record.lastSeen.set(event.agent, event);
      takeFact(record, event);
  }
}
