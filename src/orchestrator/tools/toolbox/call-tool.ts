import type { Expense } from '../../protocol.js';
import { watchSilence, type SilenceWatch } from '../../watch-silence.js';
import type { Tool, ToolContext, ToolOutcome, ToolResult } from '../contract.js';
import type { createArgumentCheck } from './arguments.js';
import { parseArguments } from './arguments.js';
import { keepFiles } from './keep-files.js';
import type { LoopGuard } from './loop-guard.js';
import { limitResult, type createResultFiles } from './result-limit.js';
import type { ToolboxSettings } from './settings.js';

/** What a toolbox has for all of its calls. */
export interface CallDeps {
  readonly settings: ToolboxSettings;
  readonly check: ReturnType<typeof createArgumentCheck>;
  readonly guard: LoopGuard;
  readonly keep: ReturnType<typeof createResultFiles>;
}

type Arguments = Readonly<Record<string, unknown>>;

const failed = (text: string): ToolResult => ({ status: 'failed', text });
const ABORTED: ToolResult = { status: 'aborted', text: 'Not finished: the turn was over before.' };
const refused = (text: string): ToolResult => ({ status: 'refused', text });

/** Modules of the user's may throw anything. */
function messageOf(thrown: unknown): string {
  const said = typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
  return typeof said === 'string' && said !== '' ? said.slice(0, 2000) : 'it failed without a reason';
}

/** Why a rule does not let the call through; or, when all do, the arguments that they leave. */
async function askRules({ settings, check }: CallDeps, tool: Tool, given: Arguments, context: ToolContext): Promise<string | { readonly args: Arguments }> {
  let args = given;
  for (const rule of settings.rules) {
    try {
      const verdict = await rule(tool, args, context);
      if (typeof verdict === 'string') return verdict;
      args = verdict?.args ?? args;
    } catch (thrown) {
      return `Not run: it could not be found out whether ${tool.name} may be called (${messageOf(thrown)}).`;
    }
  }
  const wrong = args === given ? null : await check(tool, args);
  return wrong === null ? { args } : `Not run: a rule changed the arguments. ${wrong}`;
}

/** However much a tool says of its progress, it is given up after this. */
const LONGEST_MS = 3_600_000;

/** One call while it runs. */
interface Running {
  /** The tool's signal is this one's. */
  readonly own: AbortController;
  limit?: SilenceWatch;
  /** Until its last word. */
  timer?: NodeJS.Timeout;
  spent?: Expense;
}

/** Who spends says how much it was, also of what is being broken off. */
const LAST_WORD_MS = 2000;

function endWaiting({ limit, timer }: Running): void {
  limit?.end();
  clearTimeout(timer);
}

/** Tells a tool that nobody waits any more; then `over`, for one that spends after its last word. */
function stop(running: Running, reason: unknown, over: () => void): void {
  endWaiting(running);
  running.own.abort(reason);
  if (running.spent === undefined) over();
  else running.timer = setTimeout(over, LAST_WORD_MS);
}

/** Runs a tool for as long as it may take since it last said how far it is. */
function runInTime(tool: Tool, args: Arguments, context: ToolContext, running: Running, limitMs: number): Promise<ToolOutcome | 'late'> {
  return new Promise((resolve, reject) => {
    const late = (): void => resolve('late');
    running.limit = watchSilence(limitMs, () => stop(running, new DOMException(`no result after ${String(limitMs / 1000)} s`, 'TimeoutError'), late));
    const unlessLate =
      <Value>(pass: (value: Value) => void) =>
      (value: Value): void => (running.own.signal.aborted ? late() : pass(value));
    tool.run(args, context).then(unlessLate(resolve), unlessLate(reject));
  });
}

/** What makes a result the same as another: not where it is kept, but its pictures. */
const sameness = ({ text, files }: ToolOutcome): string => (files === undefined ? text : [text, ...files.map(({ base64 }) => base64)].join('\n'));

