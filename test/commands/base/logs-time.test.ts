import { describe, expect, it } from '@jest/globals';
import { parseTime } from '../../../src/commands/base/logs-time.js';

const NOW = Date.parse('2026-11-22T06:00:00Z');

describe('a time', () => {
  it.each(['2026-02-31', '2026-02-29', '2026-04-31', '2026-02-30T10:00', '2026-02-30 10:00', '2026-13-01', '2026-00-10', '2026-01-00', '2026-1-1', 'soon', '7y'])('%s, which is none, is refused', (text) => {
    expect(() => parseTime('older-than', text, NOW)).toThrow(expect.objectContaining({ code: 'usage-invalid', message: `--older-than is a date such as 2026-01-30, or an age such as 12h, 7d or 2w, not "${text}"` }));
  });

  it.each([
    ['2024-02-29', new Date(2024, 1, 29).getTime()],
    [' 2026-01-31 ', new Date(2026, 0, 31).getTime()],
    ['2026-01-30T10:15', new Date(2026, 0, 30, 10, 15).getTime()],
    ['2026-01-30 10:15', new Date(2026, 0, 30, 10, 15).getTime()],
    ['2026-01-30T10:15:00Z', Date.parse('2026-01-30T10:15:00Z')],
    ['12h', NOW - 12 * 3_600_000],
    ['2w', NOW - 14 * 86_400_000],
  ])('%s is one', (text, time) => {
    expect(parseTime('since', text, NOW)).toBe(time);
  });
});
