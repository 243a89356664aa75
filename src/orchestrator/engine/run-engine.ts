import type { BackendRequest } from '../../backends/contract.js';
import { MassgenError, toErrorData } from '../../errors.js';
import { budgetLeft, hasBudget } from '../coordination/budget.js';
import { isDelivery, wishesOf } from '../coordination/caller.js';
import { render } from '../coordination/render.js';
import { decide, type Input } from '../coordination/decide.js';
import { EMPTY, agentOf, type RunState } from '../coordination/state.js';
import { toolsOfCall } from '../coordination/tools.js';
import { longestWait, nextDue, wanted, wantedTools, type WantedTool } from '../coordination/wanted.js';
import type { CallRef, CallResult, DisplayEvent, Fact, RunEvent } from '../protocol.js';
import type { EngineDeps, RunStart } from './engine-deps.js';
import type { StopSignal } from '../stop-signal.js';
import { createInbox, type Inbox } from './inbox.js';
import { performCall } from './perform-call.js';
import { ToolRoom } from './tool-room.js';

interface Running {
  readonly controller: AbortController;
}

/** A reason that is one of our errors says that the run has failed. */
const cancelledBy = (reason: unknown): Extract<Input, { type: 'cancel' }> => ({ type: 'cancel', by: typeof reason === 'string' ? reason : 'caller', ...(reason instanceof MassgenError ? { error: reason.data } : {}) });

const keyOf = ({ agent, turn, call }: CallRef): string => `${agent} ${String(turn)} ${String(call)}`;

/** One run: facts are decided, stored, published, and only then acted on. Process-wide state: none. */
class Engine {
  private state: RunState = EMPTY;
  private outbox: RunEvent[] = [];
  private seq = 0;
  private t = 0;
  private at = '';
  private readonly running = new Map<string, Running>();
  private readonly inbox: Inbox<Input, DisplayEvent> = createInbox();
  private readonly deps: EngineDeps;
  private readonly origin: number;
  private readonly tools: ToolRoom | null;

  constructor(deps: EngineDeps) {
    this.deps = deps;
    this.tools = deps.tools === undefined ? null : new ToolRoom({ tools: deps.tools, push: this.inbox.push, show: this.inbox.show, now: deps.now });
    this.origin = deps.now();
  }

  /** Has the run end in order. */
  cancel(reason: unknown): void {
    this.inbox.push(cancelledBy(reason));
  }

