import { apply } from '../../src/orchestrator/coordination/apply.js';
import { costOf } from '../../src/orchestrator/coordination/budget.js';
import { decide, type Input } from '../../src/orchestrator/coordination/decide.js';
import { EMPTY, agentList, agentOf, type RunState } from '../../src/orchestrator/coordination/state.js';
import { nextDue, wanted, wantedTools } from '../../src/orchestrator/coordination/wanted.js';
import type { CallRef, CallResult, HistoryMessage, StampedFact } from '../../src/orchestrator/protocol.js';
import { createDice, type Dice } from './dice.js';
import { FENCE, drawResult, drawText, drawToolResult } from './draw-reply.js';
import { promptProblems } from './prompt-problems.js';
import { watchSettings, type WatchedSettings } from './watch-settings.js';
import type { World } from './world.js';

export { drawWorld, type World } from './world.js';

const AT = '2026-11-21T10:15:00.000Z';
const MANY_STEPS = 3000;
/** More than every model has room for. */
const HISTORY = Array.from({ length: 12 }, (_unused, place): HistoryMessage => ({ role: place % 2 === 0 ? 'user' : 'assistant', text: `What was said before, ${String(place)}. `.repeat(10) }));

interface Flying {
  readonly ref: CallRef;
  /** Of a tool of the agent's own. */
  readonly id?: string;
  readonly endsAt: number;
}

export interface SimulatedRun {
  readonly world: World;
  readonly log: readonly StampedFact[];
  /** The state that was decided on, fact by fact, as the engine holds it. */
  readonly state: RunState;
  /** What went wrong inside the loop, if anything did. */
  readonly problems: readonly string[];
}

const sameCall = (one: CallRef & { readonly id?: string }, other: CallRef & { readonly id?: string }): boolean => one.agent === other.agent && one.turn === other.turn && one.call === other.call && one.id === other.id;

const watched = new WeakMap<World, WatchedSettings>();

/** The same for a run and those that are resumed from its log. */
function watchedOf(world: World): WatchedSettings {
  const settings = watched.get(world) ?? watchSettings(world.settings);
  watched.set(world, settings);
  return settings;
}

/** One world in virtual time: calls that are wanted fly until they land, fail, or are aborted. */
class Simulation {
  readonly log: StampedFact[];
  readonly problems: string[] = [];
  state: RunState;
  private t: number;
  private flying: readonly Flying[] = [];
  private landed: readonly CallRef[] = [];
  private cancelled: boolean;
  private ordered: number;
  private offered: number;
  private readonly dice: Dice;
  private readonly world: World;
  private readonly watched: WatchedSettings;

  constructor(world: World, from: readonly StampedFact[]) {
    this.world = world;
    this.dice = createDice(world.seed ^ 0x5bd1e995);
    this.watched = watchedOf(world);
    this.log = [...from];
    this.state = from.reduce<RunState>((folded, fact) => apply(folded, fact), EMPTY);
    this.t = from.at(-1)?.t ?? 0;
    this.cancelled = this.state.stop === 'cancel';
    this.offered = world.offers.filter(({ at }) => from.length > 0 && at <= this.t).length;
    this.ordered = world.orders.filter(({ at }) => from.length > 0 && at <= this.t).length;
  }

  run(): void {
    if (this.log.length === 0) this.take({ type: 'start', run: { engine: 'test', session: 's', turn: 1, agents: this.world.agents, task: 'Which is heavier?', history: this.world.seed % 6 === 0 ? HISTORY : [], settings: this.watched.settings, fence: FENCE, config: null } });
    else this.wake();
    for (let step = 0; step < MANY_STEPS && this.goesOn(); step += 1) if (!this.step()) return;
  }

