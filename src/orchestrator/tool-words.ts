import type { RunState } from './coordination/state.js';
import type { AgentId, ToolStatus } from './protocol.js';

/** What is said of a call of an agent's own tool that did not go well, wherever people read it. */
export const TOOL_ENDINGS: Readonly<Record<Exclude<ToolStatus, 'ok'>, string>> = {
  failed: 'failed',
  refused: 'was refused',
  timeout: 'took too long',
  aborted: 'was broken off',
};

const SHOWN = 120;

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

function pair([name, value]: readonly [string, unknown]): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${name}: ${cut(text.replace(/\s+/gu, ' '), 60)}`;
}

/** A call's arguments for people, in one short line: `path: notes.md, content: Dear …`. */
export function shownArguments(argumentsText: string): string {
  try {
    const value: unknown = JSON.parse(argumentsText);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return cut(Object.entries(value).map(pair).join(', '), SHOWN);
  } catch {
    // Shown as it is.
  }
  return cut(argumentsText.replace(/\s+/gu, ' '), SHOWN);
}

/** The arguments of a call of an agent's own tool that is running; empty when it is not. */
export function argumentsOfTool({ agents }: RunState, { agent, id }: { readonly agent: AgentId; readonly id: string }): string {
  return agents[agent]?.turn?.reply?.open.find((each) => each.id === id && each.started)?.argumentsText ?? '';
}

/** `mcp` for tools of MCP servers. */
export const toolKind = (name: string): 'mcp' | 'own' => (name.startsWith('mcp__') ? 'mcp' : 'own');

/** Of what an agent is told of its tools, what the user should know, too: what is missing. */
export const missingTools = (notes: readonly string[]): readonly string[] => notes.filter((note) => /not available|not there|could not be|left out|only the first|none is |you cannot use it/u.test(note)).map((note) => cut(note.replace(/\s+/gu, ' '), 300));
