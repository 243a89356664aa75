// A run of three slow agents whose log root is the first argument; it says when it begins, and kills itself so many ms later as the second argument says.
import { EVENTFUL, playSession } from './session-run.js';

const words = Array.from({ length: 200 }, (_, index) => `word${String(index)}`).join(' ');
const agents = EVENTFUL.agents.map((agent, index) => ({ ...agent, backend: { type: 'scripted', script: [{ pace: 0.003, answer: `${words} ${String(index)}` }, { pace: 0.003, vote: { agent: 'agent1', reason: words } }] } }));
process.stdout.write('begun\n');
setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(process.argv[3]));
await playSession({ agents }, { root: process.argv[2] ?? '' });
process.stdout.write('ended\n');
