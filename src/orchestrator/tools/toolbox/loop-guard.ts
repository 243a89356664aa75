import { createHash } from 'node:crypto';
import type { Tool } from '../contract.js';

/** So often the same call may have had the same result before the agent is told, and before it is not made again. */
const TELL = 3;
const REFUSE = 5;
/** So many calls are remembered. */
const REMEMBERED = 100;

export interface LoopGuard {
  /** Why a call is not made again; null when it may be. */
  readonly refusal: (tool: Tool, argumentsText: string) => string | null;
  /** What the agent is told with a result that it has had before; empty when there is nothing to tell. */
  readonly note: (tool: Tool, argumentsText: string, result: string) => string;
}

/** Short texts are their own. */
const digest = (text: string): string => (text.length <= 500 ? text : createHash('sha256').update(text).digest('base64'));

/** Notices an agent that makes the same call again and again and learns nothing from it. Once another tool has changed something, the same call is a new question. */
export function createLoopGuard(): LoopGuard {
  const known = new Map<string, { readonly result: string; readonly count: number }>();
  const keyOf = (tool: Tool, argumentsText: string): string => `${tool.name}\n${digest(argumentsText)}`;
  return {
    refusal: (tool, argumentsText) => {
      const count = known.get(keyOf(tool, argumentsText))?.count ?? 0;
      return count < REFUSE ? null : `Not run: this same call has had the same result ${String(count)} times. Do something else, or finish with what you have.`;
    },
    note: (tool, argumentsText, result) => {
      const key = keyOf(tool, argumentsText);
      const before = known.get(key);
      if (tool.effects !== 'none' && known.size > 0) known.clear();
      const same = digest(result);
      const count = before?.result === same ? before.count + 1 : 1;
      known.delete(key);
      known.set(key, { result: same, count });
      const [oldest] = known.keys();
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
      return count < TELL ? '' : `\n[You have made this same call ${String(count)} times, and its result was the same each time.]`;
    },
  };
}
