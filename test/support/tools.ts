import type { Tool, Toolbox, ToolContext, ToolOutcome, ToolSource } from '../../src/orchestrator/tools/contract.js';
import { openToolbox } from '../../src/orchestrator/tools/toolbox/toolbox.js';
import { TOOLBOX_DEFAULTS, type ToolboxSettings } from '../../src/orchestrator/tools/toolbox/settings.js';

type Run = (args: Readonly<Record<string, unknown>>, context: ToolContext) => ToolOutcome | Promise<ToolOutcome>;

/** A tool that does what the test says; without, it says its arguments. */
export function tool(name: string, run: Run = (args) => ({ text: JSON.stringify(args) }), change: Partial<Tool> = {}): Tool {
  return { name, aliases: [], description: `does ${name}`, parameters: { type: 'object', properties: {} }, effects: 'none', run: async (args, context) => run(args, context), ...change };
}

export interface FakeSource extends ToolSource {
  readonly change: (tools: readonly Tool[], notes?: readonly string[]) => void;
  readonly isClosed: () => boolean;
}

export function toolSource(first: readonly Tool[], firstNotes: readonly string[] = []): FakeSource {
  let [tools, notes, closed] = [first, firstNotes, false];
  const listeners: (() => void)[] = [];
  return {
    tools: () => tools,
    notes: () => notes,
    onChange: (listener) => void listeners.push(listener),
    close: async () => {
      closed = true;
      await Promise.resolve();
    },
    change: (nextTools, nextNotes = []) => {
      [tools, notes] = [nextTools, nextNotes];
      for (const listener of listeners) listener();
    },
    isClosed: () => closed,
  };
}

export const toolboxSettings = (change: Partial<ToolboxSettings> = {}): ToolboxSettings => ({ ...TOOLBOX_DEFAULTS, agent: 'a', allowed: [], denied: [], rules: [], resultFolder: null, ...change });

export const toolboxOf = (tools: readonly Tool[], change: Partial<ToolboxSettings> = {}) => openToolbox([() => Promise.resolve(toolSource(tools))], toolboxSettings(change), new AbortController().signal);

type CallContext = Parameters<Toolbox['call']>[1];

export const toolContext = (change: Partial<CallContext> = {}): CallContext => ({ agent: 'a', signal: new AbortController().signal, delivering: false, progress: () => undefined, ...change });
