import { agentList, candidates, liveAgents, newestRevision, sameSeen, type Ballot, type RunState } from '../../../src/orchestrator/coordination/state.js';
import type { Seen } from '../../../src/orchestrator/protocol.js';
import type { SimulatedRun } from '../simulation.js';
import { attempts, met, of, type FactOf } from './log.js';
import { calledOwn, saidBefore } from './tools.js';

/** 5: a vote is bound to what its call had seen, and names a revision in it. */
export function ballots({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const seenOf = new Map<string, Seen>();
  const key = ({ agent, turn }: { agent: string; turn: number }): string => `${agent}/${turn}`;
  for (const fact of log) {
    if (fact.type === 'call-start') seenOf.set(key(fact), fact.seen);
    if (fact.type !== 'vote-cast' && fact.type !== 'vote-abstain') continue;
    const seen = seenOf.get(key(fact));
    const missing = seen === undefined && fact.type === 'vote-cast';
    if (missing || (seen !== undefined && !sameSeen(seen, fact.seen))) found.push(`5: a ${fact.type} not bound to what its call had seen`);
    if (fact.type === 'vote-cast' && (fact.rev < 1 || seen?.[fact.target] !== fact.rev)) found.push('5: a vote for a revision that is not the one seen');
  }
  return found;
}

const castBallots = (state: RunState): readonly Ballot[] => liveAgents(state).flatMap(({ ballot }) => (ballot?.target == null ? [] : [ballot]));

/** The votes that must count: those on the present answers, and at an early stop those whose answer still stands. */
function counted(before: RunState): readonly Ballot[] {
  const current = castBallots(before).filter(({ seen }) => sameSeen(seen, before.heads));
  if (before.stop === null) return current;
  return castBallots(before).filter(({ target, rev }) => before.agents[target ?? '']?.revisions.at(-1)?.rev === rev);
}

function tallyProblems(fact: FactOf<'winner-select'>, before: RunState): string[] {
  const found: string[] = [];
  const live = liveAgents(before);
  const expected = counted(before);
  const votes = (id: string): number => expected.filter(({ target }) => target === id).length;
  const written = (id: string): number => fact.tally.find(({ agent }) => agent === id)?.votes ?? 0;
  if (agentList(before).some(({ info }) => votes(info.id) !== written(info.id))) found.push('6: the tally is not that of the ballots that count');
  const most = Math.max(0, ...candidates(before).map(({ info }) => votes(info.id)));
  const leaders = candidates(before).filter(({ info }) => votes(info.id) === most);
  const earlier = most === 0 ? leaders.find(({ info }) => info.id === before.previousWinner) : undefined;
  if ((earlier ?? leaders[0])?.info.id !== fact.agent) found.push('6: the winner is not the first of those with most votes');
  if (fact.tie !== (most > 0 && leaders.length > 1)) found.push('6: a tie is misreported');
  const stale = expected.some(({ seen }) => !sameSeen(seen, before.heads));
  if (fact.basis !== (expected.length === 0 ? 'none' : stale ? 'standing' : 'current')) found.push('7: the basis is misreported');
  if (fact.unanimous && (stale || live.length === 0 || most !== live.length)) found.push('7: unanimous without all live agents');
  return found;
}

/** 6: nobody is left to ask. */
function settledProblems(before: RunState): string[] {
  if (before.stop !== null || before.settings.skipVoting) return [];
  const found: string[] = [];
  const live = liveAgents(before);
  if (live.some(({ turn, firstTurn }) => turn !== null || firstTurn !== 'over')) found.push('6: coordination ended while somebody was busy');
  const unsettled = live.filter(({ ballot, abstentions }) => abstentions < 2 && (ballot === null || !sameSeen(ballot.seen, before.heads)));
  if (candidates(before).length > 1 && unsettled.length > 0) found.push('6: coordination ended with an agent unsettled');
  const deaf = live.filter(({ abstentions, heard }) => abstentions < 2 && heard < before.messages.length);
  if (candidates(before).length > 1 && deaf.length > 0) found.push('21: coordination ended before everybody had heard the user');
  return found;
}

/** 15: an answer is reused unasked only when all agreed on it, or nothing else can be done. */
function reuseProblems(fact: FactOf<'winner-select'>, before: RunState): string[] {
  const { settings, stop, order } = before;
  const author = before.agents[fact.agent];
  const free = settings.strategy === 'auto' && (stop === null || stop === 'deadline') && order.length > 1 && !settings.skipPresentation && fact.t < settings.limits.totalMs;
  const able = author?.failed === null && newestRevision(author)?.via !== 'draft';
  return free && able && fact.finish === 'reuse' && !fact.unanimous ? ['15: reuse under auto without unanimity'] : [];
}

/** 15: what was presented whole is delivered as it was, unless a restart follows; else a stored answer is, byte for byte. */
export function delivery({ log, state }: SimulatedRun): string[] {
  const found: string[] = [];
  const [final] = of(log, 'answer-final');
  if (final === undefined) return found;
  if (final.text.trim() === '') found.push('6: an empty final answer');
  const last = attempts(log).at(-1) ?? [];
  const turns = of(last, 'turn-start').filter(({ kind }) => kind === 'present');
  const isWhole = (call: FactOf<'call-end'>): boolean => call.end === 'finish' && (call.reason === 'stop' || call.reason === 'tool-calls') && saidBefore(last, call).trim() !== '' && !calledOwn(last, call);
  const whole = of(last, 'call-end').find((call) => turns.some((each) => each.agent === call.agent && each.turn === call.turn) && isWhole(call));
  const text = whole === undefined ? undefined : saidBefore(last, whole);
  const stored = state.agents[final.agent]?.revisions.map((revision) => revision.text) ?? [];
  if (text !== undefined && final.text !== text) found.push('15: a whole presentation was not delivered');
  if (text === undefined && !stored.includes(final.text)) found.push('15: what is delivered was neither presented nor stored');
  if (final.marks.includes('presentation-failed') && (text !== undefined || turns.length === 0)) found.push('15: a presentation is said to have failed that did not');
  return found;
}

/** 6, 7, 12, 15: how the winner is found. */
export function winner({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  for (const { fact, before } of met(log, 'winner-select')) {
    if (fact.rev === 0) continue;
    if (!candidates(before).some(({ info }) => info.id === fact.agent)) found.push('12: the winner is no candidate');
    if (fact.rev !== before.heads[fact.agent]) found.push('6: the winning revision is not the newest');
    found.push(...tallyProblems(fact, before), ...settledProblems(before), ...reuseProblems(fact, before));
  }
  return found;
}
