// npm run conformance [-- --check]: probes `massgen serve`, one agent and a team of three, and the model that they have, with a foreign
// suite, as it asks and with other words; writes test/conformance/results.json and with it docs/compatibility.md.
// With --check it writes nothing, and fails when an assertion of massgen's failed or the file says something else.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODEL, startCapableModel } from './model/capable-model.js';
import { probe, SUITE_NAME, type Verdict } from './probe.js';
import { rewording } from './reword.js';
import { configurations, serveMassgen } from './targets.js';

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
const GENERATE = fileURLToPath(new URL('../../scripts/generate.js', import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function probeBoth(name: string, url: string, model: string, folder: string): Promise<readonly (readonly [string, Verdict])[]> {
  const other = await rewording(url);
  try {
    const [asked, reworded] = await Promise.all([probe(url, model, path.join(folder, 'asked')), probe(other.url, model, path.join(folder, 'reworded'))]);
    say(`${name}: ${String(other.changed())} requests were asked with other words`);
    return [[name, asked], [`${name}, reworded`, reworded]];
  } finally {
    await other.stop();
  }
}

async function probeAll(folder: string): Promise<Readonly<Record<string, Verdict>>> {
  const double = await startCapableModel();
  const verdicts = [...(await probeBoth('model', double.url.replace(/\/v1$/u, ''), MODEL, path.join(folder, 'model')))];
  try {
    for (const [name, config] of Object.entries(configurations(double.url))) {
      const target = await serveMassgen(path.join(folder, name), config);
      try {
        verdicts.push(...(await probeBoth(name, target.url, 'massgen', path.join(folder, `${name}-probes`))));
      } finally {
        await target.stop();
      }
    }
  } finally {
    await double.close();
  }
  return Object.fromEntries(verdicts);
}

function report(verdicts: Readonly<Record<string, Verdict>>): boolean {
  for (const [name, { surfaces, failures, inconclusive }] of Object.entries(verdicts)) {
    say(`${name}: ${Object.entries(surfaces).map(([surface, { passed, total }]) => `${surface} ${String(passed)}/${String(total)}`).join(', ')}`);
    for (const failure of failures) say(`  failed: ${failure}`);
    for (const one of inconclusive) say(`  inconclusive: ${one}`);
  }
  return Object.entries(verdicts).every(([name, { failures, surfaces }]) => name.startsWith('model') || (failures.length === 0 && ['chat', 'responses', 'messages'].every((surface) => surfaces[surface] !== undefined)));
}

interface Results {
  readonly suite: string;
  readonly targets: Readonly<Record<string, { readonly surfaces: Verdict['surfaces']; readonly inconclusive: number }>>;
}

/** How many assertions there are depends on how many frames a stream came in. */
function saysTheSame(one: Results, other: Results): boolean {
  const plain = ({ suite, targets }: Results): string => JSON.stringify([suite, Object.entries(targets).map(([name, { surfaces, inconclusive }]) => [name, inconclusive, Object.entries(surfaces).map(([surface, { passed, total }]) => [surface, passed === total])])]);
  return plain(one) === plain(other);
}

const folder = mkdtempSync(path.join(tmpdir(), 'massgen-conformance-'));
try {
  const began = performance.now();
  const verdicts = await probeAll(folder);
  const good = report(verdicts);
  say(`${SUITE_NAME}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const now = { suite: SUITE_NAME, targets: Object.fromEntries(Object.entries(verdicts).map(([name, { surfaces, inconclusive }]) => [name, { surfaces, inconclusive: inconclusive.length }])) };
  const check = process.argv.includes('--check');
  const stale = check && !saysTheSame(now, JSON.parse(readFileSync(RESULTS, 'utf8')) as Results);
  if (stale) say('test/conformance/results.json says something else: npm run conformance');
  if (!check) {
    writeFileSync(RESULTS, `${JSON.stringify(now, undefined, 2)}\n`);
    execFileSync(process.execPath, [GENERATE], { stdio: 'inherit' });
  }
  process.exitCode = good && !stale ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
