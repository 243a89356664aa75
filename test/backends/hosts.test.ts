import { describe, expect, it } from '@jest/globals';
import { isLoopback, isOfHosts } from '../../src/backends/hosts.js';

describe('hosts', () => {
  it('match a suffix at a dot only', () => {
    expect(isOfHosts('api.groq.com', ['groq.com'])).toBe(true);
    expect(isOfHosts('GROQ.com', ['groq.com'])).toBe(true);
    expect(isOfHosts('evil-groq.com', ['groq.com'])).toBe(false);
    expect(isOfHosts('groq.com.evil.net', ['groq.com'])).toBe(false);
    expect(isOfHosts('anything', [])).toBe(false);
  });

  it('know this machine in all its spellings', () => {
    for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]']) expect(isLoopback(host)).toBe(true);
    for (const host of ['localhost.evil.net', '128.0.0.1', '127.0.0.1.evil.net', '10.0.0.1']) expect(isLoopback(host)).toBe(false);
  });
});
