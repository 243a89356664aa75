import { describe, expect, it } from '@jest/globals';
import { masked, secretsOf } from '../../src/backends/secrets.js';

describe('secrets', () => {
  it('are masked in every form they are written in', () => {
    const secrets = secretsOf('sk-a/b"c', {});
    expect(masked('key sk-a/b"c, json sk-a/b\\"c, url sk-a%2Fb%22c', secrets)).toBe('key [key], json [key], url [key]');
  });

  it('are also in headers that carry one', () => {
    const secrets = secretsOf(undefined, { 'X-Api-Key': 'abcdef', Authorization: 'Bearer token-1', 'X-Team': 'blue-team' });
    expect(masked('abcdef token-1 blue-team', secrets)).toBe('[key] [key] blue-team');
  });

  it('leave text alone when there are none, or when they are too short to be one', () => {
    expect(masked('a key', secretsOf(undefined, {}))).toBe('a key');
    expect(masked('a key', secretsOf('a', {}))).toBe('a key');
  });
});
