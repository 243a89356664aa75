// Three agents answer, read each other, vote, the winner presents: 7 streamed calls of 64 chunks, 3 of them in sequence.
import { measure } from '../lib/measure.mjs';
import { shuffled } from '../lib/stats.mjs';
import { Samples, compare } from '../lib/table.mjs';

export const title = 'orchestration: 3 agents, 7 streamed calls of 64 chunks; massgen writes events.jsonl (and the answer), or all files of its session log';
const CALLS = 7;

const conditions = [0, 50].flatMap((ttft) => [1, 16, 64].map((c) => ({ ttft, c })));
const label = ({ ttft, c }) => `${ttft} ms provider, ${c} at once`;

const ALL_FILES = 'massgen, all files';

/** massgen stands there twice: what a run must keep, and all that is derived from it. */
const variants = (peers) => peers.flatMap((peer) => (peer.name === 'massgen' ? [{ ...peer, env: { ...peer.env, SESSION_LOG: 'events' } }, { ...peer, name: ALL_FILES, env: { ...peer.env, SESSION_LOG: 'all' } }] : [peer]));

export async function run(context) {
  const peers = variants(context.peers);
  const samples = new Map(conditions.map((condition) => [condition, { cpu: new Samples(), overhead: new Samples() }]));
  for (let round = 1; round <= context.rounds; round++) {
    for (const [index, condition] of conditions.entries()) {
      for (const peer of shuffled(peers, round * 1000 + index)) {
        const seconds = { warmSeconds: context.quick ? 0.5 : condition.c > 1 ? 3 : 2, seconds: context.quick ? 1 : 3 };
        const row = await measure(context, peer, { c: condition.c, model: `mock;ttft=${condition.ttft};chunks=64`, ...seconds });
        if (condition.c === 1 && row.calls !== CALLS) throw new Error(`${peer.name} made ${row.calls} calls where the task has ${CALLS}`);
        samples.get(condition).cpu.add(peer.name, round, row.cpuMs);
        samples.get(condition).overhead.add(peer.name, round, row.overheadMs);
        context.progress(`round ${round}, ${label(condition)}, ${peer.name}: CPU ${row.cpuMs.toFixed(2)} ms, overhead ${row.overheadMs.toFixed(2)} ms`);
      }
    }
  }
  const rows = (measured, options) => conditions.flatMap((condition) => compare(`${measured === 'cpu' ? 'CPU ms' : 'overhead ms'}, ${label(condition)}`, samples.get(condition)[measured], options));
  return [
    ...rows('cpu', { subject: 'massgen', against: 'openai-loop', target: 0.5 }),
    ...rows('cpu', { subject: ALL_FILES, against: 'openai-loop' }),
    ...rows('overhead', { subject: 'massgen', against: 'openai-loop', target: 0.5 }),
    ...rows('overhead', { subject: ALL_FILES, against: 'openai-loop' }),
    ...rows('cpu', { subject: 'massgen', against: 'raw-http', aim: 2 }),
    ...rows('cpu', { subject: ALL_FILES, against: 'raw-http' }),
    ...rows('cpu', { subject: 'openai-loop', against: 'raw-http' }),
    ...rows('overhead', { subject: 'openai-loop', against: 'raw-http' }),
  ];
}
