// One request through `massgen serve` (one agent, session log on) and through a proxy of Express and the openai package, against the provider itself.
import fs from 'node:fs';
import path from 'node:path';
import { BENCH, REPOSITORY, SUT_CPU, freePort } from '../lib/bench.mjs';
import { chatBody, runLoad } from '../lib/load-core.mjs';
import { memMiB, start, stop, waitPort, waitQuiet } from '../lib/proc.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'serve: one agent behind HTTP, and a team of three; milliseconds a request';
const OURS = 'massgen serve';
const PROXY = 'express + openai';
const DIRECT = 'provider itself';
const CHUNKS = 64;
const IN_FLIGHT = 1000;

const agentAt = (base, id, model) => `  - id: ${id}\n    backend: { type: chatcompletion, model: "${model}", base_url: "${base}", api_key: sk-mock }\n`;

async function startServer({ mock, temporary }) {
  const port = await freePort();
  const folder = fs.mkdtempSync(path.join(temporary, 'serve-'));
  const models = { solo: `mock;chunks=${CHUNKS}`, slow: 'mock;ttft=8000;chunks=1' };
  fs.writeFileSync(path.join(folder, 'agents.yaml'), `agents:\n${Object.entries(models).map(([id, model]) => agentAt(mock.base, id, model)).join('')}`);
  fs.writeFileSync(path.join(folder, 'team.yaml'), `agents:\n${['a', 'b', 'c'].map((letter) => agentAt(mock.base, `agent_${letter}`, `mock;chunks=${CHUNKS}`)).join('')}`);
  const args = ['serve', 'team.yaml', '--agent', 'agents.yaml', '--host', '127.0.0.1', '--port', String(port), '--concurrency', '2000', '--queue-limit', '0', '--quiet', '--no-docs'];
  const child = start(process.execPath, [path.join(REPOSITORY, 'bin/run.js'), ...args], { cpu: SUT_CPU, cwd: folder, env: { HOME: folder } });
  await waitPort(port);
  return { child, url: `http://127.0.0.1:${port}/v1/chat/completions`, model: 'solo' };
}

async function startProxy({ mock }) {
  const port = await freePort();
  const child = start(process.execPath, [path.join(BENCH, 'peers/base/proxy-express-openai.mjs')], { cpu: SUT_CPU, env: { PORT: String(port), UPSTREAM: mock.base, NODE_ENV: 'production' } });
  await waitPort(port);
  return { child, url: `http://127.0.0.1:${port}/v1/chat/completions`, model: `mock;chunks=${CHUNKS}` };
}

/** `c` at once, `n` in all, after as many to warm up. */
async function load(context, target, { c, n, stream, model = target.model }) {
  await context.mock.reset();
  await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 1500 });
  return runLoad({ url: target.url, c, n, warmup: Math.ceil(n / 3), stream, body: chatBody({ stream, model }), pid: target.child?.pid ?? 0, timeoutMs: 60_000 });
}

/** What 1,000 waiting sessions add to the process. */
async function weigh(context, target) {
  const before = memMiB(target.child.pid).rss;
  const waiting = runLoad({ url: target.url, c: IN_FLIGHT, n: IN_FLIGHT, stream: true, body: chatBody({ stream: true, model: 'slow' }), timeoutMs: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const added = memMiB(target.child.pid).rss - before;
  await waiting;
  return added;
}

export async function run(context) {
  const of = Object.fromEntries(['cpu', 'cpuJson', 'first', 'json', 'team', 'memory'].map((name) => [name, new Samples()]));
  const count = context.quick ? { one: 60, many: 300, team: 60 } : { one: 300, many: 2000, team: 400 };
  const direct = { name: DIRECT, url: `${context.mock.base}/chat/completions`, model: `mock;chunks=${CHUNKS}` };
  const targets = [direct, { name: OURS, ...(await startServer(context)) }, { name: PROXY, ...(await startProxy(context)) }];
  try {
    for (const target of targets) await load(context, target, { c: 8, n: context.quick ? 150 : 600, stream: true });
    for (let round = 1; round <= context.rounds; round++) {
      const base = {};
      for (const target of [direct, ...shuffled(targets.slice(1), round * 1000 + 29)]) {
        const streamed = await load(context, target, { c: 1, n: count.one, stream: true });
        const whole = await load(context, target, { c: 1, n: count.one, stream: false });
        if (target === direct) {
          Object.assign(base, { first: streamed.firstBody.p50, json: whole.latency.p50 });
          continue;
        }
        const many = await load(context, target, { c: 16, n: count.many, stream: true });
        const manyWhole = await load(context, target, { c: 16, n: count.many, stream: false });
        of.first.add(target.name, round, streamed.firstBody.p50 - base.first);
        of.json.add(target.name, round, whole.latency.p50 - base.json);
        of.cpu.add(target.name, round, many.proc.cpuMsPerRequest);
        of.cpuJson.add(target.name, round, manyWhole.proc.cpuMsPerRequest);
        context.record({ bench: context.bench, round, name: target.name, streamed, whole, many, manyWhole });
        context.progress(`round ${round}, ${target.name}: ${many.proc.cpuMsPerRequest.toFixed(2)} ms CPU a stream, first byte +${(streamed.firstBody.p50 - base.first).toFixed(2)} ms, ${many.failed} failed`);
      }
      const [, ours] = targets;
      const team = await load(context, ours, { c: 16, n: count.team, stream: true, model: 'massgen' });
      of.team.add('massgen', round, team.proc.cpuMsPerRequest);
      context.progress(`round ${round}, team of three: ${team.proc.cpuMsPerRequest.toFixed(2)} ms CPU, ${(1000 / team.proc.cpuMsPerRequest).toFixed(0)} sessions a second and core`);
    }
    of.memory.add(OURS, 1, await weigh(context, targets[1]));
  } finally {
    for (const { child } of targets) if (child) await stop(child);
  }
  return [
    ...compare(`CPU, stream of ${CHUNKS} chunks, 16 at once`, of.cpu, { subject: OURS, against: PROXY, target: 0.4 }),
    ...compare('first byte added, one at a time', of.first, { subject: OURS, against: PROXY, target: 0.4 }),
    ...compare('CPU, whole reply, 16 at once', of.cpuJson, { subject: OURS, against: PROXY }),
    ...compare('time added, whole reply, one at a time', of.json, { subject: OURS, against: PROXY }),
    ...compare('CPU, team of three (7 calls)', of.team, { subject: 'massgen', against: 'massgen' }),
    ...compare(`MiB for ${IN_FLIGHT} sessions in flight`, of.memory, { subject: OURS, against: OURS }),
  ];
}
