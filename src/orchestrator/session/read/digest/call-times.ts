import type { AgentId, CallRef, RunEvent } from '../../../protocol.js';
import type { CallTimes } from '../report.js';

interface OpenCall {
  readonly startedAt: number;
  firstWordAt: number | null;
}

interface Sum {
  calls: number;
  ms: number;
  firstWords: number;
  firstWordMs: number;
}

/** Follows how long calls take and how soon the first word comes. Times in ms. */
export interface CallTimesDigest {
  readonly take: (event: RunEvent) => void;
  /** Of these agents' calls that have ended. */
  readonly times: (agents: readonly AgentId[]) => CallTimes;
}

/** Milliseconds as seconds, to the millisecond. */
export const inSeconds = (ms: number): number => Math.round(ms) / 1000;

const keyOf = ({ agent, turn, call }: CallRef): string => `${String(turn)} ${String(call)} ${agent}`;
const average = (ms: number, count: number): number | null => (count === 0 ? null : inSeconds(ms / count));

export function createCallTimesDigest(): CallTimesDigest {
  const open = new Map<string, OpenCall>();
  const sums = new Map<AgentId, Sum>();
  const sumOf = (agent: AgentId): Sum => {
    const sum = sums.get(agent) ?? { calls: 0, ms: 0, firstWords: 0, firstWordMs: 0 };
    sums.set(agent, sum);
    return sum;
  };
  const end = (event: Extract<RunEvent, { type: 'call-end' }>): void => {
    const call = open.get(keyOf(event));
    if (call === undefined) return;
    open.delete(keyOf(event));
    const sum = sumOf(event.agent);
    sum.calls += 1;
    sum.ms += Math.max(0, event.t - call.startedAt);
    if (call.firstWordAt === null) return;
    sum.firstWords += 1;
    sum.firstWordMs += Math.max(0, call.firstWordAt - call.startedAt);
  };
  const word = (ref: CallRef, t: number): void => {
    const call = open.get(keyOf(ref));
    if (call !== undefined) call.firstWordAt ??= t;
  };
  return {
    take: (event) => {
      if (event.type === 'text-delta' || event.type === 'reasoning-delta') word(event, event.t);
      else if (event.type === 'call-start') open.set(keyOf(event), { startedAt: event.t, firstWordAt: null });
      else if (event.type === 'call-end') end(event);
    },
    times: (agents) => {
      const all = agents.map(sumOf);
      const total = (name: keyof Sum): number => all.reduce((sum, each) => sum + each[name], 0);
      const [calls, ms] = [total('calls'), total('ms')];
      return { calls, total_seconds: inSeconds(ms), average_seconds: average(ms, calls), average_first_word_seconds: average(total('firstWordMs'), total('firstWords')) };
    },
  };
}
