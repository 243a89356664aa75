import path from 'node:path';
import { MassgenError } from '../../../../errors.js';
import { isMap, type JsonMap } from '../../../json-map.js';

/** When a hook runs: before a tool, or with its result. */
export type HookMoment = 'PreToolUse' | 'PostToolUse';

export interface Hook {
  /** Tools it is run for: names, globs, several with `|` between them. */
  readonly matcher: string;
  /** A shell command, words of a command, or a module with the name of what it exports. */
  readonly run: { readonly shell: string } | { readonly command: readonly string[] } | { readonly module: string; readonly name: string };
  readonly timeoutMs: number;
  /** Whether a hook that fails refuses the call. */
  readonly failClosed: boolean;
}

export type HookSettings = Readonly<Record<HookMoment, readonly Hook[]>>;

const NO_HOOKS: HookSettings = { PreToolUse: [], PostToolUse: [] };

const DEFAULT_SECONDS = 30;
const MAX_SECONDS = 3600;

const refuse = (where: string, why: string): never => {
  throw new MassgenError('config-invalid', `${where}: ${why}`);
};

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}

function runOf(entry: JsonMap, where: string, cwd: string): Hook['run'] {
  const { command, handler, module } = entry;
  if (typeof command === 'string' && command.trim() !== '') return { shell: command };
  if (isWords(command)) return { command };
  const written = module ?? handler;
  if (typeof written !== 'string' || written.trim() === '') return refuse(where, 'has neither a command nor a handler');
  const [file = '', name = 'default'] = written.split('#');
  if (/\.(?:mjs|cjs|js)$/u.test(file)) return { module: path.resolve(cwd, file), name };
  if (file.endsWith('.py')) return { command: ['python3', path.resolve(cwd, file)] };
  if (file.endsWith('.sh')) return { command: ['/bin/sh', path.resolve(cwd, file)] };
  return refuse(where, `handler ${JSON.stringify(written)} is neither a .js, .mjs, .py nor .sh file; name the file, or write command: …`);
}

function hookOf(entry: JsonMap, matcher: string, where: string, cwd: string): Hook {
  const seconds = entry['timeout'] ?? DEFAULT_SECONDS;
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= MAX_SECONDS)) return refuse(where, `has timeout: ${JSON.stringify(seconds)}; write seconds, more than 0 and at most ${MAX_SECONDS}`);
  return { matcher, run: runOf(entry, where, cwd), timeoutMs: Math.round(seconds * 1000), failClosed: entry['fail_closed'] !== false };
}

/** The hooks of one moment. An entry may hold several for its matcher, as Claude Code writes them. */
function hooksOf(written: unknown, where: string, cwd: string): readonly Hook[] {
  if (written === undefined || written === null) return [];
  if (!Array.isArray(written)) return refuse(where, 'is no list of hooks; write - command: … below it');
  return (written as readonly unknown[]).flatMap((entry, index) => {
    const at = `${where}[${index}]`;
    if (!isMap(entry)) return refuse(at, 'is no map of keys');
    const { matcher = '*' } = entry;
    if (typeof matcher !== 'string') return refuse(at, 'has a matcher that is no text');
    const pattern = matcher.trim() === '' ? '*' : matcher;
    return Array.isArray(entry['hooks']) ? entry['hooks'].map((each) => (isMap(each) ? hookOf(each, pattern, at, cwd) : refuse(at, 'has a hook that is no map of keys'))) : [hookOf(entry, pattern, at, cwd)];
  });
}

/** A moment's map is one hook, unless it is a list of them that says how it is taken. */
const isOne = (block: JsonMap): boolean => ['matcher', 'command', 'handler', 'module'].some((key) => key in block) || !('hooks' in block || block['override'] === true);

/** A `hooks` block over those that held before it: they come first, unless a moment says `{override: true, hooks: […]}`. Throws `config-invalid` for a hook that cannot be. `cwd`: where relative paths begin. */
export function readHooks(written: unknown, where: string, cwd: string, inherited: HookSettings = NO_HOOKS): HookSettings {
  if (written === undefined || written === null) return inherited;
  if (!isMap(written)) return refuse(where, 'must be a map of PreToolUse and PostToolUse');
  const unknown = Object.keys(written).find((key) => key !== 'PreToolUse' && key !== 'PostToolUse');
  if (unknown !== undefined) return refuse(where, `there is no moment ${JSON.stringify(unknown)}; there are PreToolUse and PostToolUse`);
  const moment = (name: HookMoment): readonly Hook[] => {
    const block = written[name];
    const list = isMap(block) && !isOne(block) ? block['hooks'] : isMap(block) ? [block] : block;
    const isAlone = isMap(block) && block['override'] === true;
    return [...(isAlone ? [] : inherited[name]), ...hooksOf(list, `${where}.${name}`, cwd)];
  };
  return { PreToolUse: moment('PreToolUse'), PostToolUse: moment('PostToolUse') };
}
