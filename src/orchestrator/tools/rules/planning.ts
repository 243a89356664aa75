import type { Tool, ToolRule } from '../contract.js';
import { matchesAny } from '../match-name.js';
import { textsOf, type JsonMap } from '../../json-map.js';

/** Acting is left for the end: until an agent delivers, it may only plan what would change something. */
export interface PlanningSettings {
  /** What agents are told of it, instead of the usual words. */
  readonly instruction?: string;
  /** Tools that wait for the end whatever their servers say of them: names, aliases, globs. */
  readonly blocked: readonly string[];
  /** Tools that may be used at any time although they may change something. */
  readonly allowed: readonly string[];
}

/** Planning mode as `orchestrator.coordination` has it; undefined when it is off. */
export function readPlanningSettings(coordination: JsonMap): PlanningSettings | undefined {
  if (coordination['enable_planning_mode'] !== true) return undefined;
  const { planning_mode_instruction: instruction, planning_mode_blocked_tools: blocked, planning_mode_allowed_tools: allowed } = coordination;
  return { ...(typeof instruction === 'string' && instruction.trim() !== '' ? { instruction } : {}), blocked: textsOf(blocked), allowed: textsOf(allowed) };
}

/** Whether a tool waits for the end: listed ones, and those of which nobody knows that they change nothing outside. */
function waitsForDelivery({ blocked, allowed }: PlanningSettings, tool: Pick<Tool, 'name' | 'aliases' | 'effects'>): boolean {
  if (matchesAny(blocked, tool)) return true;
  return tool.effects === 'outside' && !matchesAny(allowed, tool);
}

/** Refuses what waits for the end, and says so. */
export function planningRule(settings: PlanningSettings): ToolRule {
  return (tool, _args, { delivering }) =>
    delivering || !waitsForDelivery(settings, tool) ? null : `Not run: ${tool.name} may change something outside, and the team is still planning. Say in your answer exactly what is to be done with it; whoever presents the final answer does it then.`;
}

/** What an agent is told of planning mode. */
export function planningNote({ instruction }: PlanningSettings): string {
  const rule = 'Tools that may change something outside are refused until the final answer is presented. Plan their use in your answer: which tools, in which order, with which arguments. The agent that presents the final answer carries the plan out.';
  return instruction === undefined ? `Planning mode: ${rule}` : `Planning mode: ${instruction.trim()}\n${rule}`;
}
