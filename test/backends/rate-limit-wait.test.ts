import { describe, expect, it } from '@jest/globals';
import { isDailyQuota, waitMs } from '../../src/backends/rate-limit-wait.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const wait = (headers: Readonly<Record<string, string>>, error: unknown = null): number | undefined => waitMs({ header: (name) => headers[name] ?? null, error, now: NOW });

describe('the time that a vendor wants us to wait', () => {
  it.each([
    [{ 'retry-after-ms': '1500.4', 'retry-after': '9' }, 1500],
    [{ 'x-ms-retry-after-ms': '250' }, 250],
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30.5s' }, 90_500],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '120ms', 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-reset-requests': '1h' }, 120],
    [{ 'anthropic-ratelimit-input-tokens-remaining': '0', 'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:20Z', 'anthropic-ratelimit-requests-remaining': '0', 'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:05Z' }, 20_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 4000) }, 4000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 4) }, 4000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }, 12_000],
    [{ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '12' }, undefined],
    [{}, undefined],
  ])('%j: %p ms', (headers, expected) => {
    expect(wait(headers as Readonly<Record<string, string>>)).toBe(expected);
  });

  it('is in the details of Google’s errors', () => {
    expect(wait({}, { details: [{ '@type': 'x' }, { retryDelay: '34.07s' }] })).toBe(34_070);
    expect(wait({ 'retry-after': '2' }, { details: [{ retryDelay: '34s' }] })).toBe(2000);
    for (const odd of [null, 'text', { details: 'no' }, { details: [null, 3, { retryDelay: 5 }] }, { details: [{ retryDelay: 'later' }] }]) expect(wait({}, odd)).toBeUndefined();
  });

  it('does not help against a quota of the day', () => {
    expect(isDailyQuota({ details: [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProject' }] }] })).toBe(true);
    expect(isDailyQuota({ details: [{ violations: [{ quotaId: 'GenerateRequestsPerMinutePerProject' }] }] })).toBe(false);
    expect(isDailyQuota('PerDay')).toBe(false);
  });
});
