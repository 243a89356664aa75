import { MassgenError } from '../../errors.js';
import type { AgentId, FinalStrategy, RunSettings } from '../protocol.js';
import { readApprovals, type ApprovalList } from '../tools/rules/approvals.js';
import { readPlanningSettings, type PlanningSettings } from '../tools/rules/planning.js';
import { readToolChoice } from '../tools/rules/profile.js';
import { readSharedFiles, type SharedFiles } from '../tools/workspace/settings.js';
import { readHelpers } from './helpers.js';
import { plannedBackend, type PlannedAgent } from './planned-agent.js';
import { chosenBackend, programWarnings } from './program-agents.js';
import type { AgentConfig, Config } from './schema/root.js';

export type { PlannedAgent } from './planned-agent.js';

/** What holds for the tools of all agents. */
export interface ToolsPlan {
  /** Absent when agents may act at any time. */
  readonly planning?: PlanningSettings;
  readonly approvals: ApprovalList;
  /** How long an agent that another one asks may take. */
  readonly helperMs: number;
  /** The `hooks` block as written. */
  readonly hooks?: unknown;
}

/** What flags say; it goes before the configuration. */
export interface PlanOverrides {
  readonly timeoutSeconds?: number;
  /** US dollars. */
  readonly maxCost?: number;
  readonly maxTokens?: number;
  /** For every agent. */
  readonly systemMessage?: string;
  readonly strategy?: FinalStrategy;
  readonly maxAnswersPerAgent?: number;
  readonly skipVoting?: boolean;
  readonly skipPresentation?: boolean;
  readonly prompt?: string;
}

export interface RunPlan {
  /** In the order of the configuration: ties between answers go to the earlier one. */
  readonly agents: readonly PlannedAgent[];
  readonly settings: RunSettings;
  readonly tools: ToolsPlan;
  /** What all agents share of the user's files, and where copies of their own are kept. */
  readonly files: SharedFiles;
  readonly prompt?: string;
  /** The session that the question continues. */
  readonly session?: string;
  readonly display: Config['ui']['display_type'];
  readonly logging: boolean;
  readonly warnings: readonly string[];
}

type Orchestrator = Config['orchestrator'];

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);
const millisecondsOrNone = (seconds: number | null): number | null => (seconds === null ? null : milliseconds(seconds));

/** An id of the agent's own, or the first free `agentN` from its place on. */
function assignIds(agents: readonly AgentConfig[]): readonly AgentId[] {
  const taken = new Set(agents.flatMap((agent) => agent.id?.toLowerCase() ?? []));
  return agents.map((agent, index) => {
    if (agent.id !== undefined) return agent.id;
    let number = index + 1;
    while (taken.has(`agent${number}`)) number += 1;
    taken.add(`agent${number}`);
    return `agent${number}`;
  });
}

/** Where nobody can improve on a peer's answer and all are merged in the end, votes decide nothing. */
function skipsVoting(orchestrator: Orchestrator, strategy: FinalStrategy, maxAnswers: number | null, overrides: PlanOverrides): boolean {
  const mergesAll = strategy === 'synthesize' && maxAnswers === 1 && orchestrator.defer_voting_until_all_answered === undefined;
  return overrides.skipVoting ?? (orchestrator.skip_voting || mergesAll);
}

/** What was planned is carried out by whoever presents, so with planning mode somebody does unless that is ruled out in words. */
function strategyOf({ final_answer_strategy: written, coordination }: Orchestrator, overrides: PlanOverrides): FinalStrategy {
  const strategy = overrides.strategy ?? written;
  return strategy === 'auto' && coordination.enable_planning_mode ? 'winner_present' : strategy;
}

function toLimits(times: Config['timeout_settings'], overrides: PlanOverrides): RunSettings['limits'] {
  return {
    totalMs: milliseconds(overrides.timeoutSeconds ?? times.orchestrator_timeout_seconds),
    firstTurnMs: millisecondsOrNone(times.initial_round_timeout_seconds),
    laterTurnMs: millisecondsOrNone(times.subsequent_round_timeout_seconds),
    graceMs: milliseconds(times.round_timeout_grace_seconds),
    idleMs: milliseconds(times.idle_timeout_seconds),
  };
}

function toBudget({ budget }: Orchestrator, overrides: PlanOverrides): RunSettings['budget'] {
  const cost = overrides.maxCost ?? budget.max_cost_usd;
  return { maxTokens: overrides.maxTokens ?? budget.max_tokens, maxCostMicros: cost === null ? null : Math.round(cost * 1_000_000) };
}

function toSettings({ orchestrator, timeout_settings: times }: Config, overrides: PlanOverrides): RunSettings {
  const strategy = strategyOf(orchestrator, overrides);
  const maxAnswersPerAgent = overrides.maxAnswersPerAgent ?? orchestrator.max_new_answers_per_agent;
  return {
    maxAnswersPerAgent,
    maxAnswersGlobal: orchestrator.max_new_answers_global,
    novelty: orchestrator.answer_novelty_requirement,
    sensitivity: orchestrator.voting_sensitivity,
    fairness: { enabled: orchestrator.fairness_enabled, leadCap: orchestrator.fairness_lead_cap_answers },
    skipVoting: skipsVoting(orchestrator, strategy, maxAnswersPerAgent, overrides),
    skipPresentation: overrides.skipPresentation ?? orchestrator.skip_final_presentation,
    skipCoordination: orchestrator.skip_coordination_rounds,
    injection: !orchestrator.disable_injection,
    patience: orchestrator.defer_voting_until_all_answered ?? true,
    strategy,
    maxRestarts: orchestrator.coordination.max_orchestration_restarts,
    toolRounds: orchestrator.max_tool_rounds,
    limits: toLimits(times, overrides),
    budget: toBudget(orchestrator, overrides),
    retry: { attempts: 4, baseMs: 500, maxMs: 60_000 },
  };
}

