#!/usr/bin/env node
// npm run bench -- [--only=orchestration,chunk,memory,cold,config,calls,log,logs-list] [--peers=massgen,openai-loop,raw-http] [--rounds=5] [--quick]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AUX_CPU, machine, parseArgs, pinWherePossible, recorder, startMockProcess } from './lib/bench.mjs';
import { PEERS } from './lib/peers.mjs';
import { pinSelf } from './lib/proc.mjs';
import { median } from './lib/stats.mjs';
import { tableText } from './lib/table.mjs';

const BENCHES = ['orchestration', 'chunk', 'memory', 'cold', 'config', 'calls', 'log', 'logs-list', 'wires', 'view', 'serve', 'tools', 'snapshot'];
const FLAGS = ['only', 'peers', 'rounds', 'quick'];

function usageError(message) {
  console.error(`${message}\nusage: npm run bench -- [--only=${BENCHES.join(',')}] [--peers=${PEERS.map(({ name }) => name).join(',')}] [--rounds=N] [--quick]`);
  process.exit(1);
}

function namesOf(value, known, what) {
  const names = value === undefined ? known : value.split(',');
  const unknown = names.find((name) => !known.includes(name));
  return unknown === undefined ? names : usageError(`no ${what} is called ${unknown}`);
}

const args = parseArgs();
const strange = Object.keys(args).find((name) => !FLAGS.includes(name));
if (strange !== undefined) usageError(`unknown flag ${strange}`);
if (!fs.existsSync('/proc/self/status')) usageError('the benches read /proc: run them on Linux');
const quick = args.quick !== undefined;
const rounds = Number(args.rounds ?? (quick ? 1 : 5));
if (!(rounds >= 1)) usageError('--rounds is a number from 1');
const only = namesOf(args.only, BENCHES, 'bench');
const wanted = namesOf(args.peers, PEERS.map(({ name }) => name), 'peer');

const missing = PEERS.filter(({ name, available }) => wanted.includes(name) && available?.() === false).map(({ name }) => name);
if (args.peers !== undefined && missing.length > 0) usageError(`${missing.join(', ')} is not built: npm run build`);
if (missing.length > 0) console.log(`${missing.join(', ')} is not built (npm run build) and left out`);

// A proxy would be measured too, and a key has no business here.
for (const name of Object.keys(process.env)) if (/_API_KEY$|_proxy$/i.test(name)) delete process.env[name];

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'massgen-bench-'));
process.once('exit', () => fs.rmSync(temporary, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const pinned = pinWherePossible();
pinSelf(AUX_CPU);
const record = recorder('run');
const about = machine();
record({ machine: about, pinned });
console.log(`${about.date}, Node ${about.node}, ${about.cores} x ${about.cpu}, ${pinned ? 'pinned' : 'not pinned'}, ${rounds} round${rounds === 1 ? '' : 's'}${quick ? ', quick' : ''}`);

const mock = await startMockProcess();
let failed = false;
for (const bench of only) {
  const { title, run } = await import(`./benches/${bench}.mjs`);
  const context = {
    ...{ bench, mock, temporary, record, rounds, quick, noise: [] },
    peers: PEERS.filter(({ name }) => wanted.includes(name) && !missing.includes(name)),
    progress: (line) => console.error(`${bench}: ${line}`),
  };
  try {
    const rows = await run(context);
    console.log(rows.length === 0 ? `\n${title}\n(nothing to compare)` : tableText(title, rows).trimEnd());
    for (const row of rows) record({ bench, ...row });
  } catch (error) {
    failed = true;
    console.log(`\n${title}\nFAILED: ${error.message}`);
  }
  if (context.noise.length > 0) console.log(`other processes meanwhile: ${median(context.noise).toFixed(0)} % of one core (median)`);
}
await mock.stop();
process.exit(failed ? 1 : 0);
