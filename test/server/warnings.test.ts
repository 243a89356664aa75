import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import type { RunEvent } from '../../src/orchestrator/index.js';
import { createApp, createIdempotency, createMetrics, createQueue, createResponses, createSessions, type Models, type ServerDeps } from '../../src/server/index.js';
import { playRun } from '../support/engine-run.js';
import { fakeBackend, say } from '../support/fake-backend.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';

const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await cleanUp();
});

/** An app with one model whose runs have these events, and what it reports. */
async function appWith(events: readonly RunEvent[], logWarning: string): Promise<{ readonly url: string; readonly reports: readonly unknown[] }> {
  const reports: unknown[] = [];
  const report: ServerDeps['report'] = (trouble) => void reports.push(trouble);
  const entry = { id: 'one', created: 0, owned_by: 'massgen' };
  const place = { sessionId: 's', configUsed: 'c', logDirectory: null, finalAnswerPath: null };
  async function* replayed(): AsyncGenerator<RunEvent, void, undefined> {
    yield* await Promise.resolve(events);
  }
  const models: Models = {
    list: () => Promise.resolve([entry]),
    find: () => Promise.resolve(entry),
    open: () => Promise.resolve({ kind: 'agent', name: 'one', sees: false, start: () => Promise.resolve({ events: replayed(), place, turn: 1, logWarning: () => logWarning }) }),
  };
  const now = (): Date => new Date();
  const app = createApp({
    version: '0',
    models,
    keys: [],
    queue: createQueue({ concurrency: 1, limit: 1, timeoutMs: 60_000 }),
    sessions: createSessions(now),
    idempotency: createIdempotency(Date.now),
    metrics: await createMetrics(),
    responses: createResponses({ folder: temporaryFolder(), now, report }),
    settings: { reasoning: 'off', exposeAgentTools: 'never', cors: false, bodyLimitBytes: 100_000, heartbeatMs: 15_000 },
    formChecker: () => Promise.resolve(() => null),
    turnsIn: () => [],
    async *follow() {
      yield* await Promise.resolve([]);
    },
    isDraining: () => false,
    now,
    access: () => undefined,
    report,
  });
  const server = app.listen(0, '127.0.0.1');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, reports };
}

it('a warning of a run is reported as its message alone, what is wrong with the end of its log under its code', async () => {
  const { events } = await playRun({ one: fakeBackend(say('Fine.')) });
  const notice = { ...events[0]!, type: 'notice', level: 'warning', message: 'two files stayed behind' } as const;
  const { url, reports } = await appWith([...events.slice(0, 1), notice, ...events.slice(1)], 'some files of the log are missing');
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'one', messages: [{ role: 'user', content: 'Hello!' }] }) });
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Fine.' } }] });
  const session = `session ${String(response.headers.get('x-massgen-session'))}`;
  expect(reports).toEqual([{ message: `${session}: two files stayed behind` }, { code: 'log-refused', message: `${session}: some files of the log are missing` }]);
});
