import { EMPTY } from '../../src/orchestrator/coordination/state.js';
import type { Order } from '../../src/orchestrator/coordination/decide.js';
import type { AgentInfo, RunSettings, Sensitivity } from '../../src/orchestrator/protocol.js';
import { createDice, type Dice } from './dice.js';

export interface World {
  readonly seed: number;
  /** Configuration order; numbered by sorted ids. */
  readonly agents: readonly AgentInfo[];
  readonly settings: RunSettings;
  /** How agents behave: `agree` answers and votes without fault. */
  readonly manner: 'agree' | 'chaos';
  /** Fail every call, in the first attempt only or for ever. */
  readonly deadAgents: readonly string[];
  readonly revives: boolean;
  /** Never say a word. */
  readonly hungAgents: readonly string[];
  /** Take longer than patience lasts. */
  readonly slowAgents: readonly string[];
  readonly cancelAt: number | null;
  /** What somebody asks of the run, and when (ms), in order of time. */
  readonly orders: readonly { readonly at: number; readonly order: Order }[];
  /** When agents with tools of their own know which (ms), and that they have changed. */
  readonly offers: readonly { readonly at: number; readonly agent: string; readonly tools: readonly string[] }[];
}

function agentInfo(id: string, index: number, change: Partial<AgentInfo> = {}): AgentInfo {
  return { id, anonymous: `agent${index + 1}`, backend: 'test', model: 'm', systemMessage: '', otherTools: false, maxOutputTokens: 100, price: null, ...change };
}

function drawLimits(dice: Dice): RunSettings['limits'] {
  const turnLimit = (): number | null => (dice.chance(0.25) ? dice.pick([0, 1000, 5000]) : null);
  return { totalMs: dice.pick([3000, 20_000, 120_000, 1_800_000, 1_800_000]), firstTurnMs: turnLimit(), laterTurnMs: turnLimit(), graceMs: dice.pick([0, 2000]), idleMs: 120_000 };
}

function drawSettings(dice: Dice, priced: boolean): RunSettings {
  const sensitivity = (): Sensitivity => dice.pick(['lenient', 'balanced', 'strict'] as const);
  const budget = { maxTokens: dice.chance(0.2) ? 200 + dice.below(12_000) : null, maxCostMicros: priced && dice.chance(0.5) ? 200 + dice.below(20_000) : null };
  return {
    ...EMPTY.settings,
    maxAnswersPerAgent: dice.chance(0.5) ? null : 1 + dice.below(3),
    maxAnswersGlobal: dice.chance(0.8) ? null : 1 + dice.below(6),
    novelty: sensitivity(),
    sensitivity: sensitivity(),
    fairness: { enabled: dice.chance(0.8), leadCap: 1 + dice.below(3) },
    skipVoting: dice.chance(0.1),
    skipPresentation: dice.chance(0.1),
    skipCoordination: dice.chance(0.05),
    injection: dice.chance(0.8),
    patience: dice.chance(0.8),
    strategy: dice.pick(['auto', 'auto', 'winner_reuse', 'winner_present', 'synthesize'] as const),
    maxRestarts: dice.chance(0.35) ? 1 + dice.below(3) : 0,
    limits: drawLimits(dice),
    budget,
    toolRounds: dice.pick([0, 1, 2, 50]),
    retry: dice.pick([EMPTY.settings.retry, { attempts: 1, baseMs: 1, maxMs: 1 }, { attempts: 3, baseMs: 4000, maxMs: 30_000 }]),
  };
}

function drawOrders(dice: Dice, ids: readonly string[]): World['orders'] {
  if (!dice.chance(0.3)) return [];
  const draw = (): Order => {
    const roll = dice.below(10);
    if (roll < 5) return { type: 'say', by: 'test', text: `also this, please ${String(dice.below(9))}` };
    return roll < 8 ? { type: 'stop-agent', by: 'test', agent: dice.pick(ids) } : { type: 'answer-now', by: 'test' };
  };
  const times = Array.from({ length: 1 + dice.below(3) }, () => dice.below(dice.pick([3000, 20_000, 120_000]))).sort((one, other) => one - other);
  return times.map((at) => ({ at, order: draw() }));
}

/** Some come late, some again, and some never: a toolbox that hangs costs its agent's run, not the others'. */
function drawOffers(dice: Dice, agents: readonly AgentInfo[]): World['offers'] {
  const offers = agents.filter(({ ownTools }) => ownTools === true).flatMap(({ id }) => {
    const first = dice.chance(0.95) ? [{ at: dice.below(dice.pick([1, 500, 20_000])), agent: id, tools: dice.chance(0.9) ? ['read', 'write', 'mcp__s__do'] : [] }] : [];
    return dice.chance(0.2) ? [...first, { at: 20_000 + dice.below(20_000), agent: id, tools: dice.pick([[], ['read'], ['read', 'write', 'search']]) }] : first;
  });
  return offers.sort((one, other) => one.at - other.at);
}

/** A world drawn from its seed: team, settings, temper. */
export function drawWorld(seed: number): World {
  const dice = createDice(seed);
  const size = dice.chance(0.1) ? 6 + dice.below(3) : 1 + dice.below(5);
  const ids = Array.from({ length: size }, (_unused, index) => `a${index}`);
  const priced = dice.chance(0.25);
  const price = (): AgentInfo['price'] => (priced ? { input: dice.below(5), cachedInput: 0, output: dice.below(20), source: 'config' } : null);
  const owns = dice.chance(0.4);
  const tools = (): Partial<AgentInfo> => (owns && dice.chance(0.7) ? { otherTools: true, ownTools: true, parallelTools: 1 + dice.below(4) } : { otherTools: dice.chance(0.2) });
  const infos = ids.map((id, index) => agentInfo(id, index, { ...tools(), price: price(), maxOutputTokens: dice.pick([100, 100, 1000, null]) }));
  const some = (probability: number): readonly string[] => ids.filter(() => dice.chance(probability));
  return {
    seed,
    agents: dice.chance(0.4) ? infos : dice.shuffle(infos),
    settings: drawSettings(dice, priced),
    manner: dice.chance(0.15) ? 'agree' : 'chaos',
    deadAgents: dice.chance(0.05) ? ids : some(0.1),
    revives: dice.chance(0.5),
    hungAgents: some(0.03),
    slowAgents: some(0.08),
    cancelAt: dice.chance(0.1) ? dice.below(dice.pick([3000, 120_000])) : null,
    orders: drawOrders(dice, ids),
    offers: drawOffers(dice, infos),
  };
}
