import { expect, it } from '@jest/globals';
import { readToolChoice } from '../../../../src/orchestrator/tools/rules/profile.js';

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
