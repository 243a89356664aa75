import { openServer, type OpenServer, type ServeOptions } from '../../src/compose/serve/open-server.js';
import { temporaryFolder } from './massgen-process.js';
import { checked } from './published-schemas.js';

const running = new Set<OpenServer>();

/** Ends every server that was begun here: for `afterEach`. */
export async function stopServers(): Promise<void> {
  const all = [...running];
  running.clear();
  await Promise.all(all.map((server) => server.stop({ drainTimeoutMs: 0 })));
}

export interface TestServer {
  /** Without `/v1`. */
  readonly url: string;
  readonly urls: readonly string[];
  readonly cwd: string;
  readonly server: OpenServer;
  readonly reports: readonly string[];
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (path: string, body: unknown, init?: RequestInit) => Promise<Response>;
  /** A chat completion; `messages` is one question unless given. */
  readonly chat: (body?: object, init?: RequestInit) => Promise<Response>;
}

/** A server on this machine, in a folder of its own, with no key in its environment. Whatever is read of its replies whole is held against the published schemas. */
export async function serveHere(options: ServeOptions = {}): Promise<TestServer> {
  const cwd = options.cwd ?? temporaryFolder();
  const reports: string[] = [];
  const server = await openServer({ host: '127.0.0.1', ...(options.completionPorts === undefined ? { port: 0 } : {}), cwd, home: temporaryFolder(), env: {}, report: (message) => reports.push(message), ...options });
  const listeners = await server.start();
  running.add(server);
  const urls = listeners.map(({ url }) => url);
  const [url = ''] = urls;
  const get = async (path: string, init?: RequestInit): Promise<Response> => checked(path, await fetch(`${url}${path}`, init));
  const post = async (path: string, body: unknown, init: RequestInit = {}): Promise<Response> => {
    const { headers, ...more } = init;
    const sent = await fetch(`${url}${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...more, headers: { 'content-type': 'application/json', ...(headers as Record<string, string> | undefined) } });
    return checked(path, sent);
  };
  const chat = (body: object = {}, init?: RequestInit): Promise<Response> => post('/v1/chat/completions', { messages: [{ role: 'user', content: 'Hello!' }], ...body }, init);
  return { url, urls, cwd, server, reports, get, post, chat };
}

export const bodyOf = async (response: Response): Promise<any> => response.json(); // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Frame {
  readonly event?: string;
  readonly data: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** The data of a stream's frames; `[DONE]` as text, comments left out. */
export function framesOf(text: string): readonly Frame[] {
  return text.split('\n\n').flatMap((block) => {
    const lines = block.split('\n');
    const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
    const event = lines.find((line) => line.startsWith('event: '))?.slice(7);
    return data === '' ? [] : [{ ...(event === undefined ? {} : { event }), data: data === '[DONE]' ? data : (JSON.parse(data) as unknown) }];
  });
}

interface Choice {
  readonly delta: { readonly role?: string; readonly content?: string | null; readonly reasoning_content?: string };
  readonly finish_reason: string | null;
}

/** What a stream says, put together as a client would. */
export function joined(frames: readonly Frame[]): { readonly content: string; readonly reasoning: string; readonly finish: string | undefined; readonly roles: readonly string[]; readonly done: boolean } {
  const choices = frames.flatMap(({ data }): readonly Choice[] => (data === '[DONE]' ? [] : ((data as { choices?: readonly Choice[] }).choices ?? [])));
  return {
    content: choices.map(({ delta }) => delta.content ?? '').join(''),
    reasoning: choices.map(({ delta }) => delta.reasoning_content ?? '').join(''),
    finish: choices.flatMap((choice) => choice.finish_reason ?? [])[0],
    roles: choices.flatMap(({ delta }) => delta.role ?? []),
    done: frames.at(-1)?.data === '[DONE]',
  };
}
