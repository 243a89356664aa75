import { describe, expect, it } from '@jest/globals';
import type { Tool, ToolContext } from '../../../../src/orchestrator/tools/contract.js';
import { planningNote, planningRule, readPlanningSettings } from '../../../../src/orchestrator/tools/rules/planning.js';

const tool = (name: string, effects: Tool['effects']): Tool => ({ name: `mcp__s__${name}`, aliases: [name], description: '', parameters: {}, effects, run: () => Promise.resolve({ text: '' }) });
const context = (delivering: boolean): ToolContext => ({ agent: 'a', callId: 'c', signal: new AbortController().signal, delivering, progress: () => undefined, spent: () => undefined });
const settings = (more: object = {}) => readPlanningSettings({ enable_planning_mode: true, ...more })!;

describe('planning mode', () => {
  it('is off unless it is switched on', () => {
    expect(readPlanningSettings({})).toBeUndefined();
    expect(readPlanningSettings({ enable_planning_mode: false, planning_mode_blocked_tools: ['x'] })).toBeUndefined();
  });

  it.each([
    ['reads', 'none', {}, false],
    ['writes in the workspace', 'workspace', {}, false],
    ['acts outside', 'outside', {}, true],
    ['is listed as blocked', 'none', { planning_mode_blocked_tools: ['ac*'] }, true],
    ['is listed as allowed', 'outside', { planning_mode_allowed_tools: ['mcp__s__act'] }, false],
    ['is listed as both', 'outside', { planning_mode_allowed_tools: ['act'], planning_mode_blocked_tools: ['act'] }, true],
  ] as const)('of a tool that %s (%s)', (_how, effects, more, refused) => {
    const rule = planningRule(settings(more));
    expect(rule(tool('act', effects), {}, context(false))).toEqual(refused ? expect.stringContaining('whoever presents the final answer does it then') : null);
    expect(rule(tool('act', effects), {}, context(true))).toBeNull();
  });

  it('is told to the agents, in the configuration’s own words where it has any', () => {
    expect(planningNote(settings())).toContain('refused until the final answer is presented');
    expect(planningNote(settings({ planning_mode_instruction: 'Only think about posts.' }))).toMatch(/^Planning mode: Only think about posts\.\n.*refused/su);
  });
});
