// What the live view costs: 3 agents that stream 2,000 chunks a second each, shown live on a terminal of 130 x 40, over the same with --display silent.
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { AUX_CPU, BENCH, REPOSITORY, SUT_CPU } from '../lib/bench.mjs';
import { start, stop, waitPort, waitQuiet } from '../lib/proc.mjs';
import { median, shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'view: the live view with 3 agents at 2,000 chunks a second each, against --display silent';
const RATE = 2000;
const AGENTS = ['a', 'b', 'c'];
const TIMEOUT_MS = 120_000;
const BINARY = path.join(REPOSITORY, 'bin/run.js');

const freePort = async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
};

async function withProvider(chunks, work) {
  const port = await freePort();
  const provider = start(process.execPath, [path.join(BENCH, 'paced-llm.mjs'), String(port), String(RATE), String(chunks)], { cpu: AUX_CPU });
  try {
    await waitPort(port);
    return await work(port);
  } finally {
    await stop(provider);
  }
}

/** Its own costs, and how long the run took by its own clock; with `heap` also what was alive each second, in MiB. */
async function watched(context, display, chunks, heap = false) {
  const folder = fs.mkdtempSync(path.join(context.temporary, 'view-'));
  try {
    return await withProvider(chunks, async (port) => {
      const agents = AGENTS.map((letter) => ({ id: `agent_${letter}`, backend: { type: 'chatcompletion', model: 'm', base_url: `http://127.0.0.1:${port}/v1`, api_key: 'sk-mock' } }));
      fs.writeFileSync(path.join(folder, 'team.json'), JSON.stringify({ agents }));
      await waitQuiet({ maxBusyPct: 40, windowMs: 200, timeoutMs: 3000 });
      const env = { HOME: folder, TMPDIR: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8', CI: 'false', HEAP_FILE: path.join(folder, 'heap') };
      const flags = heap ? ['--expose-gc', `--import=${path.join(BENCH, 'lib/heap-meter.mjs')}`] : [];
      const command = [process.execPath, ...flags, BINARY, 'run', '--config', 'team.json', '--display', display, '--log-dir', 'logs', 'Which is heavier?'];
      const child = start('python3', [path.join(BENCH, 'lib/on-terminal.py'), '130', '40', ...command], { cpu: SUT_CPU, cwd: folder, env });
      const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
      await once(child, 'close');
      clearTimeout(timer);
      const used = JSON.parse(child.out.trim().split('\n').at(-1) || '{"code":"none"}');
      if (used.code !== 0) throw new Error(`massgen run --display ${display} exited ${used.code}`);
      const session = path.join(folder, 'logs', fs.readdirSync(path.join(folder, 'logs'))[0]);
      const last = fs.readFileSync(path.join(session, 'turn_1/events.jsonl'), 'utf8').trimEnd().split('\n').at(-1);
      const alive = heap ? fs.readFileSync(path.join(folder, 'heap'), 'utf8').trim().split('\n').map(Number) : [];
      return { ...used, durationMs: JSON.parse(last).durationMs, alive };
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export async function run(context) {
  const [short, long] = context.quick ? [4000, 16_000] : [10_000, 66_668];
  const samples = new Samples();
  const shares = [];
  for (let round = 1; round <= context.rounds; round++) {
    const seen = {};
    for (const display of shuffled(['live', 'silent'], round)) {
      seen[display] = await watched(context, display, short);
      samples.add(`time ${display}`, round, seen[display].durationMs);
      context.record({ bench: context.bench, round, display, chunks: short * AGENTS.length, ...seen[display] });
    }
    shares.push((seen.live.cpuMs - seen.silent.cpuMs) / seen.live.wallMs);
    context.progress(`round ${round}: ${(100 * shares.at(-1)).toFixed(1)} % of a core, ${(seen.live.drawn / 1024).toFixed(0)} kB drawn`);
  }
  // Once: the run itself keeps answers of this length in memory, so what counts is what the view adds to that.
  const added = { half: [], end: [] };
  const [live, silent] = [await watched(context, 'live', long, true), await watched(context, 'silent', long, true)];
  const seconds = Math.min(live.alive.length, silent.alive.length) - 2;
  for (const [name, at] of [['half', Math.round(seconds / 2)], ['end', seconds]]) added[name] = [at - 1, at, at + 1].map((second) => live.alive[second] - silent.alive[second]);
  context.record({ bench: context.bench, chunks: long * AGENTS.length, live, silent });
  context.progress(`${long * AGENTS.length} chunks: heap live ${live.alive.at(-2)} MiB, silent ${silent.alive.at(-2)} MiB; peak ${live.mib.toFixed(0)} and ${silent.mib.toFixed(0)} MiB`);
  const share = median(shares);
  const most = long * AGENTS.length;
  return [
    { name: 'CPU of the view, ms a second', subject: 'live less silent', value: 1000 * share, against: 'one core', other: 1000, ratio: share, target: 0.25 },
    ...compare('time to the answer, ms', samples, { subject: 'time live', against: 'time silent', target: 1.05 }),
    { name: 'heap that the view adds, MiB', subject: `after ${most} chunks`, value: median(added.end), against: `after ${most / 2}`, other: median(added.half), ratio: median(added.end) / median(added.half), target: 1.25 },
  ];
}
