// A run whose log directory is given as the first argument, what files it writes as the second; prints what a reader saw. Started with a limit on the size of files.
import { openSessionLog, streamRun, type RunEvent } from '../../src/orchestrator/index.js';
import { fakeBackend, finish, text, usage } from './fake-backend.js';
import { foldAll, runStart } from './engine-run.js';

const log = openSessionLog({ root: process.argv[2] ?? '', turn: 1, files: process.argv[3] === 'events' ? 'events' : 'all', now: () => new Date(), random: Math.random });
const only = fakeBackend([...Array.from({ length: 200 }, () => [text('some words '.repeat(20)), 1]).flat(), usage(1, 1), finish()]);
const deps = {
  backends: { only },
  append: (batch: readonly RunEvent[]) => log.append(batch),
  release: () => {
    log.close();
  },
  cost: () => Promise.resolve(null),
  now: () => performance.now(),
  wallClock: () => new Date(),
  random: Math.random,
};
const seen: RunEvent[] = [];
for await (const event of streamRun(runStart(['only']), deps)) seen.push(event);
const { final, ending } = foldAll(seen);
const notices = seen.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
process.stdout.write(JSON.stringify({ status: ending?.status, length: final?.text.length, finalPath: log.finalPath(), notices }));
