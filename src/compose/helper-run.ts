import path from 'node:path';
import type { PlannedAgent, RunPlan } from '../orchestrator/config/plan.js';
import { EMPTY, fold, openSessionLog, streamRun, type RunEvent, type RunState, type SessionLog } from '../orchestrator/index.js';
import type { Expense } from '../orchestrator/protocol.js';
import type { HelperAgent } from '../orchestrator/tools/agents/agent-source.js';
import type { ToolContext, ToolOutcome } from '../orchestrator/tools/contract.js';
import { handOver } from './helper-files.js';
import { newSessionId, runStart, streamDeps } from './run-parts.js';
import type { Team } from './team.js';
import type { TeamTools } from './team-tools.js';

export interface HelperDeps {
  /** Of the agents that ask. */
  readonly plan: RunPlan;
  /** A team of this one agent. */
  readonly teamOf: (agent: PlannedAgent) => Team | undefined;
  /** The tools of a plan with this one agent. */
  readonly prepare: (plan: RunPlan, team: Team) => TeamTools | undefined;
  readonly secrets: readonly string[];
  /** Folder of the asking agent's log; null when nothing is logged. */
  readonly folder: string | null;
  /** Where the asking agent reads what its tools gave it; null for one that reads no files. */
  readonly results: string | null;
}

/** What is left for its end when its time is over. */
const END_MS = 10_000;

const unlogged: SessionLog = { directory: null, turn: 1, finalPath: () => null, append: () => Promise.resolve(undefined), warning: () => undefined, close: () => undefined };

/** The helper's run: a single agent with a share of what is left of time and money. */
function planOf(plan: RunPlan, agent: PlannedAgent, left: ToolContext['left']): RunPlan {
  const { settings } = plan;
  const limits = { ...settings.limits, totalMs: plan.tools.helperMs, firstTurnMs: null, laterTurnMs: null };
  const budget = left === undefined ? settings.budget : { maxTokens: left.tokens, maxCostMicros: left.costMicros };
  return { ...plan, agents: [agent], settings: { ...settings, limits, budget, maxRestarts: 0, skipCoordination: false } };
}

const expenseOf = ({ spent: { usage, costMicros, costKnown, estimated } }: RunState): Expense => ({ usage, costMicros: costKnown ? costMicros : null, ...(estimated ? { estimated } : {}) });

function outcomeOf(id: string, state: RunState): ToolOutcome {
  if (state.final !== null) return { text: state.final.text };
  return { text: `The agent ${id} gave no answer: ${state.ending?.error?.message ?? 'nobody knows why'}`, failed: true };
}

const progressOf = (id: string, event: RunEvent): string | undefined => (event.type === 'tool-start' ? `${id} uses ${event.name}` : event.type === 'turn-start' ? `${id} is at work` : undefined);

/** Hears the helper's run to its end. One that is broken off is over with its last event: its servers are ended without anybody waiting. */
function hear(id: string, events: AsyncIterable<RunEvent>, { signal, progress, spent }: ToolContext): Promise<ToolOutcome> {
  let state = EMPTY;
  spent(expenseOf(state));
  return new Promise((resolve, reject) => {
    const listen = async (): Promise<ToolOutcome> => {
      for await (const event of events) {
        const before = state.spent;
        state = fold(state, event);
        if (state.spent !== before) spent(expenseOf(state));
        const said = progressOf(id, event);
        if (said !== undefined) progress(said);
        if (event.type === 'run-end' && signal.aborted) resolve(outcomeOf(id, state));
      }
      return outcomeOf(id, state);
    };
    listen().then(resolve, reject);
  });
}

async function ask(agent: PlannedAgent, team: Team, prompt: string, context: ToolContext, deps: HelperDeps): Promise<ToolOutcome> {
  const { left, signal } = context;
  if (left?.tokens === 0 || left?.costMicros === 0) return { text: `The agent ${agent.id} was not asked: the budget is used up.`, failed: true };
  const plan = planOf(deps.plan, agent, left);
  const log = deps.folder === null ? unlogged : openSessionLog({ root: path.join(deps.folder, 'subagents', agent.id), turn: 1, files: 'events', secrets: deps.secrets, now: () => new Date(), random: Math.random });
  const session = newSessionId();
  const equipped = deps.prepare(plan, team)?.begin({ session, folder: log.directory === null ? null : path.join(log.directory, 'turn_1') });
  const start = runStart(plan, equipped?.agents ?? team.agents, { session, turn: 1, task: prompt, history: [], config: null });
  const outcome = await hear(agent.id, streamRun(start, streamDeps(team, log, undefined, undefined, equipped), signal), context);
  const info = equipped?.agents[0];
  if (deps.results === null || log.directory === null || info === undefined) return outcome;
  return handOver(outcome, { agent: info, directory: log.directory, results: deps.results, signal });
}

/** The agents that one agent may ask, each a run of its own inside the asking one's: logged below it, paid from its budget. */
export function helpersOf({ helpers = [] }: PlannedAgent, deps: HelperDeps): readonly HelperAgent[] {
  return helpers.flatMap(({ agent, description }): readonly HelperAgent[] => {
    const team = deps.teamOf(agent);
    if (team === undefined) return [];
    const acts = deps.prepare(planOf(deps.plan, agent, undefined), team) !== undefined;
    return [{ id: agent.id, description, effects: acts ? 'outside' : 'none', timeoutMs: deps.plan.tools.helperMs + END_MS, ask: (prompt, context) => ask(agent, team, prompt, context, deps) }];
  });
}