/** What the agent is told of an outcome. */
function tell({ guard }: CallDeps, tool: Tool, argumentsText: string, outcome: ToolOutcome, { text, images }: Pick<ToolOutcome, 'text' | 'images'>): ToolResult {
  const { failed: hasFailed } = outcome;
  const told = `${text}${guard.note(tool, argumentsText, sameness(outcome))}`;
  return {
    status: hasFailed === true ? 'failed' : 'ok',
    text: told === '' && images === undefined ? '(no output)' : told,
    ...(images === undefined ? {} : { images }),
  };
}

/** What a stranger calls its files is part of what it says. */
function masked(outcome: ToolOutcome, mask: (text: string) => string): ToolOutcome {
  const text = mask(outcome.text);
  if (outcome.files === undefined) return { ...outcome, text };
  return { ...outcome, text, files: outcome.files.map((file) => (file.name === undefined ? file : { ...file, name: mask(file.name) })) };
}

/** What the agent is shown of an outcome. */
function show({ settings: { resultLimit }, keep }: CallDeps, outcome: ToolOutcome, legal: string): ReturnType<typeof limitResult> {
  if (outcome.files === undefined) return limitResult(outcome, legal, resultLimit, keep);
  return keepFiles(outcome, outcome.files, legal, keep).then((whole) => limitResult(whole, legal, resultLimit, keep));
}

async function perform(deps: CallDeps, tool: Tool, legal: string, argumentsText: string, context: ToolContext, running: Running): Promise<ToolResult> {
  const { settings, guard } = deps;
  const args = parseArguments(argumentsText);
  if (typeof args === 'string') return failed(args);
  const checked = deps.check(tool, args);
  const wrong = checked instanceof Promise ? await checked : checked;
  if (wrong !== null) return failed(wrong);
  const verdict = guard.refusal(tool, argumentsText) ?? (settings.rules.length === 0 ? { args } : await askRules(deps, tool, args, context));
  if (typeof verdict === 'string') return refused(verdict);
  if (context.signal.aborted) return ABORTED;
  const limitMs = tool.timeoutMs ?? settings.timeoutMs;
  const ran = await runInTime(tool, verdict.args, context, running, limitMs);
  endWaiting(running);
  const said = ran === 'late' || settings.after === undefined ? ran : await settings.after(tool, verdict.args, ran, context);
  const outcome = said === 'late' || settings.mask === undefined ? said : masked(said, settings.mask);
  if (outcome === 'late') return { status: 'timeout', text: `No result after ${String(limitMs / 1000)} s: it was given up.` };
  const shown = show(deps, outcome, legal);
  return tell(deps, tool, argumentsText, outcome, shown instanceof Promise ? await shown : shown);
}

/** One call of a tool, from its arguments to what the agent is told. Never rejects; an abort settles it at once, or when a tool that spends has said how much it was. */
export function callTool(deps: CallDeps, tool: Tool, legal: string, argumentsText: string, context: Omit<ToolContext, 'spent'>): Promise<ToolResult> {
  const { signal } = context;
  if (signal.aborted) return Promise.resolve(ABORTED);
  const clean = deps.settings.mask ?? ((text: string) => text);
  return new Promise((resolve) => {
    const running: Running = { own: new AbortController() };
    const settle = (result: ToolResult): void => {
      endWaiting(running);
      signal.removeEventListener('abort', onAbort);
      const told = signal.aborted ? ABORTED : result;
      resolve(running.spent === undefined ? told : { ...told, spent: running.spent });
    };
    const onAbort = (): void => stop(running, signal.reason, () => settle(ABORTED));
    const startedAt = performance.now();
    const progress = (message: string): void => {
      if (!running.own.signal.aborted && performance.now() - startedAt < LONGEST_MS) running.limit?.hear();
      context.progress(clean(message));
    };
    const spent = (total: Expense): void => {
      running.spent = total;
    };
    signal.addEventListener('abort', onAbort);
    perform(deps, tool, legal, argumentsText, { ...context, signal: running.own.signal, progress, spent }, running).then(settle, (thrown: unknown) => settle(failed(clean(messageOf(thrown)))));
  });
}
