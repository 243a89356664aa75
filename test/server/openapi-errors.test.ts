import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { ECHO, looped, MUTE, REFUSED } from '../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

interface Described {
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example: object }>> };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Operation {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  /** What it is asked with. */
  readonly body?: object;
  readonly listed: ReadonlyMap<number, string>;
}

interface Asking {
  /** Of a path that has one. */
  readonly id?: string;
  readonly method?: string;
  /** Of an operation that takes one. */
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

let operations: readonly Operation[] = [];
const seen = new Map<string, Set<number>>();

beforeAll(async () => {
  const { get } = await serveHere({ config: looped(ECHO) });
  const { paths } = (await bodyOf(await get('/openapi.json'))) as { paths: Record<string, Record<string, Described>> };
  operations = Object.entries(paths).flatMap(([path, item]) =>
    ['get', 'post', 'delete'].flatMap((method) => {
      const { requestBody, responses } = item[method] ?? {};
      if (responses === undefined) return [];
      const body = requestBody?.content['application/json']?.example;
      const listed = new Map(Object.entries(responses).flatMap(([status, { description }]) => (Number(status) >= 400 ? [[Number(status), description] as const] : [])));
      return [{ name: `${method} ${path}`, path, method: method.toUpperCase(), listed, ...(body === undefined ? {} : { body }) }];
    }),
  );
});

/** Asks an operation, and notes an error that it answers with. */
async function ask({ url }: TestServer, { name, path, method, body }: Operation, asking: Asking = {}): Promise<number> {
  const given = asking.body ?? body;
  const sent = body === undefined ? {} : { body: typeof given === 'string' ? given : JSON.stringify(given) };
  const { status } = await fetch(`${url}${path.replace('{id}', asking.id ?? 'nobody')}`, { method: asking.method ?? method, ...sent, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...asking.headers } });
  if (status >= 400) seen.set(name, (seen.get(name) ?? new Set()).add(status));
  return status;
}

const inV1 = (): readonly Operation[] => operations.filter(({ path }) => path.startsWith('/v1/'));
const withId = (): readonly Operation[] => operations.filter(({ path }) => path.includes('{id}'));
const withBody = (): readonly Operation[] => operations.filter(({ body }) => body !== undefined);
const asksAgents = ({ name }: Operation): boolean => name !== 'post /v1/messages/count_tokens';
const running = (): readonly Operation[] => withBody().filter(asksAgents);

/** Without a key, with another method, or of what is not there. */
async function misdirect(): Promise<void> {
  const closed = await serveHere({ config: looped(ECHO), apiKey: 'k' });
  for (const each of operations.filter(({ path }) => !path.startsWith('/health'))) expect([each.name, await ask(closed, each)]).toEqual([each.name, 401]);
  const server = await serveHere({ config: looped(ECHO), strictModels: true });
  for (const each of operations) expect([each.name, await ask(server, each, { method: 'PATCH' })]).toEqual([each.name, 405]);
  for (const each of withId()) expect([each.name, await ask(server, each), await ask(server, each, { id: '%zz' })]).toEqual([each.name, 404, 400]);
  for (const each of withBody()) expect([each.name, await ask(server, each, { body: { ...each.body, model: 'nobody' } })]).toEqual([each.name, 404]);
  for (const each of running()) expect([each.name, await ask(server, each, { headers: { 'x-massgen-session': 'nobody' } })]).toEqual([each.name, 404]);
  for (const each of operations.filter(({ name }) => name === 'get /v1/sessions')) expect(await ask(server, each, { headers: { 'x-forwarded-for': '203.0.113.9' } })).toBe(404);
  for (const each of operations.filter(({ name }) => name === 'get /v1/models')) expect(await ask(server, { ...each, path: '/v1/models?limit=none' }, { headers: { 'anthropic-version': '2023-06-01' } })).toBe(400);
}

