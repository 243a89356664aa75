#!/usr/bin/env node
// Runs one orchestration peer in this process and prints one JSON line. Used by lib/measure.mjs.
//   node orch-run.mjs --peer=peers/base/orch-openai.mjs --base=http://127.0.0.1:9100/v1 --c=1 --n=100 --warmup=20
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { now } from './lib/clock.mjs';

const args = Object.fromEntries(process.argv.slice(2).map((a) => { const m = /^--([\w-]+)(?:=(.*))?$/s.exec(a); return m ? [m[1], m[2] ?? '1'] : [a, '1']; }));
const c = Number(args.c ?? 1); let n = Number(args.n ?? 10); const warmup = Number(args.warmup ?? 0);
const t0 = now();
const { create } = await import(pathToFileURL(path.resolve(args.peer)));
const run = await create({ baseURL: args.base, model: args.model ?? 'mock;chunks=64' });
const tReady = now();
const mem = () => { const s = fs.readFileSync('/proc/self/status', 'latin1'); return { rss: Number(/VmRSS:\s+(\d+)/.exec(s)[1]) / 1024, hwm: Number(/VmHWM:\s+(\d+)/.exec(s)[1]) / 1024 }; };
const rssReady = mem().rss;

let bad = 0; let firstError = null;
async function one(rec) {
  const s = now(); let first = 0;
  try {
    const r = await run(() => { first ||= now(); });
    if (r.winner !== 'agent1' || !(r.text?.length > 0)) { bad++; firstError ??= 'wrong result ' + JSON.stringify(r).slice(0, 200); }
  } catch (e) { bad++; firstError ??= String(e.stack).slice(0, 500); }
  rec?.push([s, now(), first]);
}
async function batch(total, rec, seconds) { // `total` orchestrations, or as many as start within `seconds`
  let i = 0; const end = seconds ? now() + 1000 * seconds : 0;
  await Promise.all(Array.from({ length: c }, async () => { while (seconds ? now() < end : i < total) { i++; await one(rec); } }));
}
const seconds = Number(args.seconds ?? 0);
await batch(warmup, null, Number(args['warm-seconds'] ?? 0));
bad = 0; firstError = null;
const spans = [];
const cpu0 = process.cpuUsage(); const s0 = now();
await batch(n, spans, seconds);
const wallMs = now() - s0; const cpu = process.cpuUsage(cpu0);
if (seconds) n = spans.length;
process.stdout.write(JSON.stringify({ importMs: tReady - t0, rssReady, bad, firstError, n, c, wallMs, perSec: (1000 * n) / wallMs, cpuMs: (cpu.user + cpu.system) / 1000 / n, userMs: cpu.user / 1000 / n, ...mem(), spans }) + '\n');
if (args.hold) process.stdin.resume().on('end', () => process.exit(0)); // stay visible in /proc until the parent is done
else process.exit(0);
