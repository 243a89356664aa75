import { describe, expect, it } from '@jest/globals';
import { missingTools, shownArguments } from '../../src/orchestrator/tool-words.js';

describe('what is said of a call of a tool', () => {
  it.each([
    ['{"path":"a.md","content":"x\\ny"}', 'path: a.md, content: x y'],
    ['{"n":1,"list":[1,2]}', 'n: 1, list: [1,2]'],
    ['{}', ''],
    ['{"broken', '{"broken'],
    [`{"content":"${'x'.repeat(500)}"}`, `content: ${'x'.repeat(59)}…`],
  ])('is its arguments in a line: %s', (given, shown) => {
    expect(shownArguments(given)).toBe(shown);
  });

  it('names for the user what is missing, and not what the agent has to know', () => {
    const missing = ['The MCP server x is not available: gone.', 'The MCP server x: of its tools (2) none is left by its lists (allowed_tools: y).', 'Of the tools that there are (2) none is among the allowed ones (y): you have none.', 't.mjs has no function f: you cannot use it.'];
    expect(missingTools(['Your folder is /w.', ...missing])).toEqual(missing);
  });
});
