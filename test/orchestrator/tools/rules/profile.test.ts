import { expect, it } from '@jest/globals';
import { claudeCodeTools, readToolChoice } from '../../../../src/orchestrator/tools/rules/profile.js';

it.each([
  [undefined, undefined],
  ['minimal', ['file_read', 'file_list']],
  ['full', ['*']],
  ['shell_exec', ['shell_exec']],
  [['minimal', 'github__create_issue', 'mcp__files__*'], ['file_read', 'file_list', 'github__create_issue', 'mcp__github__create_issue', 'mcp__files__*']],
  [[], []],
])('tools: %j means %j', (written, names) => {
  expect(readToolChoice(written)).toEqual(names);
});

it.each([
  [undefined, undefined, undefined],
  ['full', undefined, undefined],
  ['full', ['Read'], ['Read']],
  ['minimal', undefined, ['Read', 'Glob', 'Grep']],
  ['coding', ['Read', 'Bash(git *)', 'WebSearch'], ['Read', 'Bash(git *)']],
  [['Read', 'mcp__x__y'], undefined, ['Read', 'mcp__x__y']],
])('tools: %j beside allowed_tools: %j leaves Claude Code %j', (written, allowed, left) => {
  expect(claudeCodeTools(readToolChoice(written), allowed)).toEqual(left);
});
