import { expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';

const plan = (config: object) => planRun(checkConfig(config, {}).config!);

it('gives Claude Code the tools of a set in its own words', () => {
  expect(plan({ agent: { id: 'c', tools: 'minimal', backend: { type: 'claude_code' } } }).agents[0]?.backend).toMatchObject({ allowed_tools: ['Read', 'Glob', 'Grep'] });
  expect(plan({ agent: { id: 'c', backend: { type: 'claude_code' } } }).agents[0]?.backend).not.toHaveProperty('allowed_tools');
});

it('says which rules do not reach programs', () => {
  const rules = { orchestrator: { tool_approval: 'ask', coordination: { enable_planning_mode: true } }, hooks: { PreToolUse: [{ command: 'true' }] } };
  const { warnings } = plan({ agents: [{ id: 'c', backend: { type: 'claude_code' } }, { id: 'g', tools: 'minimal', backend: { type: 'ag2', agent_config: {} } }, { id: 'o', backend: { type: 'openai' } }], ...rules });
  expect(warnings.filter((warning) => warning.includes('does not reach')).map((warning) => warning.split(':')[0])).toEqual(['enable_planning_mode does not reach c', 'tool_approval does not reach c', 'hooks does not reach c', 'enable_planning_mode does not reach g', 'tool_approval does not reach g', 'hooks does not reach g', 'tools does not reach g']);
});
