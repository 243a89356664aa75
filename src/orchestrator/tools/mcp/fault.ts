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
  const all = codes(error);
  const { name } = read(error);
  if (all.some((code) => code === 401 || code === 403)) return 'barred';
  if (all.some((code) => code === 404 || code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')) return 'unsent';
  if (!isOpen || all.includes(CUT_OFF_CODE)) return 'gone';
  if (name === 'TimeoutError' || all.includes(TIMEOUT_CODE)) return 'slow';
  return error instanceof ServerSaid ? 'answered' : 'gone';
}

/** Programs that are not there, servers that refuse us: trying again changes nothing. */
export function isLasting(error: unknown): boolean {
  return codes(error).some((code) => code === 'ENOENT' || code === 'EACCES' || code === 401 || code === 403);
}

/** What went wrong, for people and agents, in one bounded text. */
export function reasonOf(error: unknown, connectMs: number): string {
  const { name, message, cause } = read(error);
  if (name === 'TimeoutError' || codes(error).includes(TIMEOUT_CODE)) return `it was not ready within ${connectMs / 1000} seconds`;
  if (error instanceof SignInNeeded) return error.message;
  const all = codes(error);
  if (all.includes(401) || all.includes(403)) return `it refuses access (HTTP ${all.includes(401) ? 401 : 403}); check its headers`;
  if (all.includes('ECONNREFUSED')) return 'nobody listens at its url';
  if (all.includes('ENOTFOUND')) return 'the host of its url is not known';
  const said = String(message);
  const more = said === 'fetch failed' && cause !== undefined ? `: ${String(read(cause).message)}` : '';
  return resultText(`${said.replace(/^MCP error -?\d+: /u, '')}${more}`).slice(0, 700);
}
