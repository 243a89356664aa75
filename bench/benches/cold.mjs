// From spawn to exit, and from spawn to the provider's first request, over an empty Node process.
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { REPOSITORY, SUT_CPU } from '../lib/bench.mjs';
import { now } from '../lib/clock.mjs';
import { hasCommandLine } from '../lib/peers.mjs';
import { start, stop, waitQuiet } from '../lib/proc.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

// Node reads that file at every start, an empty one too: for 60 of its 90 ms.
export const title = `cold: ms from spawn, interleaved runs${process.env.NODE_EXTRA_CA_CERTS === undefined ? '' : '; NODE_EXTRA_CA_CERTS is set'}`;
const EMPTY = 'node -e 0';
const RUNS_A_ROUND = 4;
const TIMEOUT_MS = 30_000;

const BINARY = path.join(REPOSITORY, 'bin/run.js');
const configOf = (base) => `agents:
${['a', 'b', 'c'].map((letter) => `  - id: agent_${letter}\n    backend: { type: chatcompletion, model: "mock;chunks=64", base_url: "${base}", api_key: sk-mock }`).join('\n')}
`;

/** Spawns and waits; milliseconds to the exit, and the clock's reading at the spawn. */
async function timed(args, folder) {
  const startedAt = now();
  const child = start(process.execPath, args, { cpu: SUT_CPU, cwd: folder, env: { HOME: folder, TMPDIR: folder, NO_COLOR: '1' } });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const [code] = await once(child, 'exit');
  const exitMs = now() - startedAt;
  clearTimeout(timer);
  await stop(child);
  if (code !== 0) throw new Error(`${args.join(' ')} exited ${code}: ${child.out.slice(0, 600)}`);
  return { startedAt, exitMs };
}

const toExit = (args) => async (_mock, folder) => (await timed(args, folder)).exitMs;

async function toFirstRequest(mock, folder) {
  const config = path.join(folder, 'team.yaml');
  fs.writeFileSync(config, configOf(mock.base));
  await mock.reset();
  const { startedAt } = await timed([BINARY, 'run', '--config', config, 'Which cache invalidation is simplest?'], folder);
  const log = await mock.log();
  if (log.length === 0) throw new Error('massgen run asked the provider nothing');
  return Math.min(...log.map((record) => record.t_recv)) - startedAt;
}

export async function run(context) {
  const ours = hasCommandLine() && context.peers.some(({ name }) => name === 'massgen');
  if (!ours) context.progress('massgen is not built or not among the peers: only the empty process is timed');
  const jobs = { [EMPTY]: toExit(['-e', '0']), ...(ours ? { '--version': toExit([BINARY, '--version']), 'run': toFirstRequest } : {}) };
  const samples = new Samples();
  for (let round = 1; round <= context.rounds; round++) {
    for (let again = 0; again < (context.quick ? 2 : RUNS_A_ROUND); again++) {
      for (const name of shuffled(Object.keys(jobs), round * 100 + again)) {
        const folder = fs.mkdtempSync(path.join(context.temporary, 'cold-'));
        await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 1500 });
        const ms = await jobs[name](context.mock, folder);
        fs.rmSync(folder, { recursive: true, force: true });
        samples.add(name, round, ms);
        context.record({ bench: context.bench, round, name, ms });
        context.progress(`round ${round}, ${name}: ${ms.toFixed(0)} ms`);
      }
    }
  }
  return [
    ...compare('massgen --version, to exit', samples, { subject: '--version', against: EMPTY, target: 2 }),
    ...compare('massgen run, to first request', samples, { subject: 'run', against: EMPTY, target: 4 }),
    ...(ours ? [] : compare('empty process, to exit', samples, { subject: EMPTY, against: EMPTY })),
  ];
}
