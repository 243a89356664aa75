// Runs seeded worlds through the coordination rules and checks every invariant: npm run simulate [-- COUNT [FIRST_SEED]].
import { register } from 'tsx/esm/api';

register();
const { drawWorld, simulate } = await import('../test/support/simulation.ts');
const { renameViolations, resumeViolations, violations } = await import('../test/support/invariants.ts');

const count = Number(process.argv[2] ?? 100_000);
const first = Number(process.argv[3] ?? 1);
const endings = new Map();
let broken = 0;
const started = performance.now();
for (let seed = first; seed < first + count && broken < 10; seed += 1) {
  const run = simulate(drawWorld(seed));
  const found = [...violations(run), ...renameViolations(run), ...(seed % 4 === 0 ? resumeViolations(run, seed % run.log.length) : [])];
  if (found.length > 0) {
    broken += 1;
    process.stdout.write(`seed ${seed}: ${[...new Set(found)].join('; ')}\n`);
  }
  endings.set(run.state.ending?.status, (endings.get(run.state.ending?.status) ?? 0) + 1);
  if (seed % 10_000 === 0) process.stderr.write(`${seed} runs, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
}
process.stdout.write(`${count} runs in ${((performance.now() - started) / 1000).toFixed(1)} s, ${broken} with violations; ${[...endings].map(([status, number]) => `${status} ${number}`).join(', ')}\n`);
process.exitCode = broken > 0 ? 1 : 0;
