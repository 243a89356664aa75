// What a tool call costs: an agent's toolbox on an MCP server, against the bare client of the MCP SDK on the same server.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { BENCH, REPOSITORY } from '../lib/bench.mjs';
import { waitQuiet } from '../lib/proc.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'tools: ms of one call of an MCP server’s tool (stdio), there and back, against the bare MCP SDK';

/** The most that a call through the toolbox may take, as a multiple of the SDK's. */
const TARGET = 1.2;
const [CALLS, RUNS_A_ROUND] = [3000, 3];
const SERVER = path.join(REPOSITORY, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');

function measured(bundle, quick) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(BENCH, 'tools-run.mjs'), SERVER, bundle, String(quick ? 1000 : CALLS)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tools-run exited ${status}: ${stderr.slice(0, 600)}`);
  return JSON.parse(stdout);
}

export async function run(context) {
  const entry = path.join(context.temporary, 'tools-entry.ts');
  const from = (file) => path.join(REPOSITORY, 'src', file);
  fs.writeFileSync(
    entry,
    `export { openMcpSource } from '${from('orchestrator/tools/mcp/source.ts')}';
export { readMcpSettings } from '${from('orchestrator/tools/mcp/settings.ts')}';
export { openToolbox } from '${from('orchestrator/tools/toolbox/toolbox.ts')}';
export { startGroup, endGroup } from '${from('backends/wires/process/process-group.ts')}';
`,
  );
  const bundle = path.join(REPOSITORY, 'node_modules/.cache/massgen-bench-tools.mjs');
  await build({ entryPoints: [entry], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' });
  const times = new Samples();
  const cpu = new Samples();
  for (let round = 1; round <= context.rounds; round++) {
    for (let again = 0; again < (context.quick ? 1 : RUNS_A_ROUND); again++) {
      await waitQuiet({ maxBusyPct: 40, windowMs: 100, timeoutMs: 1500 });
      for (const [caller, { ms, cpuMs }] of Object.entries(measured(bundle, context.quick))) {
        times.add(caller, round, ms);
        cpu.add(caller, round, cpuMs);
        context.record({ bench: context.bench, round, caller, ms, cpuMs });
        context.progress(`round ${round}, ${caller}: ${ms.toFixed(3)} ms and ${cpuMs.toFixed(3)} ms of CPU a call`);
      }
    }
  }
  return [...compare('round trip', times, { subject: 'toolbox', against: 'sdk', target: TARGET }), ...compare('CPU of the client', cpu, { subject: 'toolbox', against: 'sdk' })];
}
