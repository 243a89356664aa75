import { resultText } from '../plain-text.js';
import type { OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import { isMap } from '../../json-map.js';
import { CUT_OFF_CODE } from './limits.js';

/**
 * What a failed request says about its server. `answered`: it is well, and said no. `slow`: it did not answer in time.
 * `gone`: the connection broke. `unsent`: the request never reached it. `barred`: it will not have us, now or later.
 */
export type Fault = 'answered' | 'slow' | 'gone' | 'unsent' | 'barred';

export const TIMEOUT_CODE = -32_001;

/** A request that its server answered with an error, or that was ended here as if it had. */
export class ServerSaid extends Error {
  override readonly name = 'ServerSaid';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }

  /** Of the `error` of an answer, which may be anything. */
  static from(error: unknown): ServerSaid {
    if (!isMap(error)) return new ServerSaid(0, 'it answered with neither a result nor an error');
    return new ServerSaid(typeof error['code'] === 'number' ? error['code'] : 0, typeof error['message'] === 'string' ? error['message'] : '');
  }
}

/** A server that is signed in to with a browser, and nobody is. `found`: where, as far as the server said. */
export class SignInNeeded extends Error {
  override readonly name = 'SignInNeeded';
  readonly code = 401;
  readonly found: OAuthDiscoveryState | undefined;

  constructor(found?: OAuthDiscoveryState, why?: string) {
    super(`it wants you to sign in${why === undefined ? '' : ` (${resultText(why).slice(0, 300)})`}: run massgen with it once on a terminal, or write a token into its headers (Authorization)`);
    this.found = found;
  }
}

/** The parts of whatever was thrown; some errors of the platform are no `Error` of ours. */
interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const read = (thrown: unknown): Thrown => (typeof thrown === 'object' && thrown !== null ? thrown : { message: thrown });

/** A server may use the same number for something of its own. */
const isTimeout = (thrown: unknown): boolean => read(thrown).code === TIMEOUT_CODE && String(read(thrown).message).endsWith('Request timed out');

/** What the server itself said, by whatever number: many take those of HTTP. */
const isAnswer = (thrown: unknown): thrown is ServerSaid => thrown instanceof ServerSaid && thrown.code !== CUT_OFF_CODE && !isTimeout(thrown);

/** The HTTP status that a request was answered with. */
const statusOf = (all: readonly unknown[]): number | undefined => all.find((code): code is number => typeof code === 'number' && code >= 400 && code < 600);

function codes(thrown: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let at = thrown, depth = 0; at !== undefined && depth < 5; at = read(at).cause, depth += 1) {
    const { code, errors } = read(at);
    found.push(code, ...(Array.isArray(errors) ? errors.map((each) => read(each).code) : []));
  }
  return found;
}

/** `isOpen`: the session still stands after the failure. */
export function faultOf(error: unknown, isOpen: boolean): Fault {
  if (isOpen && isAnswer(error)) return 'answered';
  const all = codes(error);
  const { name } = read(error);
  if (all.some((code) => code === 401 || code === 403)) return 'barred';
  if (all.some((code) => code === 404 || code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')) return 'unsent';
  if (!isOpen || all.includes(CUT_OFF_CODE)) return 'gone';
  return name === 'TimeoutError' || isTimeout(error) ? 'slow' : 'gone';
}

/** Programs that are not there, servers that refuse us: trying again changes nothing. */
export function isLasting(error: unknown): boolean {
  return !isAnswer(error) && codes(error).some((code) => code === 'ENOENT' || code === 'EACCES' || code === 401 || code === 403);
}

/** What is at the address answered, but no MCP server. Its page is of no use to anybody. */
function statusReason(status: number, said: string): string {
  const words = /<\/?(?:html|body|!doctype)\b|<!doctype/iu.test(said) ? '' : said.replace(/^(?:Streamable HTTP error|SSE error): (?:Error POSTing to endpoint(?: \(HTTP \d+\))?: )?/u, '').trim();
  const why = words === '' ? '' : `: ${words}`;
  return status === 404 || status === 405 ? `there is no MCP server at its url (HTTP ${status})${why}; check the path` : `it answered HTTP ${status}${why}`;
}

/** What went wrong, for people and agents, in one bounded text. */
export function reasonOf(error: unknown, connectMs: number): string {
  const { name, message, cause } = read(error);
  if (name === 'TimeoutError' || isTimeout(error)) return `it was not ready within ${connectMs / 1000} seconds`;
  if (error instanceof SignInNeeded) return error.message;
  const said = String(message);
  const plain = (text: string): string => resultText(text).slice(0, 700);
  if (isAnswer(error)) return plain(said);
  const all = codes(error);
  const status = statusOf(all);
  if (status === 401 || status === 403) return `it refuses access (HTTP ${status}); check its headers`;
  if (all.includes('ECONNREFUSED')) return 'nobody listens at its url';
  if (all.includes('ENOTFOUND')) return 'the host of its url is not known';
  if (status !== undefined) return plain(statusReason(status, said));
  const more = said === 'fetch failed' && cause !== undefined ? `: ${String(read(cause).message)}` : '';
  return plain(`${said.replace(/^MCP error -?\d+: /u, '')}${more}`);
}
