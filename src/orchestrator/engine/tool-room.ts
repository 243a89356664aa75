import { toErrorData } from '../../errors.js';
import type { Input } from '../coordination/decide.js';
import type { WantedTool } from '../coordination/wanted.js';
import type { AgentId, DisplayEvent, RunEvent } from '../protocol.js';
import type { Toolbox, ToolContext, ToolResult } from '../tools/contract.js';
import type { RunNotice, RunTools } from '../tools/run-tools.js';

/** Tools that change all the time are looked at again this often, and so many times in a run. */
const CHANGE_MS = 100;
const MOST_OFFERS = 100;
/** A long call says how far it is at most this often, in so many characters. */
const PROGRESS_MS = 100;
const PROGRESS_LENGTH = 300;
/** What has not ended by then is left to the operating system. */
const CLOSE_MS = 15_000;

export interface ToolRoomDeps {
  readonly tools: RunTools;
  readonly push: (input: Input) => void;
  readonly show: (event: DisplayEvent) => void;
  /** Monotonic ms. */
  readonly now: () => number;
}

type Perform = Pick<WantedTool, 'agent' | 'turn' | 'call' | 'id' | 'name' | 'argumentsText'> & Pick<ToolContext, 'delivering' | 'left'>;

const keyOf = ({ agent, turn, call, id }: Pick<WantedTool, 'agent' | 'turn' | 'call' | 'id'>): string => `${agent} ${String(turn)} ${String(call)} ${id}`;

/** The toolboxes of one run, and what runs in them. */
export class ToolRoom {
  private readonly boxes = new Map<AgentId, Toolbox>();
  private readonly running = new Map<string, AbortController>();
  private readonly offers = new Map<AgentId, { readonly shown: string; readonly count: number }>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly over = new AbortController();
  private readonly deps: ToolRoomDeps;

  constructor(deps: ToolRoomDeps) {
    this.deps = deps;
  }

  /** Opens the agents' toolboxes; each is offered as soon as it is open. */
  open(agents: readonly AgentId[]): void {
    for (const agent of agents) {
      this.deps.tools.open(agent, this.over.signal).then(
        (box) => {
          this.boxes.set(agent, box);
          this.offer(agent, box);
          box.onChange(() => {
            this.offerSoon(agent, box);
          });
        },
        (thrown: unknown) => {
          this.deps.push({ type: 'tools', agent, tools: [], notes: [`Your tools could not be opened: ${toErrorData(thrown).message}`] });
        },
      );
    }
  }

  private offer(agent: AgentId, box: Toolbox): void {
    if (this.over.signal.aborted) return;
    const [tools, notes] = [box.tools(), box.notes()];
    const shown = JSON.stringify([tools, notes]);
    const { shown: before = '', count = 0 } = this.offers.get(agent) ?? {};
    if (shown === before || count >= MOST_OFFERS) return;
    this.offers.set(agent, { shown, count: count + 1 });
    this.deps.push({ type: 'tools', agent, tools, notes });
  }

  private readonly waiting = new Set<AgentId>();

  private offerSoon(agent: AgentId, box: Toolbox): void {
    if (this.waiting.has(agent) || this.over.signal.aborted) return;
    this.waiting.add(agent);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.waiting.delete(agent);
      this.offer(agent, box);
    }, CHANGE_MS);
    this.timers.add(timer);
  }

  isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Runs a tool whose start is stored; its end is an input. */
  perform(tool: Perform): void {
    const { agent, turn, call, id } = tool;
    const key = keyOf(tool);
    const controller = new AbortController();
    this.running.set(key, controller);
    const startedAt = this.deps.now();
    void this.run(tool, controller.signal).then((result) => {
      this.running.delete(key);
      const durationMs = Math.round((this.deps.now() - startedAt) * 10) / 10;
      this.deps.push({ type: 'tool-end', agent, turn, call, id, ...result, durationMs });
    });
  }

  /** Never rejects. */
  private run({ agent, turn, call, id, name, argumentsText, delivering, left }: Perform, signal: AbortSignal): Promise<ToolResult> {
    const box = this.boxes.get(agent);
    if (box === undefined) return Promise.resolve({ status: 'failed', text: 'Your tools are not there any more.' });
    return new Promise((resolve) => {
      let lastAt = -Infinity;
      const settle = (result: ToolResult): void => {
        lastAt = Infinity;
        resolve(result);
      };
      const progress = (message: string): void => {
        if (this.deps.now() - lastAt < PROGRESS_MS) return;
        lastAt = this.deps.now();
        this.deps.show({ type: 'tool-progress', agent, turn, call, id, message: message.slice(0, PROGRESS_LENGTH) });
      };
      box.call({ id, name, argumentsText }, { agent, signal, delivering, progress, ...(left === undefined ? {} : { left }) }).then(settle, (thrown: unknown) => {
        settle({ status: 'failed', text: toErrorData(thrown).message });
      });
    });
  }

  /** Aborts what nobody waits for any more. */
  keep(wanted: readonly WantedTool[]): void {
    if (this.running.size === 0) return;
    const keys = new Set(wanted.map(keyOf));
    for (const [key, controller] of this.running) if (!keys.has(key)) controller.abort();
  }

  /** Something is to be done about these facts before the run may end. */
  holds(unsettled: readonly RunEvent[]): boolean {
    return this.deps.tools.settle !== undefined && unsettled.some(({ type }) => type === 'answer-final');
  }

  settle(batch: readonly RunEvent[]): Promise<readonly RunNotice[]> {
    return this.deps.tools.settle?.(batch) ?? Promise.resolve([]);
  }

  async close(): Promise<void> {
    this.over.abort();
    for (const timer of this.timers) clearTimeout(timer);
    for (const controller of this.running.values()) controller.abort();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.deps.tools.close().catch(() => undefined), tooLong]);
    clearTimeout(timer);
  }
}
