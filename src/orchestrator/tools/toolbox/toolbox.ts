import type { ToolSpec } from '../../../backends/contract.js';
import type { OpenToolSource, Tool, Toolbox, ToolResult, ToolSource } from '../contract.js';
import { matchesAny } from '../match-name.js';
import { plainText } from '../plain-text.js';
import { createArgumentCheck } from './arguments.js';
import { callTool, type CallDeps } from './call-tool.js';
import { legalName } from './legal-name.js';
import { createLoopGuard } from './loop-guard.js';
import { createResultFiles } from './result-limit.js';
import type { ToolboxSettings } from './settings.js';

/** Of a tool that vendors are told of. */
const DESCRIPTION = 4000;
/** Vendors refuse more, and models find nothing among so many. */
const MOST_TOOLS = 200;
const NOTE = 1000;

interface Contents {
  readonly byName: ReadonlyMap<string, Tool>;
  readonly specs: readonly ToolSpec[];
  readonly notes: readonly string[];
}

const isThere = ({ allowed, denied }: ToolboxSettings, tool: Tool): boolean => allowed.every((list) => matchesAny(list, tool)) && !matchesAny(denied, tool);

const specOf = (name: string, { description, parameters }: Tool): ToolSpec => ({ name, description: plainText(description, DESCRIPTION), parameters: parameters['type'] === 'object' ? parameters : { type: 'object', properties: {} } });

/** Lists that were meant to leave something and leave nothing: a name that is misspelt, or of another server. */
function unmatched({ allowed }: ToolboxSettings, tools: readonly Tool[]): readonly string[] {
  if (tools.length === 0) return [];
  return allowed.filter((list) => list.length > 0 && !tools.some((tool) => matchesAny(list, tool))).map((list) => `Of the tools that there are (${String(tools.length)}) none is among the allowed ones (${list.slice(0, 10).join(', ')}${list.length > 10 ? ', …' : ''}): you have none.`);
}

function readContents(sources: readonly ToolSource[], settings: ToolboxSettings, trouble: readonly string[]): Contents {
  const byName = new Map<string, Tool>();
  const all = sources.flatMap((source) => source.tools());
  const notes = [...trouble, ...sources.flatMap((source) => source.notes()), ...unmatched(settings, all)].map((note) => plainText(note, NOTE));
  const names = new Set<string>();
  for (const tool of all.filter((each) => isThere(settings, each))) {
    const legal = legalName(tool.name);
    if (names.has(tool.name) || byName.has(legal)) notes.push(`Two of your tools are called ${plainText(tool.name, 100)}: only the first is there.`);
    else if (byName.size < MOST_TOOLS) byName.set(legal, tool);
    else if (!notes.some((note) => note.startsWith('You have more'))) notes.push(`You have more than ${String(MOST_TOOLS)} tools: the others are left out. allowed_tools says which are wanted.`);
    names.add(tool.name);
  }
  return { byName, specs: [...byName].map(([name, tool]) => specOf(name, tool)), notes };
}

/** The tool that is meant: by the name that the vendor was told, or by another name of its own that no other tool has. */
function findTool({ byName }: Contents, name: string): readonly [legal: string, tool: Tool] | undefined {
  const exact = byName.get(name);
  if (exact !== undefined) return [name, exact];
  const others = [...byName].filter(([, tool]) => tool.name === name || tool.aliases.includes(name));
  return others.length === 1 ? others[0] : undefined;
}

function unknown(name: string, { byName }: Contents): ToolResult {
  const names = [...byName.keys()];
  const known = names.length === 0 ? 'You have none.' : `You have: ${names.slice(0, 30).join(', ')}${names.length > 30 ? ', …' : ''}.`;
  return { status: 'failed', text: `There is no tool ${plainText(name, 100)}. ${known}` };
}

const reasonOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** The toolbox of one agent out of its sources. Never rejects: a source that cannot be opened is a note. */
export async function openToolbox(opening: readonly OpenToolSource[], settings: ToolboxSettings, signal: AbortSignal): Promise<Toolbox> {
  // What checks arguments takes a while to load: not in the agent's first call.
  void import('ajv');
  const opened = await Promise.allSettled(opening.map((open) => open(signal)));
  const sources = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const trouble = opened.flatMap((each) => (each.status === 'rejected' ? [`Some of your tools are not there: ${reasonOf(each.reason)}`] : []));
  const deps: CallDeps = { settings, check: createArgumentCheck(), guard: createLoopGuard(), keep: createResultFiles(settings.resultFolder) };
  let contents: Contents | null = null;
  const current = (): Contents => (contents ??= readContents(sources, settings, trouble));
  const listeners = new Set<() => void>();
  for (const source of sources) {
    source.onChange?.(() => {
      contents = null;
      for (const listener of listeners) listener();
    });
  }
  return {
    tools: () => current().specs,
    notes: () => current().notes,
    onChange: (listener) => void listeners.add(listener),
    call: ({ id, name, argumentsText }, context) => {
      const found = findTool(current(), name);
      if (found === undefined) return Promise.resolve(unknown(name, current()));
      const [legal, tool] = found;
      return callTool(deps, tool, legal, argumentsText, { ...context, callId: id });
    },
    close: async () => {
      listeners.clear();
      await Promise.allSettled(sources.map((source) => source.close()));
    },
  };
}
