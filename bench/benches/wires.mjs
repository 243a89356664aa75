// What reading a stream costs: each wire against the iterator of its vendor's own SDK, CPU per 1,000 chunks.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { AUX_CPU, BENCH, REPOSITORY, SUT_CPU } from '../lib/bench.mjs';
import { waitQuiet } from '../lib/proc.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'wires: CPU ms per 1,000 streamed chunks, against the vendor’s own SDK';

/** The most that a wire may cost, as a part of its SDK's iterator. */
const TARGETS = { 'openai-chat': 0.5, 'openai-responses': 0.5, 'anthropic-messages': 0.7, 'gemini-generate': 0.7 };
const [CHUNKS, STREAMS] = [4000, 6];

const onCpu = (cpu, args) => (process.env.HARNESS_PIN === '0' ? [process.execPath, ...args] : ['taskset', '-c', String(cpu), process.execPath, ...args]);

async function startMock() {
  const [file, ...args] = onCpu(AUX_CPU, [path.join(BENCH, 'wires-mock.mjs')]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  const port = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())));
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

function measured(wire, reader, url, bundle, quick) {
  const [file, ...args] = onCpu(SUT_CPU, [path.join(BENCH, 'wires-run.mjs'), wire, reader, url, bundle, String(CHUNKS), String(quick ? 3 : STREAMS)]);
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`wires-run ${wire} ${reader} exited ${status}: ${stderr.slice(0, 600)}`);
  return JSON.parse(stdout).cpuMs;
}

export async function run(context) {
  // Beside the packages that it imports.
  const bundle = path.join(REPOSITORY, 'node_modules/.cache/massgen-bench-backends.mjs');
  await build({ entryPoints: [path.join(REPOSITORY, 'src/backends/create.ts')], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' });
  const mock = await startMock();
  const wires = Object.keys(TARGETS);
  const samples = Object.fromEntries(wires.map((wire) => [wire, new Samples()]));
  try {
    for (let round = 1; round <= context.rounds; round++) {
      for (const wire of shuffled(wires, round)) {
        for (const reader of shuffled(['massgen', 'sdk'], round * 7)) {
          await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 1500 });
          const cpuMs = measured(wire, reader, mock.url, bundle, context.quick);
          samples[wire].add(reader, round, cpuMs);
          context.record({ bench: context.bench, round, wire, reader, cpuMs });
          context.progress(`round ${round}, ${wire}, ${reader}: ${cpuMs.toFixed(2)} ms per 1,000 chunks`);
        }
      }
    }
  } finally {
    mock.stop();
  }
  return wires.flatMap((wire) => compare(wire, samples[wire], { subject: 'massgen', against: 'sdk', target: TARGETS[wire] }));
}
