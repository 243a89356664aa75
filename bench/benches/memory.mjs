// The most memory a process ever held (VmHWM) while 64 orchestrations ran at once.
import { measure } from '../lib/measure.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'memory: peak MiB with 64 orchestrations at once';

export async function run(context) {
  const samples = new Samples();
  const seconds = context.quick ? { warmSeconds: 0.5, seconds: 1.5 } : { warmSeconds: 3, seconds: 3 };
  for (let round = 1; round <= context.rounds; round++) {
    for (const peer of shuffled(context.peers, round * 1000 + 13)) {
      const { hwm } = await measure(context, peer, { c: 64, model: 'mock;chunks=64', ...seconds });
      samples.add(peer.name, round, hwm);
      context.progress(`round ${round}, ${peer.name}: ${hwm.toFixed(0)} MiB`);
    }
  }
  return [
    ...compare('peak MiB', samples, { subject: 'massgen', against: 'openai-loop', target: 1 }),
    ...compare('peak MiB', samples, { subject: 'massgen', against: 'raw-http' }),
    ...compare('peak MiB', samples, { subject: 'openai-loop', against: 'raw-http' }),
  ];
}