  async run(start: RunStart, signal?: StopSignal): Promise<RunState> {
    const onAbort = (): void => {
      this.cancel(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort);
    this.deps.orders?.listen(this.inbox.push);
    try {
      this.tick();
      this.take({ type: 'start', run: start });
      if (signal?.aborted === true) this.take(cancelledBy(signal.reason));
      if (this.tools !== null) await this.openTools(this.tools);
      for (let moved = true; ; ) {
        await (moved ? this.act() : this.flush());
        if (this.state.phase === 'ended') return this.state;
        const due = nextDue(this.state, this.t);
        await this.inbox.wait(due === null ? null : Math.max(0, due - this.t));
        this.tick();
        moved = this.hear(due);
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      for (const { controller } of this.running.values()) controller.abort();
      await this.tools?.close();
    }
  }

  /** Makes the world what is wanted, once the log says so. */
  private async act(): Promise<void> {
    const starts = this.reconcile();
    const tools = this.tools === null ? null : this.reconcileTools(this.tools);
    await this.flush();
    for (const each of starts) this.perform(each.ref, each.request);
    if (tools !== null) this.performTools(tools);
  }

  /** Takes in what came since the last time; true when it was more than deltas. */
  private hear(due: number | null): boolean {
    const items = this.inbox.take();
    let moved = false;
    for (const { input, show } of items) {
      if (input === undefined) this.record(show);
      else {
        this.take(input);
        moved = true;
      }
    }
    // An input has rung the timers, too. Deltas alone decide nothing, but however many there are, timers ring.
    if (moved) return true;
    if (items.length > 0 && (due ?? Infinity) > this.t) return false;
    this.take({ type: 'tick' });
    return true;
  }

  private tick(): void {
    this.t = Math.round((this.deps.now() - this.origin) * 10) / 10;
    this.at = this.deps.wallClock().toISOString();
  }

  private take(input: Input): void {
    const { facts, state } = decide(this.state, { t: this.t, at: this.at, ...input });
    this.state = state;
    for (const fact of facts) this.record(fact);
  }

  private record(event: Fact | DisplayEvent): void {
    this.seq += 1;
    this.outbox.push({ seq: this.seq, ...event, at: this.at, t: this.t, epoch: 1 });
  }

  /** Makes the world's calls those that are wanted; returns what is to be started once the log has it. */
  private reconcile(): { ref: CallRef; request: BackendRequest }[] {
    const starts: { ref: CallRef; request: BackendRequest }[] = [];
    for (const call of wanted(this.state, this.t)) {
      // Each start reserves money, so the next may no longer be affordable.
      if (!call.begins || (hasBudget(this.state) && !wanted(this.state, this.t).some((each) => keyOf(each) === keyOf(call)))) continue;
      const ref = { agent: call.agent, turn: call.turn, call: call.call };
      this.take({ type: 'call-begin', ...ref });
      // One that was begun before it may bring news that this one waits for.
      if (this.isBegun(ref)) starts.push({ ref, request: this.requestFor(ref) });
    }
    if (this.running.size > 0) this.abortUnwanted();
    if (this.state.phase === 'closing' && this.running.size === 0 && this.isSettled()) {
      const complaints = this.state.order.flatMap((id) => this.deps.backends[id]?.complaint?.(agentOf(this.state, id).calls) ?? []);
      this.take({ type: 'close', complaints });
    }
    return starts;
  }

  private isBegun({ agent, turn, call }: CallRef): boolean {
    const open = agentOf(this.state, agent).turn;
    return open?.turn === turn && open.running?.call === call;
  }

  /** The run-start is in the log before anything is started for it. */
  private async openTools(tools: ToolRoom): Promise<void> {
    await this.flush();
    tools.open(this.state.order.filter((id) => agentOf(this.state, id).info.ownTools === true));
  }

  /** Makes the tools that run those that are wanted; returns what is to be started once the log has it. */
  private reconcileTools(tools: ToolRoom): readonly WantedTool[] {
    const starts = wantedTools(this.state).filter(({ begins }) => begins);
    for (const { agent, turn, call, id } of starts) this.take({ type: 'tool-begin', agent, turn, call, id });
    tools.keep(wantedTools(this.state));
    return starts;
  }

  private performTools(tools: readonly WantedTool[]): void {
    const left = hasBudget(this.state) ? { left: budgetLeft(this.state, wantedTools(this.state).length + this.running.size) } : {};
    for (const tool of tools) this.tools?.perform({ delivering: isDelivery(agentOf(this.state, tool.agent).turn?.kind ?? 'answer'), ...tool, ...left });
  }

  /** Nothing of the agents' tools is left to be waited for; the run is looked at again when there is. */
  private isSettled(): boolean {
    if (this.tools === null) return true;
    if (!this.tools.isIdle()) return false;
    if (!this.tools.holds(this.outbox)) return true;
    this.inbox.push({ type: 'tick' });
    return false;
  }

  private abortUnwanted(): void {
    const keep = new Set(wanted(this.state, this.t).map(keyOf));
    for (const [key, { controller }] of this.running) if (!keep.has(key)) controller.abort();
  }

  /** The request of a call that was just begun: a function of the facts so far, so that a log always tells what was sent. */
  private requestFor({ agent, turn, call }: CallRef): BackendRequest {
    const fact = this.outbox.findLast((event) => event.type === 'call-start');
    if (fact?.type !== 'call-start') throw new Error(`call ${String(call)} of ${agent} in turn ${String(turn)} was begun without its fact`);
    const messages = render(this.state, agent, agentOf(this.state, agent).conversation);
    const kind = agentOf(this.state, agent).turn?.kind ?? 'answer';
    return { messages, tools: toolsOfCall(this.state, fact), toolChoice: fact.choice, callIndex: fact.index, idempotencyKey: fact.key, cacheKey: `massgen-${this.state.session}-${agent}`, waitMs: longestWait(this.state, this.t), ...wishesOf(this.state, kind) };
  }

  private perform(ref: CallRef, request: BackendRequest): void {
    const backend = this.deps.backends[ref.agent];
    if (backend === undefined) throw new Error(`no backend for agent "${ref.agent}"`);
    const controller = new AbortController();
    const key = keyOf(ref);
    this.running.set(key, { controller });
    const kind = agentOf(this.state, ref.agent).turn?.kind;
    void performCall({
      backend,
      request,
      ref,
      controller,
      idleMs: this.state.settings.limits.idleMs,
      drafts: kind === 'answer' || kind === 'solo' || kind === 'vote',
      show: this.inbox.show,
      ready: this.deps.ready,
    }).then(async (result) => {
      const costMicros = result.usage.costMicros ?? (await this.deps.cost(ref.agent, result.usage).catch(() => null));
      this.running.delete(key);
      const violation = this.violation(request, result);
      this.inbox.push({ type: 'call-end', ...ref, result: violation === null ? result : { violation, ...result }, costMicros, chance: this.deps.random() });
    });
  }

  /** Why a reply has not the form that was asked for. A check that throws says no: `JSON.parse` is one. */
  private violation({ format }: BackendRequest, { end, toolCalls, text }: CallResult): string | null {
    if (format === undefined || end !== 'finish' || toolCalls.length > 0) return null;
    try {
      return this.deps.check?.(text, format) ?? null;
    } catch (thrown) {
      return toErrorData(thrown).message;
    }
  }

  private async flush(): Promise<void> {
    if (this.outbox.length === 0) return;
    const batch = this.outbox;
    this.outbox = [];
    const trouble = await this.deps.append(batch);
    this.deps.publish(batch);
    if (this.tools !== null) for (const notice of await this.tools.settle(batch)) this.record({ type: 'notice', ...notice });
    if (trouble !== undefined) this.record({ type: 'notice', level: 'warning', message: trouble });
    if (this.outbox.length > 0) await this.flush();
  }
}

/** A run on its way. */
export interface EngineRun {
  /** The last state. Rejects only when the log refuses. */
  readonly ended: Promise<RunState>;
  /** Cancels the run, or fails it where the reason is a MassgenError; it still ends in order. */
  readonly cancel: (reason: unknown) => void;
}

/** Runs a team to its end. Aborting the signal cancels the run with its reason. */
export function runEngine(start: RunStart, deps: EngineDeps, signal?: StopSignal): EngineRun {
  const engine = new Engine(deps);
  return {
    ended: engine.run(start, signal),
    cancel: (reason) => {
      engine.cancel(reason);
    },
  };
}
