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

const sum = (...parts) => ({ ms: parts.reduce((all, { ms }) => all + ms, 0), cpu: parts.reduce((all, { cpu }) => all + cpu, 0) });

/** What belongs together: a copy that is put off is no copy saved. */
const withSums = (ways) => ({
  ...ways,
  'cp twice': sum(ways.cp, ways['cp of cp']),
  'copied + shown': sum(ways.copied, ways.shown),
  'copied + logged': sum(ways.copied, ways.logged),
  'copied again + logged': sum(ways['copied again'], ways['logged again']),
});

export async function run(context) {
  const bundle = path.join(REPOSITORY, 'node_modules/.cache/massgen-bench-snapshot.mjs');
  await build({ entryPoints: [path.join(REPOSITORY, 'src/orchestrator/tools/workspace/shared/snapshots.ts')], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' });
  const [times, cpu] = [new Samples(), new Samples()];
  for (let round = 1; round <= context.rounds; round++) {
    for (let again = 0; again < (context.quick ? 1 : RUNS_A_ROUND); again++) {
      await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 1500 });
      const folder = fs.mkdtempSync(path.join(context.temporary, 'snapshot-'));
      for (const [way, taken] of Object.entries(withSums(measured(bundle, folder)))) {
        times.add(way, round, taken.ms);
        cpu.add(way, round, taken.cpu);
        context.record({ bench: context.bench, round, way, ...taken });
        context.progress(`round ${round}, ${way}: ${taken.ms.toFixed(0)} ms, ${taken.cpu.toFixed(0)} ms of CPU`);
      }
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  return [
    ...compare('first answer, file tools only', times, { subject: 'linked', against: 'cp', target: TARGET }),
    ...compare('first answer, programs write too', times, { subject: 'copied', against: 'cp', target: TARGET }),
    ...compare('later answer, 100 files changed, programs write too', times, { subject: 'copied again', against: 'cp', target: TARGET }),
    ...compare('first answer, and shown to a peer', times, { subject: 'copied + shown', against: 'cp twice', target: TARGET }),
    ...compare('first answer, and in the log', times, { subject: 'copied + logged', against: 'cp twice', target: TARGET }),
    ...compare('later answer, and in the log', times, { subject: 'copied again + logged', against: 'cp twice', target: TARGET }),
    ...compare('CPU: first answer, file tools only', cpu, { subject: 'linked', against: 'cp' }),
    ...compare('CPU: first answer, programs write too', cpu, { subject: 'copied', against: 'cp' }),
    ...compare('CPU: later answer, 100 files changed', cpu, { subject: 'copied again', against: 'cp' }),
    ...compare('CPU: first answer, and shown to a peer', cpu, { subject: 'copied + shown', against: 'cp twice' }),
  ];
}
