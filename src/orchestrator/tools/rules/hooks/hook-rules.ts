import type { Tool, ToolAfter, ToolContext, ToolRule } from '../../contract.js';
import { matchesTool } from '../../match-name.js';
import { resultText } from '../../plain-text.js';
import type { createAsking } from '../approvals.js';
import type { HookDecision } from './decision.js';
import { runHook, type HookDeps, type HookEvent } from './run-hook.js';
import type { Hook, HookMoment, HookSettings } from './settings.js';

type Arguments = Readonly<Record<string, unknown>>;

const MAX_REASON = 2000;
const because = (reason: string): string => (reason === '' ? '.' : `: ${resultText(reason).slice(0, MAX_REASON)}`);
const messageOf = (thrown: unknown): string => ((thrown as { readonly name?: unknown } | null)?.name === 'TimeoutError' ? 'it took too long' : thrown instanceof Error ? thrown.message : String(thrown));

const meant = (hooks: readonly Hook[], tool: Tool): readonly Hook[] => hooks.filter(({ matcher }) => matchesTool(matcher, tool));

function eventOf(moment: HookMoment, { name }: Tool, args: Arguments, { agent }: ToolContext, { session, cwd, now }: HookDeps): HookEvent {
  return { hook_type: moment, hook_event_name: moment, session_id: session, agent_id: agent, timestamp: now().toISOString(), cwd, tool_name: name, tool_input: args };
}

/** The hooks before a tool as one rule: each sees what the one before it changed, and the first that denies decides. One that fails refuses, unless it says otherwise. */
export function preToolRule({ PreToolUse: hooks }: HookSettings, deps: HookDeps, asking: ReturnType<typeof createAsking>): ToolRule {
  return async (tool, given, context) => {
    let args: Arguments = given;
    for (const hook of meant(hooks, tool)) {
      let decision: HookDecision;
      try {
        decision = await runHook(hook, eventOf('PreToolUse', tool, args, context, deps), deps, context.signal);
      } catch (thrown) {
        if (hook.failClosed) return `Not run: a hook failed (${messageOf(thrown).slice(0, MAX_REASON)}), so ${tool.name} could not be checked.`;
        continue;
      }
      if (decision.verdict === 'deny') return `Not run: a hook refused it${because(decision.reason)}`;
      args = decision.args ?? args;
      const refusal = decision.verdict === 'ask' ? await asking(tool, args, context) : null;
      if (refusal !== null) return refusal;
    }
    return args === given ? null : { args };
  };
}

/** The hooks behind a tool: each may replace the text of the result, or add to it; one that refuses or fails keeps it back. */
export function afterTool({ PostToolUse: hooks }: HookSettings, deps: HookDeps): ToolAfter {
  return async (tool, args, given, context) => {
    let outcome = given;
    for (const hook of meant(hooks, tool)) {
      const event: HookEvent = { ...eventOf('PostToolUse', tool, args, context, deps), tool_output: outcome.text, tool_failed: outcome.failed === true };
      try {
        const { verdict, reason, output, addition } = await runHook(hook, event, deps, context.signal);
        if (verdict !== 'allow') return { text: `The tool has run, but a hook keeps its result back${because(reason)}`, failed: true };
        const text = output ?? outcome.text;
        outcome = { ...outcome, text: addition === undefined ? text : `${text}\n\n${addition}` };
      } catch (thrown) {
        if (hook.failClosed) return { text: `The tool has run, but its result is kept back: a hook failed (${messageOf(thrown).slice(0, MAX_REASON)}).`, failed: true };
      }
    }
    return outcome;
  };
}
