// What the session log costs: the same orchestration without it, with events.jsonl and the answer, and with all files: in processes of their own, in turns in one process,
// as `massgen run` is started by a user, and where profiles of the latter two spend their time.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { BENCH, REPOSITORY, SUT_CPU } from '../lib/bench.mjs';
import { measure } from '../lib/measure.mjs';
import { logShare } from '../lib/profile.mjs';
import { median, shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';
import { QUESTION } from '../lib/task.mjs';

export const title = 'log: share of the session log in the CPU of an orchestration: events.jsonl with the answer, and all files';
const [SHORT, LONG] = [64, 1024];
const WARM_RUNS = 300;
const RUNS = 300;

/** A provider that takes no time, where a log costs most, and one that streams two hundred chunks a second, which is fast for a real one. */
const PROVIDERS = [
  { said: `answers of ${SHORT} chunks`, model: `mock;chunks=${SHORT}`, warm: 40, groups: 80, per: 4 },
  { said: `answers of ${LONG} chunks`, model: `mock;chunks=${LONG}`, warm: 40, groups: 40, per: 4 },
  { said: `answers of ${SHORT} chunks, 5 ms apart`, model: `mock;chunks=${SHORT};ttft=20;delay=5`, warm: 10, groups: 40, per: 1 },
];

const pin = (args) => (process.env.HARNESS_PIN === '0' ? [process.execPath, ...args] : ['taskset', '-c', String(SUT_CPU), process.execPath, ...args]);

/** Median CPU ms of an orchestration with each log, measured in turns in one process. */
function inTurns({ mock, temporary, quick }, peer, { model, warm, groups, per }) {
  const folder = fs.mkdtempSync(path.join(temporary, 'turns-'));
  const amount = quick ? ['--warm=3', '--groups=5', '--per=2'] : [`--warm=${warm}`, `--groups=${groups}`, `--per=${per}`];
  const [command, ...args] = pin([path.join(BENCH, 'log-run.mjs'), `--peer=${path.join(BENCH, peer.file)}`, `--base=${mock.base}`, `--model=${model}`, ...amount]);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env: { ...process.env, TMPDIR: folder }, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the runs in turns failed: ${stderr.slice(0, 300)}`);
  return Object.fromEntries(Object.entries(JSON.parse(stdout)).map(([name, cpu]) => [name, median(cpu)]));
}

const TEAM = ['agent_a', 'agent_b', 'agent_c'];

/** CPU ms of a whole `massgen run`, start and all, for each log: the median of some runs in turns. */
function wholeRuns({ mock, temporary, quick }, model) {
  const folder = fs.mkdtempSync(path.join(temporary, 'cli-'));
  const cpuFile = path.join(folder, 'cpu');
  const backend = { type: 'chatcompletion', base_url: mock.base, api_key: 'sk-mock', model };
  const started = (log) => {
    const config = path.join(folder, `${log}.json`);
    fs.writeFileSync(config, JSON.stringify({ agents: TEAM.map((id) => ({ id, backend })), orchestrator: { final_answer_strategy: 'winner_present' }, ...(log === 'off' ? { ui: { logging_enabled: false } } : {}) }));
    const files = log === 'off' ? [] : ['--log-files', log];
    const [command, ...args] = pin(['--import', path.join(BENCH, 'lib/cpu-at-exit.mjs'), path.join(REPOSITORY, 'bin/run.js'), 'run', '--config', config, '--display', 'silent', ...files, QUESTION]);
    const { status, stderr } = spawnSync(command, args, { cwd: folder, env: { ...process.env, HOME: folder, CPU_FILE: cpuFile }, encoding: 'utf8' });
    if (status !== 0) throw new Error(`massgen run failed: ${stderr.slice(0, 300)}`);
    return Number(fs.readFileSync(cpuFile, 'utf8'));
  };
  const logs = { off: [], events: [], all: [] };
  for (let times = 0; times < (quick ? 2 : 12); times++) for (const log of shuffled(Object.keys(logs), times + 1)) logs[log].push(started(log));
  return Object.fromEntries(Object.entries(logs).map(([log, cpu]) => [log, median(cpu)]));
}

/** The share of samples, of the second half of a run, that were taken below the session log. */
function profiled({ mock, temporary, quick }, peer, chunks, files) {
  const folder = fs.mkdtempSync(path.join(temporary, 'profile-'));
  const amount = quick ? ['--warmup=60', '--n=60'] : [`--warmup=${WARM_RUNS}`, `--n=${RUNS}`];
  const args = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`, path.join(BENCH, 'orch-run.mjs'), `--peer=${path.join(BENCH, peer.file)}`, `--base=${mock.base}`, '--c=1', ...amount, `--model=mock;chunks=${chunks}`];
  const pinned = pin(args);
  const { status, stderr } = spawnSync(pinned[0], pinned.slice(1), { cwd: folder, env: { ...process.env, SESSION_LOG: files, TMPDIR: folder }, encoding: 'utf8' });
  const [file] = fs.readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  if (status !== 0 || file === undefined) throw new Error(`the profiled run failed: ${stderr.slice(0, 300)}`);
  return logShare(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')));
}

const KINDS = { events: { name: 'events.jsonl', target: 0.15 }, all: { name: 'all files', aim: 0.15 } };

export async function run(context) {
  const peer = context.peers.find(({ name }) => name === 'massgen');
  if (peer === undefined) return [];
  const series = [SHORT, LONG].flatMap((chunks) => Object.keys(KINDS).map((files) => ({ chunks, files, cpu: new Samples(), profile: new Samples() })));
  const starts = PROVIDERS.map((provider) => ({ provider, cpu: new Samples() }));
  const turns = PROVIDERS.map((provider) => ({ provider, cpu: new Samples() }));
  const seconds = context.quick ? { warmSeconds: 0.5, seconds: 1 } : { warmSeconds: 3, seconds: 3 };
  for (let round = 1; round <= context.rounds; round++) {
    for (const { provider, cpu } of starts) {
      const spent = wholeRuns(context, provider.model);
      for (const [files, { name }] of Object.entries(KINDS)) {
        cpu.add(name, round, Math.max(0, spent[files] - spent.off));
        cpu.add(`with ${name}`, round, spent[files]);
      }
      context.progress(`round ${round}, massgen run, ${provider.said}: CPU ${spent.off.toFixed(0)} ms without the log, ${spent.events.toFixed(0)} with events.jsonl, ${spent.all.toFixed(0)} with all files`);
    }
    for (const { provider, cpu } of turns) {
      const spent = inTurns(context, peer, provider);
      for (const [files, { name }] of Object.entries(KINDS)) {
        cpu.add(name, round, Math.max(0, spent[files] - spent.off));
        cpu.add(`with ${name}`, round, spent[files]);
      }
      context.progress(`round ${round}, in turns, ${provider.said}: CPU ${spent.off.toFixed(2)} ms without the log, ${spent.events.toFixed(2)} with events.jsonl, ${spent.all.toFixed(2)} with all files`);
    }
    for (const chunks of [SHORT, LONG]) {
      const spent = {};
      for (const log of shuffled(['off', ...Object.keys(KINDS)], round * 10 + chunks)) spent[log] = (await measure(context, peer, { c: 1, model: `mock;chunks=${chunks}`, ...seconds, env: { SESSION_LOG: log } })).cpuMs;
      context.progress(`round ${round}, ${chunks} chunks: CPU ${spent.off.toFixed(2)} ms without the log, ${spent.events.toFixed(2)} with events.jsonl, ${spent.all.toFixed(2)} with all files`);
      for (const { files, cpu, profile } of series.filter((each) => each.chunks === chunks)) {
        const { name } = KINDS[files];
        cpu.add(name, round, Math.max(0, spent[files] - spent.off));
        cpu.add('orchestration', round, spent[files]);
        const share = profiled(context, peer, chunks, files);
        profile.add(name, round, 100 * share);
        profile.add('all samples', round, 100);
        context.progress(`round ${round}, ${chunks} chunks, ${name}: profile ${(100 * share).toFixed(0)} %`);
      }
    }
  }
  const rows = series.flatMap(({ chunks, files, cpu, profile }) => {
    const { name, ...goal } = KINDS[files];
    return [
      ...compare(`CPU ms, answers of ${chunks} chunks, on less off`, cpu, { subject: name, against: 'orchestration', ...goal }),
      ...compare(`% of a profile, answers of ${chunks} chunks`, profile, { subject: name, against: 'all samples', ...goal }),
    ];
  });
  const others = (said, list, all = {}) => list.flatMap(({ provider, cpu }) => Object.values(KINDS).flatMap(({ name, ...goal }) => compare(`CPU ms, ${said}, ${provider.said}`, cpu, { subject: name, against: `with ${name}`, ...goal, ...all })));
  // All files are what `massgen run` writes unless it is told otherwise.
  return [...rows, ...others('in turns', turns), ...others('massgen run', starts, { target: 0.15 })];
}
