import { MassgenError } from '../../../errors.js';
import type { Tool, ToolContext, ToolRule } from '../contract.js';
import { matchesTool } from '../match-name.js';
import { plainLine, plainText } from '../plain-text.js';

/** `ask`: the user at the terminal; where there is none, no. */
export type Approval = 'auto' | 'ask' | 'deny';

/** What holds for which tools: the first that matches. */
export type ApprovalList = readonly (readonly [pattern: string, approval: Approval])[];

/** Puts a yes-or-no question to whoever sits at the terminal. */
export type AskUser = (question: string, signal: AbortSignal) => Promise<boolean>;

const STRICTNESS: Readonly<Record<Approval, number>> = { auto: 0, ask: 1, deny: 2 };
const EFFECTS = 'effects:';
const MAX_SHOWN = 1500;

const isApproval = (value: unknown): value is Approval => value === 'auto' || value === 'ask' || value === 'deny';

/** `tool_approval` of an agent or of the orchestrator: one word for all tools, or a map of patterns. Throws `config-invalid` for another word. */
export function readApprovals(written: unknown, where: string): ApprovalList {
  if (written === undefined || written === null) return [];
  const entries = typeof written === 'object' ? Object.entries(written) : [['*', written] as const];
  return entries.map(([pattern, approval]) => {
    if (!isApproval(approval)) throw new MassgenError('config-invalid', `${where}.tool_approval: ${pattern} is ${JSON.stringify(approval)}; write auto, ask or deny`);
    return [pattern, approval];
  });
}

function isMeant(pattern: string, tool: Pick<Tool, 'name' | 'aliases' | 'effects'>): boolean {
  return pattern.startsWith(EFFECTS) ? pattern.slice(EFFECTS.length) === tool.effects : matchesTool(pattern, tool);
}

/** What holds for a tool: in each list its first match, and of these the strictest. */
export function approvalOf(lists: readonly ApprovalList[], tool: Pick<Tool, 'name' | 'aliases' | 'effects'>): Approval {
  const found = lists.map((list) => list.find(([pattern]) => isMeant(pattern, tool))?.[1] ?? 'auto');
  return found.reduce<Approval>((strictest, each) => (STRICTNESS[each] > STRICTNESS[strictest] ? each : strictest), 'auto');
}

/** What is asked about a call; the arguments stand in it as they are, made plain and cut where they are long. */
export function questionOf(tool: Pick<Tool, 'name'>, args: Readonly<Record<string, unknown>>, { agent }: Pick<ToolContext, 'agent'>): string {
  const shown = plainText(JSON.stringify(args, null, 1), MAX_SHOWN);
  return `Agent ${agent} would call ${plainLine(tool.name, 200)}${shown === '{}' ? '' : ` with ${shown}`}. May it?`;
}

/** Answers to questions, one question after the other; null is yes. Without anybody to ask, each is refused. */
export function createAsking(ask: AskUser | undefined): (tool: Tool, args: Readonly<Record<string, unknown>>, context: ToolContext) => Promise<string | null> {
  let before: Promise<unknown> = Promise.resolve();
  return async (tool, args, context) => {
    if (ask === undefined) return `Not run: ${tool.name} needs the user’s approval, and there is nobody to ask. Go on without it.`;
    const answer = before.then(() => !context.signal.aborted && ask(questionOf(tool, args, context), context.signal));
    before = answer.catch(() => undefined);
    return (await answer) ? null : `Not run: the user did not allow this call of ${tool.name}. Do not repeat it; go on without it.`;
  };
}

/** Lets a call through, asks, or refuses it. */
export function approvalRule(lists: readonly ApprovalList[], asking: ReturnType<typeof createAsking>): ToolRule {
  return (tool, args, context) => {
    const approval = approvalOf(lists, tool);
    if (approval === 'auto') return null;
    if (approval === 'deny') return `Not run: the configuration does not allow ${tool.name} (tool_approval). Go on without it.`;
    return asking(tool, args, context);
  };
}
