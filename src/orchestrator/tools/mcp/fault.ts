import { resultText } from '../plain-text.js';
import { CUT_OFF_CODE } from './limits.js';

/**
 * What a failed request says about its server. `answered`: it is well, and said no. `slow`: it did not answer in time.
 * `gone`: the connection broke. `unsent`: the request never reached it. `barred`: it will not have us, now or later.
 */
export type Fault = 'answered' | 'slow' | 'gone' | 'unsent' | 'barred';

const TIMEOUT_CODE = -32_001;

function codes(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    found.push((at as { readonly code?: unknown }).code);
    if (at instanceof AggregateError) found.push(...at.errors.map((each: { readonly code?: unknown }) => each.code));
  }
  return found;
}

/** `isOpen`: the session still stands after the failure. */
export function faultOf(error: unknown, isOpen: boolean): Fault {
  const all = codes(error);
  const isOurTimeout = error instanceof Error && error.name === 'TimeoutError';
  if (all.some((code) => code === 401 || code === 403)) return 'barred';
  if (all.some((code) => code === 404 || code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')) return 'unsent';
  if (!isOpen || all.includes(CUT_OFF_CODE)) return 'gone';
  if (isOurTimeout || all.includes(TIMEOUT_CODE)) return 'slow';
  const isProtocol = error instanceof Error && (error.name === 'McpError' || error.name === 'ZodError');
  return isProtocol ? 'answered' : 'gone';
}

/** Programs that are not there, servers that refuse us: trying again changes nothing. */
export function isLasting(error: unknown): boolean {
  return codes(error).some((code) => code === 'ENOENT' || code === 'EACCES' || code === 401 || code === 403);
}

/** What went wrong, for people and agents, in one bounded text. */
export function reasonOf(error: unknown, connectMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `it was not ready within ${connectMs / 1000} seconds`;
  const all = codes(error);
  if (all.includes(401) || all.includes(403)) return `it refuses access (HTTP ${all.includes(401) ? 401 : 403}); check its headers`;
  if (all.includes('ECONNREFUSED')) return 'nobody listens at its url';
  if (all.includes('ENOTFOUND')) return 'the host of its url is not known';
  const said = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.message === 'fetch failed' && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return resultText(`${said.replace(/^MCP error -?\d+: /u, '')}${cause}`).slice(0, 700);
}