/** With a body that is none, a key that another body had, or too often. */
async function misuse(): Promise<void> {
  const server = await serveHere({ config: looped(ECHO) });
  const large = JSON.stringify({ text: 'x'.repeat(20 * 1024 * 1024) });
  for (const each of withBody()) {
    const statuses = [await ask(server, each, { body: '{' }), await ask(server, each, { body: large }), await ask(server, each, { headers: { 'content-type': 'text/plain' } })];
    expect([each.name, ...statuses]).toEqual([each.name, 400, 413, 415]);
  }
  for (const each of running()) {
    const headers = { 'idempotency-key': each.name };
    expect([each.name, await ask(server, each, { headers }), await ask(server, each, { headers, body: { ...each.body, temperature: 0 } })]).toEqual([each.name, 200, 409]);
  }
  const strict = await serveHere({ config: looped(ECHO), rateLimit: 1 });
  for (const each of inV1()) await until(async () => (await ask(strict, each)) === 429);
}

/** Where nobody can answer. */
async function askInVain(): Promise<void> {
  const failing = [
    [500, { agent: { backend: { type: 'openai' } } }],
    [501, { agent: { backend: { type: 'ag2', python: '/nowhere/python3', agent_config: { type: 'assistant', name: 'helper', llm_config: { api_type: 'openai', model: 'gpt-5', api_key: 'k' } } } } }],
    [502, looped(REFUSED)],
    [504, { ...looped(MUTE), timeout_settings: { orchestrator_timeout_seconds: 0.2, orchestrator_grace_seconds: 0 } }],
  ] as const;
  for (const [status, config] of failing) {
    const server = await serveHere({ config });
    for (const each of status === 500 ? withBody() : running()) expect([each.name, await ask(server, each)]).toEqual([each.name, status]);
  }
}

/** Where there is no place, and of what is then cancelled. */
async function askTooMuch(): Promise<void> {
  const server = await serveHere({ config: looped(MUTE), concurrency: 1, queueTimeoutSeconds: 0.2 });
  for (const each of running()) {
    const asked = ask(server, each);
    let id = '';
    await until(async () => {
      const { data } = (await bodyOf(await server.get('/v1/sessions'))) as { data: readonly { id: string; status: string }[] };
      id = data.find(({ status }) => status === 'running')?.id ?? '';
      return id !== '';
    });
    expect([each.name, await ask(server, each)]).toEqual([each.name, each.path.startsWith('/v1/messages') ? 529 : 503]);
    await server.get(`/v1/sessions/${id}`, { method: 'DELETE' });
    expect([each.name, await asked]).toEqual([each.name, 499]);
  }
}

/** What nobody can bring about from outside: a fault of the server's own, and a server that shuts down. */
const notProvoked = ({ path, body }: Operation): readonly number[] => [...(path.startsWith('/v1/') && body === undefined ? [500] : []), ...(path === '/health/ready' ? [503] : [])];

describe('the OpenAPI description', () => {
  it('lists, for every operation, the errors that it is answered with, and no others', async () => {
    for (const provoke of [misdirect, misuse, askInVain, askTooMuch]) await provoke();
    for (const each of operations) expect([each.name, [...each.listed.keys()].sort()]).toEqual([each.name, [...(seen.get(each.name) ?? []), ...notProvoked(each)].sort()]);
  });

  it('says of each 404 what is not there', () => {
    const missing = operations.flatMap(({ name, path, listed }) => {
      const kind = /^\/v1\/(session|response|model)s\/\{id\}/u.exec(path)?.[1];
      return kind === undefined ? [] : [[name, kind, listed.get(404)] as const];
    });
    expect(missing).toHaveLength(8);
    for (const [name, kind, says] of missing) expect([name, says]).toEqual([name, expect.stringContaining(`no such ${kind}`)]);
  });

  it('has the statuses of the table of errors in docs/server.md, and only those', () => {
    const docs = readFileSync(new URL('../../docs/server.md', import.meta.url), 'utf8');
    const table = docs.slice(docs.indexOf('\n## Errors'), docs.indexOf('\n## In a program'));
    const documented = table.split('\n').flatMap((line) => (/^\| \d/u.test(line) ? (line.split('|')[1]?.match(/\d{3}/gu) ?? []) : [])).map(Number);
    const listed = new Set(operations.flatMap((each) => [...each.listed.keys()]));
    // Of Anthropic's API only, where the text says so.
    expect(docs).toContain('529 (`overloaded_error`) stands for 503');
    expect([...listed].sort()).toEqual([...documented, 529].sort());
  });
});
