import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Environment } from '../backends/resolve.js';
import { plainLine } from '../orchestrator/tools/plain-text.js';
import type { SignInDesk, SignIns } from '../orchestrator/tools/mcp/sign-in.js';
import type { Ask, AskText } from './consent.js';

/** A user who has not signed in by then does something else. */
const PATIENCE_MS = 300_000;

const PATH = '/callback';

/** Programs that open an address; `BROWSER` goes before them, as is usual. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = { darwin: ['open'], win32: ['rundll32', 'url.dll,FileProtocolHandler'] };

function openBrowser(address: URL, { BROWSER: chosen }: Environment): void {
  const [program = 'xdg-open', ...args] = chosen === undefined || chosen === '' ? (OPENERS[process.platform] ?? []) : [chosen];
  // Where there is none, the address is on the screen.
  spawn(program, [...args, address.href], { detached: true, stdio: 'ignore' }).on('error', () => undefined).unref();
}

/** The code in the address that the browser was sent back to; undefined in any other, and in one that somebody else made up. */
function codeIn(address: URL, state: string): string | undefined {
  const { searchParams } = address;
  if (searchParams.get('state') !== state) return undefined;
  const error = searchParams.get('error');
  if (error !== null) throw new Error(`the server says: ${plainLine(searchParams.get('error_description') ?? error, 200)}`);
  return searchParams.get('code') ?? undefined;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** The code that the browser brings. */
function broughtBack(server: Server, state: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.on('request', (request, response) => {
      const address = new URL(request.url ?? '/', 'http://127.0.0.1');
      const answer = (status: number, text: string): void => void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(text);
      if (address.pathname !== PATH) {
        answer(404, 'There is nothing here.');
        return;
      }
      try {
        const code = codeIn(address, state);
        if (code === undefined) answer(400, 'This is not the sign-in that massgen waits for.');
        else {
          answer(200, 'You are signed in. Go back to massgen.');
          resolve(code);
        }
      } catch (error) {
        answer(400, 'You are not signed in. Go back to massgen.');
        reject(new Error(error instanceof Error ? error.message : String(error)));
      }
    });
  });
}

/** The code in what the user pasted; waits on where it is none. */
async function pasted(askText: AskText, address: URL, state: string, signal: AbortSignal): Promise<string> {
  for (let complaint = ''; ; complaint = 'There is no code in it. ') {
    const text = await askText(`${complaint}Sign in here: ${address.href}\nThe browser comes back by itself. If it runs on another machine, paste the address that it ends at:`, signal);
    if (text === null) return new Promise<never>(() => undefined);
    const code = URL.canParse(text) ? codeIn(new URL(text), state) : undefined;
    if (code !== undefined) return code;
  }
}

/** Has users at a terminal sign in with their browser, once they agreed to it. */
export function deskOpener(ask: Ask, askText: AskText, env: Environment): NonNullable<SignIns['openDesk']> {
  const declined = new Set<string>();
  return async (server, port, signal): Promise<SignInDesk> => {
    if (declined.has(server)) throw new Error('you did not want to');
    const listening = await listen(port ?? 0).catch(() => listen(0));
    listening.unref();
    const leaving = new AbortController();
    const codeFor = async (address: URL, state: string): Promise<string> => {
      const isSafe = address.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(address.hostname);
      if (!isSafe) throw new Error(`${address.host} is not reached by https`);
      const any = AbortSignal.any([signal, leaving.signal, AbortSignal.timeout(PATIENCE_MS)]);
      if (!(await ask(`The MCP server ${server} wants you to sign in at ${address.host}. Do it now, with your browser?`, any))) {
        declined.add(server);
        throw new Error('you did not want to');
      }
      openBrowser(address, env);
      const late = new Promise<never>((_resolve, reject) => {
        any.addEventListener('abort', () => reject(new Error('nobody did')), { once: true });
      });
      const brought = broughtBack(listening, state);
      return Promise.race([brought, pasted(askText, address, state, any), late]);
    };
    const close = (): void => {
      leaving.abort();
      listening.close();
      listening.closeAllConnections();
    };
    return { redirectUrl: `http://127.0.0.1:${String((listening.address() as AddressInfo).port)}${PATH}`, codeFor, close };
  };
}
