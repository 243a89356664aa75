import { MassgenError } from '../errors.js';

const isText = (value: unknown): boolean => typeof value === 'string';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSignal = (value: unknown): boolean => isMap(value) && 'aborted' in (value as object) && isFunction((value as { addEventListener?: unknown }).addEventListener);

type Kind = readonly [wanted: string, is: (value: unknown) => boolean];

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool']);
const isMessage = (value: unknown): boolean => isMap(value) && isText((value as { text?: unknown }).text) && ROLES.has((value as { role?: unknown }).role);

const text: Kind = ['a text', isText];
const callback: Kind = ['a function', isFunction];

/** Numbers and choices are judged where they are used. */
const KINDS: Readonly<Record<string, Kind>> = {
  config: ['a path, a name or a configuration', (value) => isText(value) || isMap(value)],
  agent: ['a list of names', (value) => Array.isArray(value) && value.every(isText)],
  history: ['a list of { role, text } with the roles user, assistant, system and tool', (value) => Array.isArray(value) && value.every(isMessage)],
  signal: ['an AbortSignal', isSignal],
  env: ['a map of variables', isMap],
  prompt: text,
  systemMessage: text,
  backend: text,
  model: text,
  baseUrl: text,
  source: text,
  session: text,
  logDirectory: text,
  cwd: text,
  home: text,
  fetch: callback,
  ask: callback,
  askText: callback,
};

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  if (value === null || value === undefined) return value === null ? 'null' : 'undefined';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Throws `usage-invalid` for what the types rule out, where nobody checked them. What is not there is no fault, unless it is `needed`. */
export function refuseWrongKinds(options: unknown, needed?: string): void {
  if (!isMap(options)) throw new MassgenError('usage-invalid', `the options must be an object, not ${shown(options)}; write { prompt: 'the question' }`);
  for (const [name, value] of Object.entries(options as object) as readonly (readonly [string, unknown])[]) {
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    const isAbsent = (value === undefined || value === null) && name !== needed;
    if (kind === undefined || isAbsent || kind[1](value)) continue;
    throw new MassgenError('usage-invalid', `${name} must be ${kind[0]}, not ${shown(value)}${Array.isArray(value) && kind[0].startsWith('a list') ? ' of something else' : ''}`);
  }
}
