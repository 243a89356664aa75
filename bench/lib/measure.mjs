// One peer under one condition in a fresh process; the mock's own log says how long the provider took.
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { BENCH, SUT_CPU } from './bench.mjs';
import { pathWithin } from './critical-path.mjs';
import { foreignMeter, sleep, start, stop, waitQuiet } from './proc.mjs';
import { median } from './stats.mjs';

const MARK = '{"importMs"';
const NOISY_PCT = 80; // of one core, by processes that are not ours: measured again once
const DEPTH = 3; // calls that must follow each other in the task

/** The child's one line of JSON, or a throw with what it said instead. */
async function resultOf(child, timeoutMs) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const from = child.out.indexOf(MARK);
    const to = from < 0 ? -1 : child.out.indexOf('\n', from);
    if (to >= 0) return JSON.parse(child.out.slice(from, to));
    if (child.exitCode != null || Date.now() > end) throw new Error(child.out.slice(0, 600) || 'no result in time');
    await sleep(20);
  }
}

async function dismiss(child) {
  child.stdin.end();
  if (child.exitCode == null) await Promise.race([once(child, 'exit'), sleep(2000)]);
  await stop(child);
}

function timesOf({ spans }, log, concurrency) {
  const walls = spans.map(([from, to]) => to - from);
  if (concurrency > 1) {
    const service = median(log.map((record) => record.t_last - record.t_body));
    return { wallMs: median(walls), overheadMs: median(walls) - DEPTH * service, tokensOut: NaN, calls: NaN };
  }
  const paths = spans.map(([from, to]) => ({ wall: to - from, ...pathWithin(log, from, to) }));
  return {
    wallMs: median(walls),
    overheadMs: median(paths.map(({ wall, pathMs }) => wall - pathMs)),
    tokensOut: median(paths.map(({ tokensOut }) => tokensOut)),
    calls: median(paths.map(({ calls }) => calls)),
  };
}

async function attempt({ mock, temporary }, peer, condition) {
  await mock.reset();
  await waitQuiet({ maxBusyPct: 25, windowMs: 200, timeoutMs: 3000 });
  const folder = fs.mkdtempSync(path.join(temporary, 'peer-'));
  const amount = condition.seconds ? [`--seconds=${condition.seconds}`, `--warm-seconds=${condition.warmSeconds}`] : [`--n=${condition.n}`];
  const child = start(
    process.execPath,
    [path.join(BENCH, 'orch-run.mjs'), `--peer=${path.join(BENCH, peer.file)}`, `--base=${mock.base}`, `--c=${condition.c}`, ...amount, `--model=${condition.model}`, '--hold'],
    { cpu: SUT_CPU, cwd: folder, env: { ...peer.env, ...condition.env, TMPDIR: folder }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const meter = foreignMeter(() => [process.pid, mock.child.pid, child.pid]);
  try {
    const result = await resultOf(child, 120_000);
    const noise = meter();
    const log = await mock.log();
    const { spans, ...rest } = result;
    return { ...rest, runs: spans.length, ...timesOf(result, log, condition.c), ...noise, log };
  } finally {
    // The folder stays until the whole bench is over: ext4 passes over inodes that were freed within the last minutes, one by one,
    // and so the logs that one measurement deletes would make the next one's files many times as dear.
    await dismiss(child);
  }
}

/**
 * Runs `peer` under `condition` ({c, model, seconds, warmSeconds} or {c, model, n}); the less disturbed of at most two attempts.
 * Throws when an orchestration of the peer failed.
 */
export async function measure(context, peer, condition) {
  let best;
  for (let tries = 0; tries < 2 && !(best?.foreignPct < NOISY_PCT); tries++) {
    const row = await attempt(context, peer, condition);
    if (row.bad > 0 || row.runs === 0) throw new Error(`${peer.name}: ${row.bad} of ${row.runs} orchestrations failed: ${row.firstError}`);
    if (!best || row.foreignPct < best.foreignPct) best = row;
  }
  const { log, ...row } = best;
  context.noise.push(row.foreignPct);
  context.record({ bench: context.bench, peer: peer.name, ...condition, ...row });
  return { ...row, log };
}
