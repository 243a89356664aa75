// How often the models are asked until three agents agree who answer after 0, 1 and 2 seconds.
import fs from 'node:fs';
import { measure } from '../lib/measure.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'calls: model calls until agreement; answers after 0, 1 and 2 s, all vote for the same';
const AGENTS = 3;
const CASES = [
  { strategy: 'winner_present', bound: '2N + 1', calls: 2 * AGENTS + 1 },
  { strategy: 'auto', bound: '2N', calls: 2 * AGENTS },
];

export async function run(context) {
  const peer = context.peers.find(({ name }) => name === 'massgen');
  if (!peer) return [];
  await context.mock.script(JSON.parse(fs.readFileSync(new URL('../scripts/staggered.json', import.meta.url), 'utf8')));
  try {
    const rows = [];
    for (const { strategy, bound, calls } of CASES) {
      const samples = new Samples();
      for (let round = 1; round <= context.rounds; round++) {
        const { log } = await measure(context, peer, { c: 1, n: 1, model: 'stagger-0,stagger-1,stagger-2', env: { STRATEGY: strategy } });
        samples.add('massgen', round, log.length);
        samples.add(bound, round, calls);
        context.progress(`round ${round}, ${strategy}: ${log.length} calls (${log.map(({ kind }) => kind).join(' ')})`);
      }
      rows.push(...compare(`calls, ${strategy}`, samples, { subject: 'massgen', against: bound, target: 1 }));
    }
    return rows;
  } finally {
    await context.mock.script({});
  }
}
