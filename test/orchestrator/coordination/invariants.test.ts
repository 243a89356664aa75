import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { violations, renameViolations, resumeViolations } from '../../support/invariants.js';
import { drawWorld, simulate } from '../../support/simulation.js';

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const none: readonly string[] = [];

describe('whatever agents, providers and clocks do', () => {
  it('a run keeps the invariants of coordination', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(violations(simulate(drawWorld(seed)))).toEqual(none);
      }),
      { numRuns: 600 },
    );
  });

  it('a run goes on from any part of its log', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, share) => {
        const run = simulate(drawWorld(seed));
        expect(resumeViolations(run, Math.floor(share * run.log.length))).toEqual(none);
      }),
      { numRuns: 200 },
    );
  });

  it('the names of agents change nothing but the names', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(renameViolations(simulate(drawWorld(seed)))).toEqual(none);
      }),
      { numRuns: 100 },
    );
  });

  it('the same world runs the same', () => {
    const world = drawWorld(42);
    expect(simulate(world).log).toEqual(simulate(world).log);
  });
});
