import { afterEach, describe, expect, it } from '@jest/globals';
import { readPromptPaths } from '../../../../src/orchestrator/tools/workspace/prompt-paths.js';
import { put, temporaryFolders } from '../../../support/workspaces.js';

const folders = temporaryFolders();
afterEach(() => folders.clear());

function world(): string {
  const base = folders.make();
  put(base, { 'src/app.ts': '', 'notes.md': '', 'my notes.md': '', 'odd.name.': '' });
  return base;
}

describe('a prompt', () => {
  it.each([
    ['Look at @src', 'Look at $/src', [['src', 'read']]],
    ['Look at @src/app.ts, and @notes.md.', 'Look at $/src/app.ts, and $/notes.md.', [['src/app.ts', 'read'], ['notes.md', 'read']]],
    ['Change @src:w', 'Change $/src', [['src', 'write']]],
    ['Change (@src/app.ts:w), please', 'Change ($/src/app.ts), please', [['src/app.ts', 'write']]],
    ['@"my notes.md" and @"my notes.md":w', '$/my notes.md and $/my notes.md', [['my notes.md', 'write']]],
    ['@src:w and @src', '$/src and $/src', [['src', 'write']]],
    ['@./src and @src/', '$/src and $/src', [['src', 'read']]],
    ['@odd.name.', '$/odd.name.', [['odd.name.', 'read']]],
    ['Write to me@src or @nobody about @types/node and \\@src', 'Write to me@src or @nobody about @types/node and @src', []],
    ['@@ -1,3 +1,3 @@', '@@ -1,3 +1,3 @@', []],
    ['nothing', 'nothing', []],
  ] as const)('%j names its files', (prompt, expected, paths) => {
    const base = world();
    const read = readPromptPaths(prompt, base);
    expect(read.prompt.replaceAll(base, '$')).toBe(expected);
    expect(read.paths).toEqual(paths.map(([path, permission]) => ({ path: `${base}/${path}`, permission, protectedPaths: [] })));
  });

  it.each(['@./none', '@/no/where', '@none:w', '@"no file"', '@../none.txt, see'])('with %s says that it is not there', (prompt) => {
    expect(() => readPromptPaths(prompt, world())).toThrow(/^the prompt names @.*, which is not there; correct the path, or write \\@ for a mere @$/u);
  });
});
