import type { AgentId, RunEvent } from '../../../protocol.js';
import type { RoundReport } from '../report.js';
import { inSeconds } from './call-times.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
type OpenRound = { -readonly [Key in keyof RoundReport]: RoundReport[Key] } & { costMicros: number | null };

/** Follows agents' turns: what each was for, how it ended, what it used. */
export interface RoundDigest {
  readonly take: (event: RunEvent) => void;
  readonly rounds: () => readonly RoundReport[];
}

const keyOf = ({ agent, turn }: { readonly agent: AgentId; readonly turn: number }): string => `${String(turn)} ${agent}`;

function spend(round: OpenRound, { usage, costMicros }: EventOf<'call-end'>): void {
  round.input_tokens += usage.inputTokens;
  round.output_tokens += usage.outputTokens;
  round.cached_input_tokens += usage.cachedInputTokens ?? 0;
  round.reasoning_tokens += usage.reasoningTokens ?? 0;
  round.costMicros = round.costMicros === null || costMicros === null ? null : round.costMicros + costMicros;
}

function begin({ agent, turn, kind, t }: EventOf<'turn-start'>): OpenRound {
  const [times, tokens] = [{ start_seconds: inSeconds(t), end_seconds: null }, { input_tokens: 0, output_tokens: 0, cached_input_tokens: 0, reasoning_tokens: 0 }];
  return { agent, round: turn, kind, outcome: null, ...times, calls: 0, cost: 0, costMicros: 0, ...tokens };
}

export function createRoundDigest(): RoundDigest {
  const rounds = new Map<string, OpenRound>();
  const take = (event: RunEvent): void => {
    if (event.type === 'turn-start') rounds.set(keyOf(event), begin(event));
    if (event.type !== 'call-start' && event.type !== 'call-end' && event.type !== 'turn-end') return;
    const round = rounds.get(keyOf(event));
    if (round === undefined) return;
    if (event.type === 'call-start') round.calls += 1;
    else if (event.type === 'call-end') spend(round, event);
    else Object.assign(round, { outcome: event.outcome, end_seconds: inSeconds(event.t) });
  };
  return { take, rounds: () => [...rounds.values()].map(({ costMicros, ...round }) => ({ ...round, cost: costMicros === null ? null : costMicros / 1e6 })) };
}