  /** What a resumed run finds: calls that were in flight are lost, the rest is as the log says. */
  private wake(): void {
    for (const { info, turn } of agentList(this.state)) {
      for (const { id, started } of turn?.reply?.open ?? []) if (started) this.take({ type: 'tool-end', agent: info.id, turn: turn?.turn ?? 0, call: turn?.reply?.call ?? 0, id, status: 'aborted', text: 'not known: the process died', durationMs: 0 });
      if (turn?.running == null) continue;
      const lost: CallResult = { ...this.aborted(), end: 'error', error: { code: 'backend-reset', message: 'the process died' } };
      this.land({ agent: info.id, turn: turn.turn, call: turn.running.call }, lost);
    }
    this.take({ type: 'tick' });
  }

  private goesOn(): boolean {
    return this.state.phase !== 'ended';
  }

  private take(input: Input): void {
    const { facts, state } = this.watched.guard(() => decide(this.state, { ...input, t: this.t, at: AT }));
    this.state = state;
    for (const fact of facts) this.log.push({ ...fact, seq: this.log.length + 1, at: AT, t: this.t, epoch: 1 });
  }

  private land(ref: CallRef, result: CallResult): void {
    const { price } = agentOf(this.state, ref.agent).info;
    this.take({ type: 'call-end', ...ref, result, costMicros: price === null ? null : costOf(result.usage, price), chance: this.dice.next() });
    this.landed = [...this.landed.slice(-8), ref];
  }

  private landTool({ ref, id = '' }: Flying, aborted: boolean): void {
    this.take({ type: 'tool-end', ...ref, id, ...(aborted ? { status: 'aborted', text: 'aborted', durationMs: 1 } as const : drawToolResult(this.dice)) });
  }

  private aborted(): CallResult {
    return { end: 'aborted', text: '', toolCalls: [], items: [], usage: { inputTokens: 1, outputTokens: 1 }, usageSource: 'estimated', ...(this.dice.chance(0.5) ? { draft: drawText(this.dice) } : {}) };
  }

  private flight(ref: CallRef): Flying {
    const { dice, world, t } = this;
    const { kind } = agentOf(this.state, ref.agent).turn ?? {};
    const hangs = world.manner === 'chaos' && (dice.chance(0.01) || world.hungAgents.includes(ref.agent));
    if (hangs) return { ref, endsAt: Infinity };
    const slow = world.slowAgents.includes(ref.agent) && kind === 'answer' ? world.settings.limits.totalMs * 0.45 : 0;
    return { ref, endsAt: t + slow + dice.below(dice.chance(0.2) ? 20_000 : 3000) };
  }

  /** Begins what is missing and aborts what is not wanted; an abort may come too late. */
  private reconcile(): void {
    for (let next = this.missing(); next !== undefined; next = this.missing()) {
      const ref = { agent: next.agent, turn: next.turn, call: next.call };
      this.take({ type: 'call-begin', ...ref });
      if (agentOf(this.state, ref.agent).turn?.running?.call !== ref.call) throw new Error(`the wanted call of ${ref.agent} was not begun`);
      this.problems.push(...promptProblems(this.state, ref.agent, FENCE));
      this.flying = [...this.flying, this.flight(ref)];
    }
    for (let next = this.missingTool(); next !== undefined; next = this.missingTool()) {
      const { agent, turn, call, id } = next;
      this.take({ type: 'tool-begin', agent, turn, call, id });
      this.flying = [...this.flying, { ref: { agent, turn, call }, id, endsAt: this.world.manner === 'chaos' && this.dice.chance(0.02) ? Infinity : this.t + this.dice.below(2000) }];
    }
    const keep = wanted(this.state, this.t).map(({ agent, turn, call }) => ({ agent, turn, call }));
    const keepTools = wantedTools(this.state);
    const surplus = this.flying.filter(({ ref, id }) => (id === undefined ? !keep.some((call) => sameCall(call, ref)) : !keepTools.some((tool) => sameCall(tool, { ...ref, id }))));
    this.flying = this.flying.filter((call) => !surplus.includes(call));
    for (const each of surplus) {
      if (each.id !== undefined) this.landTool(each, this.dice.chance(0.8));
      else this.land(each.ref, this.dice.chance(0.2) ? drawResult(this.dice, this.state, each.ref, this.world) : this.aborted());
    }
    if (surplus.length > 0) this.reconcile();
  }

