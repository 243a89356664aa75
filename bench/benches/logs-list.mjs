// `massgen logs list` over ten thousand sessions, against plain Node that lists the directory and reads one small file of each.
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { REPOSITORY, SUT_CPU } from '../lib/bench.mjs';
import { now } from '../lib/clock.mjs';
import { hasCommandLine } from '../lib/peers.mjs';
import { memMiB, start, stop, waitQuiet } from '../lib/proc.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'logs-list: 10,000 sessions, ms from spawn to exit; memory';
const MANY = 10_000;
const FEW = 1000;
const PLAIN = 'plain Node';
const TIMEOUT_MS = 60_000;

const BINARY = path.join(REPOSITORY, 'bin/run.js');
const READ_ONE_EACH = "const fs = require('fs'); let bytes = 0; for (const name of fs.readdirSync('many')) bytes += fs.readFileSync('many/' + name + '/turn_1/status.json').length; console.log(bytes);";

const six = (number) => String(number).padStart(6, '0');

/** Sessions of one real run, under names of their own. */
async function makeSessions(folder) {
  await timed(folder, [BINARY, 'run', '--config', '@examples/scripted_ci', '--log-dir', 'one', 'Which is heavier?']);
  const turn = path.join(folder, 'one', fs.readdirSync(path.join(folder, 'one'))[0], 'turn_1');
  const files = ['events.jsonl', 'status.json'].map((name) => [name, fs.readFileSync(path.join(turn, name))]);
  for (const [root, count] of [['many', MANY], ['few', FEW]]) {
    for (let number = 0; number < count; number++) {
      const session = path.join(folder, root, `log_20260130_${six(number)}_${six(number)}`, 'turn_1');
      fs.mkdirSync(session, { recursive: true });
      for (const [name, content] of files) fs.writeFileSync(path.join(session, name), content);
    }
  }
}

async function timed(folder, args) {
  const startedAt = now();
  const child = start(process.execPath, args, { cpu: SUT_CPU, cwd: folder, env: { HOME: folder, XDG_CACHE_HOME: path.join(folder, 'cache'), TMPDIR: folder, NO_COLOR: '1' } });
  let mib = 0;
  const watch = setInterval(() => (mib = Math.max(mib, memMiB(child.pid).hwm || 0)), 5);
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const [code] = await once(child, 'exit');
  const ms = now() - startedAt;
  clearTimeout(timer);
  clearInterval(watch);
  await stop(child);
  if (code !== 0) throw new Error(`${args.join(' ')} exited ${code}: ${child.out.slice(0, 600)}`);
  return { ms, mib };
}

const list = (root, ...more) => [BINARY, 'logs', 'list', '--log-dir', root, ...more];

export async function run(context) {
  if (!hasCommandLine()) return [];
  const folder = fs.mkdtempSync(path.join(context.temporary, 'logs-'));
  const cache = path.join(folder, 'cache');
  const jobs = {
    [PLAIN]: ['-e', READ_ONE_EACH],
    'logs list': list('many'),
    'all of them': list('many', '--limit', '0'),
    'all, as JSON': list('many', '--limit', '0', '--json'),
    'all, no index yet': list('many', '--limit', '0'),
    'all of few': list('few', '--limit', '0'),
  };
  const samples = new Samples();
  context.progress(`makes ${MANY + FEW} sessions`);
  await makeSessions(folder);
  for (const warm of ['all of them', 'all of few', PLAIN]) await timed(folder, jobs[warm]);
  for (let round = 1; round <= context.rounds; round++) {
    for (const name of shuffled(Object.keys(jobs), round)) {
      if (name === 'all, no index yet') fs.renameSync(cache, `${cache}.aside`);
      await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 3000 });
      const { ms, mib } = await timed(folder, jobs[name]);
      if (name === 'all, no index yet') {
        fs.rmSync(cache, { recursive: true, force: true });
        fs.renameSync(`${cache}.aside`, cache);
      }
      samples.add(name, round, ms);
      samples.add(`${name}, MiB`, round, mib);
      context.record({ bench: context.bench, round, name, ms, mib });
      context.progress(`round ${round}, ${name}: ${ms.toFixed(0)} ms, ${mib.toFixed(0)} MiB`);
    }
  }
  fs.rmSync(folder, { recursive: true, force: true });
  const against = (subject, limit) => compare(`massgen ${subject === 'logs list' ? 'logs list' : `logs list, ${subject}`}`, samples, { subject, against: PLAIN, ...limit });
  return [
    ...against('logs list', { target: 3 }),
    ...against('all of them', { target: 3 }),
    ...against('all, as JSON', { target: 3 }),
    ...against('all, no index yet', {}),
    ...compare('most memory', samples, { subject: 'all of them, MiB', against: 'all of few, MiB', target: 1.5 }),
  ];
}