function toolsPlanOf({ orchestrator, hooks }: Config): ToolsPlan {
  const planning = readPlanningSettings(orchestrator.coordination);
  return { ...(planning === undefined ? {} : { planning }), approvals: readApprovals(orchestrator.tool_approval, 'orchestrator'), helperMs: milliseconds(orchestrator.coordination.subagent_default_timeout), ...(hooks === undefined ? {} : { hooks }) };
}

function toolKeysOf({ tools, tool_approval: approval }: AgentConfig, id: AgentId): Pick<PlannedAgent, 'toolChoice' | 'approvals'> {
  const toolChoice = readToolChoice(tools);
  return { ...(toolChoice === undefined ? {} : { toolChoice }), ...(approval === undefined ? {} : { approvals: readApprovals(approval, id) }) };
}

function warningsOf(agents: readonly AgentConfig[], settings: RunSettings, planning: boolean, overrides: PlanOverrides): readonly string[] {
  const replaced = agents.filter((agent) => agent.system_message !== undefined).length;
  const { limits } = settings;
  return [
    ...(overrides.systemMessage !== undefined && replaced > 0 ? [`the system message given replaces that of ${replaced} ${replaced === 1 ? 'agent' : 'agents'}`] : []),
    ...(planning && agents.length > 1 && (settings.skipPresentation || settings.strategy === 'winner_reuse') ? ['enable_planning_mode: nobody presents the final answer, so what is planned is not carried out'] : []),
    ...(overrides.timeoutSeconds !== undefined && (limits.firstTurnMs ?? 0) >= limits.totalMs ? ['initial_round_timeout_seconds has no effect: the whole run ends before'] : []),
  ];
}

const longestSeconds = 2_147_483;

function refuseImpossible({ timeoutSeconds = 1, maxCost = 1, maxTokens = 1, maxAnswersPerAgent = 1 }: PlanOverrides): void {
  const refuse = (name: string, wanted: string, value: number): never => {
    throw new MassgenError('usage-invalid', `the ${name} must be ${wanted}, not ${value}`);
  };
  if (!(timeoutSeconds > 0 && timeoutSeconds <= longestSeconds)) refuse('timeout', `more than 0 and at most ${longestSeconds} seconds`, timeoutSeconds);
  if (!(maxCost > 0 && maxCost < Infinity)) refuse('cost limit', 'more than 0 US dollars', maxCost);
  if (!(Number.isInteger(maxTokens) && maxTokens > 0)) refuse('token limit', 'a whole number from 1', maxTokens);
  if (!(Number.isInteger(maxAnswersPerAgent) && maxAnswersPerAgent > 0)) refuse('number of answers per agent', 'a whole number from 1', maxAnswersPerAgent);
}

function withHelpers(agent: PlannedAgent, written: unknown, team: Parameters<typeof readHelpers>[2]): PlannedAgent {
  const helpers = readHelpers(written, `${agent.id}: subagent_agents`, team.filter((other) => other.agent.id !== agent.id));
  return helpers.length === 0 ? agent : { ...agent, helpers };
}

/** What to run: the agents and how they work together. Pure. Throws `usage-invalid` for overrides that cannot be. */
export function planRun(config: Config, overrides: PlanOverrides = {}): RunPlan {
  refuseImpossible(overrides);
  const agents = config.agents ?? (config.agent === undefined ? [] : [config.agent]);
  const ids = assignIds(agents);
  const settings = toSettings(config, overrides);
  const tools = toolsPlanOf(config);
  const prompt = overrides.prompt ?? config.prompt;
  const alone = agents.map((agent, index): PlannedAgent => ({
    id: ids[index] ?? `agent${index + 1}`,
    backend: chosenBackend(plannedBackend(agent.backend), readToolChoice(agent.tools)),
    ...(agent.fallback === undefined || agent.fallback.length === 0 ? {} : { fallback: agent.fallback.map(plannedBackend) }),
    systemMessage: overrides.systemMessage ?? agent.system_message ?? '',
    ...toolKeysOf(agent, ids[index] ?? ''),
  }));
  const team = alone.map((agent, index) => ({ agent, description: agents[index]?.description ?? '' }));
  return {
    agents: alone.map((agent, index) => withHelpers(agent, agents[index]?.subagent_agents, team)),
    settings,
    tools,
    files: readSharedFiles(config.orchestrator),
    ...(prompt === undefined ? {} : { prompt }),
    ...(config.session_id === undefined ? {} : { session: config.session_id }),
    display: config.ui.display_type,
    logging: config.ui.logging_enabled,
    warnings: [...warningsOf(agents, settings, tools.planning !== undefined, overrides), ...programWarnings(alone, { planning: tools.planning !== undefined, approvals: tools.approvals.length > 0, hooks: tools.hooks !== undefined })],
  };
}
