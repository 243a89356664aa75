// A run of three slow agents whose log root is given as the only argument; it says when it begins, and is there to be killed.
import { EVENTFUL, playSession } from './session-run.js';

const words = Array.from({ length: 200 }, (_, index) => `word${String(index)}`).join(' ');
const agents = EVENTFUL.agents.map((agent, index) => ({ ...agent, backend: { type: 'scripted', script: [{ pace: 0.002, answer: `${words} ${String(index)}` }, { pace: 0.002, vote: { agent: 'agent1', reason: words } }] } }));
process.stdout.write('begun\n');
await playSession({ agents }, { root: process.argv[2] ?? '' });
process.stdout.write('ended\n');
