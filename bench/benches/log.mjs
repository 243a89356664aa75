// What the session log costs: the same orchestration with it on and off, and where a profile of the one with it on spends its time.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { BENCH, SUT_CPU } from '../lib/bench.mjs';
import { measure } from '../lib/measure.mjs';
import { logShare } from '../lib/profile.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'log: share of the session log (events.jsonl and all derived files) in the CPU of an orchestration';
const [SHORT, LONG] = [64, 1024];
const WARM_RUNS = 300;
const RUNS = 300;

/** The share of samples, of the second half of a run, that were taken below the session log. */
function profiled({ mock, temporary, quick }, peer, chunks) {
  const folder = fs.mkdtempSync(path.join(temporary, 'profile-'));
  const amount = quick ? ['--warmup=60', '--n=60'] : [`--warmup=${WARM_RUNS}`, `--n=${RUNS}`];
  const args = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`, path.join(BENCH, 'orch-run.mjs'), `--peer=${path.join(BENCH, peer.file)}`, `--base=${mock.base}`, '--c=1', ...amount, `--model=mock;chunks=${chunks}`];
  const pinned = process.env.HARNESS_PIN === '0' ? [process.execPath, ...args] : ['taskset', '-c', String(SUT_CPU), process.execPath, ...args];
  const { status, stderr } = spawnSync(pinned[0], pinned.slice(1), { cwd: folder, env: { ...process.env, TMPDIR: folder }, encoding: 'utf8' });
  const [file] = fs.readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  if (status !== 0 || file === undefined) throw new Error(`the profiled run failed: ${stderr.slice(0, 300)}`);
  return logShare(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')));
}

export async function run(context) {
  const peer = context.peers.find(({ name }) => name === 'massgen');
  if (peer === undefined) return [];
  const samples = { [SHORT]: new Samples(), [LONG]: new Samples() };
  const profiles = { [SHORT]: new Samples(), [LONG]: new Samples() };
  const seconds = context.quick ? { warmSeconds: 0.5, seconds: 1 } : { warmSeconds: 3, seconds: 3 };
  for (let round = 1; round <= context.rounds; round++) {
    for (const chunks of [SHORT, LONG]) {
      const cpu = {};
      for (const log of shuffled(['on', 'off'], round * 10 + chunks)) cpu[log] = (await measure(context, peer, { c: 1, model: `mock;chunks=${chunks}`, ...seconds, env: { SESSION_LOG: log } })).cpuMs;
      samples[chunks].add('log', round, Math.max(0, cpu.on - cpu.off));
      samples[chunks].add('orchestration', round, cpu.on);
      const share = profiled(context, peer, chunks);
      profiles[chunks].add('log', round, 100 * share);
      profiles[chunks].add('all samples', round, 100);
      context.progress(`round ${round}, ${chunks} chunks: CPU ${cpu.on.toFixed(2)} ms with the log, ${cpu.off.toFixed(2)} without; profile ${(100 * share).toFixed(0)} %`);
    }
  }
  return [SHORT, LONG].flatMap((chunks) => [
    ...compare(`CPU ms, answers of ${chunks} chunks, on less off`, samples[chunks], { subject: 'log', against: 'orchestration', target: 0.15 }),
    ...compare(`% of a profile, answers of ${chunks} chunks`, profiles[chunks], { subject: 'log', against: 'all samples', target: 0.15 }),
  ]);
}
