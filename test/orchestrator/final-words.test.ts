import { describe, expect, it } from '@jest/globals';
import { evaluationWords } from '../../src/orchestrator/final-words.js';

describe('what came of checking the final answer', () => {
  it.each([
    ['submit', '', 'approves the final answer'],
    ['submit', 'not checked: the key was refused', 'leaves the final answer as it is, not checked: the key was refused'],
    ['restart', 'a unit is missing', 'asks for another attempt: a unit is missing'],
  ] as const)('is said without approval where nobody gave one: %s %j', (verdict, reason, says) => {
    expect(evaluationWords({ verdict, reason })).toBe(says);
  });
});