  private missingTool() {
    return wantedTools(this.state).find((tool) => tool.begins);
  }

  private missing() {
    return wanted(this.state, this.t).find((call) => call.begins);
  }

  /** Moves to what happens next; false when nothing ever will. */
  private step(): boolean {
    this.reconcile();
    if (!this.goesOn()) return true;
    if (this.state.phase === 'closing') {
      this.take({ type: 'close', complaints: this.dice.chance(0.1) ? [{ code: 'script-mismatch', message: 'asked once too often' }] : [] });
      return true;
    }
    const soonest = this.flying.reduce<Flying | null>((best, call) => (best === null || call.endsAt < best.endsAt ? call : best), null);
    const due = nextDue(this.state, this.t) ?? Infinity;
    const cancelAt = this.world.cancelAt === null || this.cancelled ? Infinity : Math.max(this.t, this.world.cancelAt);
    const order = this.world.orders[this.ordered];
    const orderAt = order === undefined ? Infinity : Math.max(this.t, order.at);
    const offer = this.world.offers[this.offered];
    const offerAt = offer === undefined ? Infinity : Math.max(this.t, offer.at);
    const at = Math.min(soonest?.endsAt ?? Infinity, due, cancelAt, orderAt, offerAt);
    if (at === Infinity) {
      this.problems.push(`2: nothing is in flight and no timer is due in phase ${this.state.phase} at ${this.t}`);
      return false;
    }
    if (due <= this.t) this.problems.push(`2: a timer that has rung is still due at ${this.t}`);
    this.t = Math.max(this.t, at);
    if (cancelAt === at) {
      this.cancelled = true;
      this.take({ type: 'cancel', by: 'test' });
    } else if (order !== undefined && orderAt === at) {
      this.ordered += 1;
      this.take(order.order);
    } else if (offer !== undefined && offerAt === at) {
      this.offered += 1;
      this.take({ type: 'tools', agent: offer.agent, tools: offer.tools.map((name) => ({ name, description: '', parameters: {} })), notes: [] });
    } else if (soonest?.endsAt === at && soonest.id !== undefined) {
      this.flying = this.flying.filter((call) => call !== soonest);
      const before = this.state;
      this.landTool(soonest, false);
      if (this.state === before) this.problems.push('24: the result of a tool that was waited for was not taken');
      const after = this.state;
      if (this.dice.chance(0.1)) this.landTool(soonest, false);
      if (this.state !== after) this.problems.push('11: a tool that was over changed the state');
    } else if (soonest?.endsAt === at) {
      this.flying = this.flying.filter((call) => call !== soonest);
      this.land(soonest.ref, drawResult(this.dice, this.state, soonest.ref, this.world));
      if (this.dice.chance(0.1)) this.hearAgain();
    } else this.take({ type: 'tick' });
    return true;
  }

  /** A call that is over speaks once more. */
  private hearAgain(): void {
    const before = this.state;
    const ref = this.dice.pick(this.landed);
    if (before.phase !== 'ended') this.land(ref, drawResult(this.dice, before, ref, this.world));
    if (this.state !== before) this.problems.push('11: a call that was over changed the state');
  }
}

/** Drives the pure rules through one world by virtual time. With a log it goes on from there, as a resumed run would. */
export function simulate(world: World, from: readonly StampedFact[] = []): SimulatedRun {
  const simulation = new Simulation(world, from);
  try {
    simulation.run();
  } catch (thrown) {
    simulation.problems.push(`2: the rules broke: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const { log, state, problems } = simulation;
  return { world, log, state, problems };
}
