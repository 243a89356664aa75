import { describe, expect, it } from '@jest/globals';
import { isAgentFile, isAgentPath, nameOfFile, refuseBadName, withoutPrefix } from '../../../src/orchestrator/agents/agent-name.js';

describe('the name of an agent', () => {
  it.each(['coder', 'python-expert', 'v1.2_b', 'A', '7', 'x'.repeat(64)])('may be %s', (name) => {
    expect(() => {
      refuseBadName(name);
    }).not.toThrow();
  });

  it.each<[name: string, why: string]>([
    ['', 'letters, digits'],
    ['.', 'letters, digits'],
    ['..', 'letters, digits'],
    ['.hidden', 'letters, digits'],
    ['ends.', 'letters, digits'],
    ['../x', 'letters, digits'],
    ['a/b', 'letters, digits'],
    ['a\\b', 'letters, digits'],
    ['a b', 'letters, digits'],
    ['a:b', 'letters, digits'],
    ['a\nb', 'letters, digits'],
    ['coder\n', 'letters, digits'],
    ['naïve', 'letters, digits'],
    ['x'.repeat(65), 'letters, digits'],
    ['massgen', 'it is reserved'],
    ['MassGen', 'it is reserved'],
    ['openfang', 'it is reserved'],
    ['NUL', 'it is reserved'],
    ['coder.yaml', 'it would be taken for a file'],
    ['a1b2c3d4-e5f6-7890-abcd-ef1234567890', 'it would be taken for an id'],
  ])('cannot be %j', (name, why) => {
    expect(() => {
      refuseBadName(name);
    }).toThrow(expect.objectContaining({ code: 'usage-invalid', message: expect.stringContaining(why) }));
  });

  it('may be written behind the name of a program', () => {
    expect(['massgen:a', 'openfang:a', 'agentpool:a', 'a', 'other:a'].map(withoutPrefix)).toEqual(['a', 'a', 'a', 'a', 'other:a']);
  });

  it('is the file’s without its extension', () => {
    expect(['a.yaml', 'b.ai', 'c.toml', 'd.v1.yml'].map(nameOfFile)).toEqual(['a', 'b', 'c', 'd.v1']);
    expect(['a.yaml', '.a.yaml', 'a.yaml.tmp', 'a.md'].map(isAgentFile)).toEqual([true, false, false, false]);
    expect(['coder', 'a.ai', './coder', '@examples/x', 'v1.2'].map(isAgentPath)).toEqual([false, true, true, true, false]);
  });
});
