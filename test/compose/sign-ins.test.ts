import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signInsOf, type GuardDeps } from '../../src/compose/tool-guards.js';
import type { SignIns } from '../../src/orchestrator/tools/mcp/sign-in.js';
import { closeSources, sourceOf, use } from '../support/mcp.js';
import { oauthServer, type OAuthServer } from '../support/oauth-server.js';
import { filesBelow, playSession, readText, removeSessions } from '../support/session-run.js';

let folder: string;
let servers: OAuthServer[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'massgen-sign-in-'));
  servers = [];
});
afterEach(async () => {
  await closeSources();
  await removeSessions();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function serving(how?: Parameters<typeof oauthServer>[0]): Promise<OAuthServer> {
  const server = await oauthServer(how);
  servers.push(server);
  return server;
}

/** A user who says yes, and whose browser goes where the question says. */
function user(change: { readonly says?: boolean; readonly pastes?: boolean } = {}): { readonly deps: GuardDeps; readonly questions: string[] } {
  const questions: string[] = [];
  const ask = (question: string): Promise<boolean> => {
    questions.push(question);
    return Promise.resolve(change.says ?? true);
  };
  const askText = async (question: string, signal?: AbortSignal): Promise<string | null> => {
    questions.push(question);
    const address = /http:\S+authorize\S+/u.exec(question)?.[0] ?? '';
    const sent = await fetch(address, { redirect: 'manual' });
    const back = sent.headers.get('location') ?? '';
    if (change.pastes === true) return back;
    await fetch(back).then((response) => response.text());
    return new Promise((resolve) => {
      if (signal?.aborted === true) resolve(null);
      signal?.addEventListener('abort', () => resolve(null));
    });
  };
  // A browser that is none: the test's user goes there by hand.
  return { deps: { env: { BROWSER: 'true' }, cwd: folder, ask, askText }, questions };
}

const kept = (deps: GuardDeps): SignIns => signInsOf(path.join(folder, 'sign-ins'), deps);
const nobody: GuardDeps = { env: {}, cwd: '/' };
const files = (): readonly string[] => readdirSync(path.join(folder, 'sign-ins'));

describe('a server that wants its user to sign in', () => {
  it('is signed in to once with the browser, and afterwards without anybody', async () => {
    const server = await serving();
    const { deps, questions } = user();
    const first = await sourceOf({ desk: { url: server.url } }, { signIns: kept(deps) });
    expect(first.notes()).toEqual([]);
    expect(await use(first, 'mcp__desk__act')).toEqual({ text: 'done' });
    expect(questions[0]).toBe(`The MCP server desk wants you to sign in at ${new URL(server.url).host}. Do it now, with your browser?`);
    const second = await sourceOf({ desk: { url: server.url } }, { signIns: kept(nobody) });
    expect(await use(second, 'mcp__desk__act')).toEqual({ text: 'done' });
    expect(questions).toHaveLength(2);
  });

  it('is kept in a file that only the user may read, whole after each change', async () => {
    const server = await serving();
    await sourceOf({ desk: { url: server.url } }, { signIns: kept(user().deps) });
    const [file] = files();
    expect(files()).toHaveLength(1);
    expect(statSync(path.join(folder, 'sign-ins', file!)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(folder, 'sign-ins')).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(path.join(folder, 'sign-ins', file!), 'utf8'))).toMatchObject({ server: server.url, client: { client_id: 'registered' }, tokens: { access_token: server.tokens()[0] } });
  });

  it('is shown something new when the old is over, in the middle of a run too', async () => {
    const server = await serving();
    const source = await sourceOf({ desk: { url: server.url } }, { signIns: kept(user().deps) });
    server.expire();
    expect(await use(source, 'mcp__desk__act')).toEqual({ text: 'done' });
    expect(server.asked.map((each) => each.get('grant_type'))).toEqual(['authorization_code', 'refresh_token']);
  });

  it('has all agents wait for the one sign-in', async () => {
    const server = await serving();
    const { deps, questions } = user();
    const signIns = kept(deps);
    const sources = await Promise.all([1, 2, 3].map(() => sourceOf({ desk: { url: server.url } }, { signIns })));
    for (const source of sources) expect(await use(source, 'mcp__desk__act')).toEqual({ text: 'done' });
    expect(questions).toHaveLength(2);
  });

  it('takes the address that a browser elsewhere ended at', async () => {
    const server = await serving();
    const source = await sourceOf({ desk: { url: server.url } }, { signIns: kept(user({ pastes: true }).deps) });
    expect(await use(source, 'mcp__desk__act')).toEqual({ text: 'done' });
  });

  it('takes the client of the configuration where it registers none, and writes no secret of it down', async () => {
    const server = await serving({ registers: false });
    const oauth = { client_id: 'mine', client_secret: 'my-own-secret', scope: 'act' };
    const source = await sourceOf({ desk: { url: server.url, oauth } }, { signIns: kept(user().deps) });
    expect(await use(source, 'mcp__desk__act')).toEqual({ text: 'done' });
    expect(server.asked[0]?.get('client_secret')).toBe('my-own-secret');
    expect(readFileSync(path.join(folder, 'sign-ins', files()[0]!), 'utf8')).not.toContain('my-own-secret');
  });

  it.each([
    ['where nobody sits at a terminal', undefined, 'it wants you to sign in: run massgen with it once on a terminal, or write a token into its headers (Authorization)'],
    ['in CI', { CI: 'true' }, 'it wants you to sign in: run massgen'],
  ])('costs its tools %s, and says what helps', async (_where, env, said) => {
    const server = await serving();
    const source = await sourceOf({ desk: { url: server.url } }, { signIns: kept(env === undefined ? nobody : { ...user().deps, env }) });
    expect(source.tools()).toEqual([]);
    expect(source.notes()[0]).toContain(said);
    expect(source.notes()[0]).toContain('Its tools are missing');
    expect(server.seen).not.toContain('POST /register');
    expect(existsSync(path.join(folder, 'sign-ins'))).toBe(false);
  });

  it.each([
    ['the user does not want to', { says: false }, {}, 'you did not want to'],
    ['it does not let the user in', {}, { denies: true }, 'the server says: access_denied'],
  ])('costs its tools when %s, and asks only once', async (_why, says, how, said) => {
    const server = await serving(how);
    const { deps, questions } = user(says);
    const source = await sourceOf({ desk: { url: server.url } }, { signIns: kept(deps) });
    expect(source.notes()[0]).toContain(`it wants you to sign in (${said})`);
    expect(questions.filter((question) => question.includes('Do it now'))).toHaveLength(1);
    expect(source.tools()).toEqual([]);
  });

  it('asks again when nothing that is kept is taken any more', async () => {
    const server = await serving();
    const { deps, questions } = user();
    await sourceOf({ desk: { url: server.url } }, { signIns: kept(deps) });
    server.revoke();
    const source = await sourceOf({ desk: { url: server.url } }, { signIns: kept(deps) });
    expect(await use(source, 'mcp__desk__act')).toEqual({ text: 'done' });
    expect(questions).toHaveLength(4);
  });

  it('is not asked for where the configuration has a header for it, or says no', async () => {
    const server = await serving();
    for (const more of [{ headers: { authorization: 'Bearer wrong' } }, { oauth: false }]) {
      const source = await sourceOf({ desk: { url: server.url, ...more } }, { signIns: kept(user().deps) });
      expect(source.notes()[0]).toContain('it refuses access (HTTP 401); check its headers');
    }
    expect(server.seen.filter((each) => each.includes('well-known'))).toEqual([]);
  });
});

describe('a run with such a server', () => {
  it('has nothing of the sign-in in its log', async () => {
    const server = await serving();
    await sourceOf({ desk: { url: server.url } }, { signIns: kept(user().deps) });
    const home = folder;
    const { mkdirSync, renameSync } = await import('node:fs');
    mkdirSync(path.join(home, '.config', 'massgen'), { recursive: true });
    renameSync(path.join(folder, 'sign-ins'), path.join(home, '.config', 'massgen', 'sign-ins'));
    const { result, turn } = await playSession({ agent: { id: 'a', backend: { type: 'scripted', model: 's', script: [{ tool: { name: 'mcp__desk__act', arguments: {} } }, { text: 'It is done.' }], mcp_servers: { desk: { url: server.url } } } } }, { home });
    expect(result).toMatchObject({ final_answer: 'It is done.' });
    const log = filesBelow(turn).map((file) => readText(turn, file)).join('\n');
    expect(log).toContain('mcp__desk__act');
    for (const token of server.tokens()) expect(log).not.toContain(token);
  });
});
