// What a configuration costs before the first call: checking it, in a fresh process, and what compiling its schema then would.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { REPOSITORY } from '../lib/bench.mjs';
import { waitQuiet } from '../lib/proc.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'config: ms to check a configuration of three agents that is read already, in a fresh process';
const RUNS_A_ROUND = 4;
const LIMIT = '5 ms';
const FILE = path.join(REPOSITORY, '@examples/basic_multi.yaml');

function measured() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(REPOSITORY, 'bench/config-run.mjs'), FILE], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`config-run exited ${status}: ${stderr.slice(0, 600)}`);
  return JSON.parse(stdout);
}

export async function run(context) {
  const samples = new Samples();
  for (let round = 1; round <= context.rounds; round++) {
    for (let again = 0; again < (context.quick ? 2 : RUNS_A_ROUND); again++) {
      await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 1500 });
      const { readMs, checkMs, warmMs, compileMs } = measured();
      samples.add('first check', round, checkMs);
      samples.add('later checks', round, warmMs);
      samples.add('reading YAML', round, readMs);
      samples.add('ajv compile', round, compileMs);
      samples.add(LIMIT, round, 5);
      context.record({ bench: context.bench, round, readMs, checkMs, warmMs, compileMs });
      context.progress(`round ${round}: read ${readMs.toFixed(1)}, check ${checkMs.toFixed(1)}, then ${warmMs.toFixed(2)} ms; compiling the schema ${compileMs.toFixed(0)} ms`);
    }
  }
  return [
    ...compare('first check', samples, { subject: 'first check', against: LIMIT, target: 1 }),
    ...compare('later checks', samples, { subject: 'later checks', against: LIMIT, target: 1 }),
    ...compare('first check, schema compiled ahead', samples, { subject: 'first check', against: 'ajv compile', target: 1 }),
    ...compare('reading YAML', samples, { subject: 'reading YAML', against: LIMIT }),
  ];
}
