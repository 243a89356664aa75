// Shared pieces of the benches: the mock as a process, flags, pinning, raw rows on disk.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, stop, waitPort } from './proc.mjs';

export const BENCH = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const REPOSITORY = path.dirname(BENCH);
export const SUT_CPU = 0; // system under test
export const AUX_CPU = 1; // mock, and whoever measures

export function parseArgs(argv = process.argv.slice(2)) {
  return Object.fromEntries(
    argv.map((each) => {
      const match = /^--([\w-]+)(?:=(.*))?$/s.exec(each);
      return match ? [match[1], match[2] ?? '1'] : [each, '1'];
    }),
  );
}

/** Without taskset, or without both CPUs, everything runs unpinned (lib/proc.mjs reads HARNESS_PIN). */
export function pinWherePossible() {
  const works = [SUT_CPU, AUX_CPU].every((cpu) => spawnSync('taskset', ['-c', String(cpu), 'true']).status === 0);
  if (!works) process.env.HARNESS_PIN = '0';
  return process.env.HARNESS_PIN !== '0';
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export async function startMockProcess() {
  const port = await freePort();
  const child = start(process.execPath, [path.join(BENCH, 'mock-llm.mjs'), `--port=${port}`], { cpu: AUX_CPU });
  process.once('exit', () => child.kill('SIGKILL'));
  await waitPort(port);
  const call = async (operation, body) => {
    const ask = () => fetch(`http://127.0.0.1:${port}/__mock/${operation}`, { method: 'POST', body: body ? JSON.stringify(body) : undefined });
    // A kept connection may have been closed while a bench held this process up.
    const response = await ask().catch(ask);
    if (!response.ok) throw new Error(`mock ${operation}: ${response.status} ${await response.text()}`);
    return response.text();
  };
  return {
    child,
    base: `http://127.0.0.1:${port}/v1`,
    reset: () => call('reset'),
    script: (script) => call('script', script),
    log: async () => (await call('log')).split('\n').filter(Boolean).map((line) => JSON.parse(line)),
    stop: () => stop(child),
  };
}

export function machine() {
  return { node: process.version, cpu: os.cpus()[0]?.model ?? 'unknown CPU', cores: os.cpus().length, memGiB: +(os.totalmem() / 2 ** 30).toFixed(1), kernel: os.release(), date: new Date().toISOString() };
}

/** Appends rows to results/<name>.jsonl. */
export function recorder(name) {
  const file = path.join(BENCH, 'results', `${name}.jsonl`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return (row) => fs.appendFileSync(file, `${JSON.stringify(row, (_key, value) => (typeof value === 'number' && !Number.isInteger(value) ? +value.toFixed(4) : value))}\n`);
}
