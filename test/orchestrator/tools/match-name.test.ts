import { describe, expect, it } from '@jest/globals';
import { matchesGlob, matchesTool } from '../../../src/orchestrator/tools/match-name.js';

const tool = { name: 'mcp__files__write_file', aliases: ['write_file'] };

describe('what a list says of a tool', () => {
  it.each(['write_file', 'mcp__files__write_file', 'write_*', 'mcp__files__*', 'mcp__files', 'mcp__*', '*', '*_file', 'w?ite_file', 'read_file|write_file', ' shell | write_* '])('%s means it', (written) => {
    expect(matchesTool(written, tool)).toBe(true);
  });

  it.each(['', '|', 'write', 'file', 'Write_file', 'mcp__file', 'mcp__files__', 'mcp__other', 'write_file?', 'read_*', 'mcp__files__write'])('%s does not mean it', (written) => {
    expect(matchesTool(written, tool)).toBe(false);
  });

  it('is found out quickly, however many stars there are', () => {
    expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
