// What a copy of an agent's workspace takes at an answer, against `cp -r` of the same folder.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { BENCH, REPOSITORY } from '../lib/bench.mjs';
import { waitQuiet } from '../lib/proc.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'snapshot: ms for the copy of a workspace of 10,000 files that an answer makes, against cp -r';

const [FILES, RUNS_A_ROUND] = [10_000, 3];
/** Faster than cp. */
const TARGET = 1;

function measured(bundle, folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(BENCH, 'snapshot-run.mjs'), bundle, folder, String(FILES)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`snapshot-run exited ${status}: ${stderr.slice(0, 600)}`);
  return JSON.parse(stdout);
}

export async function run(context) {
  const bundle = path.join(REPOSITORY, 'node_modules/.cache/massgen-bench-snapshot.mjs');
  await build({ entryPoints: [path.join(REPOSITORY, 'src/orchestrator/tools/workspace/shared/snapshots.ts')], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' });
  const times = new Samples();
  for (let round = 1; round <= context.rounds; round++) {
    for (let again = 0; again < (context.quick ? 1 : RUNS_A_ROUND); again++) {
      await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 1500 });
      const folder = fs.mkdtempSync(path.join(context.temporary, 'snapshot-'));
      for (const [way, ms] of Object.entries(measured(bundle, folder))) {
        times.add(way, round, ms);
        context.record({ bench: context.bench, round, way, ms });
        context.progress(`round ${round}, ${way}: ${ms.toFixed(0)} ms`);
      }
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  return [
    ...compare('first answer, file tools only', times, { subject: 'linked', against: 'cp', target: TARGET }),
    ...compare('later answer, 100 files changed, programs write too', times, { subject: 'copied again', against: 'cp', target: TARGET }),
    ...compare('first answer, programs write too', times, { subject: 'copied', against: 'cp' }),
  ];
}
