import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a surface came to: assertions that a client may rely on. */
export interface Score {
  readonly passed: number;
  readonly total: number;
}

export interface Verdict {
  readonly surfaces: Readonly<Record<string, Score>>;
  /** Probes that could not say anything, and why. */
  readonly inconclusive: readonly string[];
  /** What failed, in the suite's words. */
  readonly failures: readonly string[];
}

interface Report {
  readonly incomplete?: string;
  readonly conformance: {
    readonly bySurface: readonly { readonly surface: string; readonly passed: number; readonly total: number }[];
    readonly inconclusive: readonly { readonly id: string; readonly reason: string }[];
    readonly results: readonly { readonly id: string; readonly failures: readonly { readonly id: string; readonly severity: string; readonly message?: string }[] }[];
  };
}

const packageFile = fileURLToPath(import.meta.resolve('llmprobe/package.json'));
const SUITE = path.join(path.dirname(packageFile), 'bin/dist/llmprobe.mjs');

/** The suite that is asked, with its version. */
export const SUITE_NAME = `llmprobe ${(JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }).version}`;

/** Probes a server with the suite. Throws when it cannot be probed to the end. */
export async function probe(url: string, model: string, folder: string): Promise<Verdict> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'report.json');
  const child = spawn(process.execPath, [SUITE, url, '--model', model, '--no-bench', '--no-save', '--no-color', '--save', file], { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  // 1 says that an assertion failed, which the report says better.
  if (code !== 0 && code !== 1) throw new Error(`the suite ended with ${String(code)}: ${said.slice(-2000)}`);
  const { incomplete, conformance } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  if (incomplete !== undefined) throw new Error(incomplete);
  return {
    surfaces: Object.fromEntries(conformance.bySurface.map(({ surface, passed, total }) => [surface, { passed, total }])),
    inconclusive: conformance.inconclusive.map(({ id, reason }) => `${id}: ${reason}`),
    failures: conformance.results.flatMap(({ failures }) => failures.filter(({ severity }) => severity === 'MUST').map(({ id, message = '' }) => `${id}: ${message}`)),
  };
}
