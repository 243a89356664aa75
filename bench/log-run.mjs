#!/usr/bin/env node
// The same orchestrations without a session log, with events.jsonl and with all files, in turns in one process, so that compiled code, memory and
// whatever else the machine does are the same for all three. Prints one JSON line with the CPU ms of each group. Used by benches/log.mjs.
//   node log-run.mjs --peer=peers/massgen/orch.mjs --base=http://127.0.0.1:9100/v1 --model='mock;chunks=64' --warm=40 --groups=80 --per=4
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from './lib/bench.mjs';
import { shuffled } from './lib/stats.mjs';

const args = parseArgs();
const { create } = await import(pathToFileURL(path.resolve(args.peer)));
const kinds = [];
for (const name of ['off', 'events', 'all']) {
  process.env.SESSION_LOG = name;
  kinds.push({ name, run: await create({ baseURL: args.base, model: args.model }), cpu: [] });
}

/** Logs of earlier groups: a directory of thousands is dearer than any user's. */
function tidy() {
  for (const root of fs.readdirSync(os.tmpdir())) {
    for (const session of fs.readdirSync(path.join(os.tmpdir(), root))) fs.rmSync(path.join(os.tmpdir(), root, session), { recursive: true, force: true });
  }
}

const [warm, groups, per] = [Number(args.warm), Number(args.groups), Number(args.per)];
for (let group = -warm; group < groups; group++) {
  for (const { run, cpu } of shuffled(kinds, group + warm + 1)) {
    const before = process.cpuUsage();
    for (let times = 0; times < per; times++) {
      const { winner, text } = await run(() => undefined);
      if (winner !== 'agent1' || !text) throw new Error('wrong result');
    }
    const { user, system } = process.cpuUsage(before);
    if (group >= 0) cpu.push((user + system) / 1000 / per);
  }
  if (group % 10 === 0) tidy();
}
process.stdout.write(`${JSON.stringify(Object.fromEntries(kinds.map(({ name, cpu }) => [name, cpu])))}\n`);
process.exit(0);
