// What one more streamed chunk costs: long answers minus short ones, so that the cost per request drops out.
import { measure } from '../lib/measure.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'chunk: CPU per streamed chunk (answers of 1024 chunks minus answers of 64)';
const [LONG, SHORT] = [1024, 64];

export async function run(context) {
  const samples = new Samples();
  const seconds = context.quick ? { warmSeconds: 0.5, seconds: 1 } : { warmSeconds: 2, seconds: 3 };
  for (let round = 1; round <= context.rounds; round++) {
    for (const peer of shuffled(context.peers, round * 1000 + 7)) {
      const measured = {};
      for (const chunks of shuffled([LONG, SHORT], round)) measured[chunks] = await measure(context, peer, { c: 1, model: `mock;chunks=${chunks}`, ...seconds });
      const [long, short] = [measured[LONG], measured[SHORT]];
      const micros = (1000 * (long.cpuMs - short.cpuMs)) / (long.tokensOut - short.tokensOut);
      samples.add(peer.name, round, micros);
      context.progress(`round ${round}, ${peer.name}: ${micros.toFixed(2)} us a chunk`);
    }
  }
  return [
    ...compare('CPU us a chunk', samples, { subject: 'massgen', against: 'raw-http', target: 2.7 }),
    ...compare('CPU us a chunk', samples, { subject: 'massgen', against: 'openai-loop' }),
    ...compare('CPU us a chunk', samples, { subject: 'openai-loop', against: 'raw-http' }),
  ];
}
