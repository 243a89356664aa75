import { statSync } from 'node:fs';
import { MassgenError } from '../../../errors.js';
import { isMap, textsOf, type JsonMap } from '../../json-map.js';
import { noShell, shellWord, splitCommand } from '../split-command.js';

/** One function of the user's that an agent may call, or all of a file. */
export interface CustomToolSettings {
  readonly kind: 'module' | 'python' | 'program';
  /** Absolute; of a program empty. */
  readonly file: string;
  /** Program and its arguments. */
  readonly command: readonly string[];
  /** Functions of the file, by its own names; empty for all of them. */
  readonly functions: readonly string[];
  /** Visible names, paired with `functions`; of a program the one name. */
  readonly names: readonly string[];
  readonly descriptions: readonly string[];
  /** Arguments that are always given and never shown, paired with `functions`. */
  readonly presets: readonly Readonly<Record<string, unknown>>[];
  /** Of a program. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** It changes nothing: it may run while others are still planning. */
  readonly readOnly: boolean;
}

const many = (value: unknown): readonly unknown[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const texts = (value: unknown): readonly string[] => textsOf(many(value));

function commandOf({ command, args }: JsonMap, refuse: (why: string) => never): readonly string[] {
  const isLine = typeof command === 'string' && args === undefined;
  const words = isLine ? splitCommand(command.trim()) : [...texts(command), ...texts(args)];
  if (words.length === 0) return refuse('has an empty command');
  const shell = isLine ? shellWord(words) : undefined;
  return shell === undefined ? words : refuse(noShell(shell));
}

/** A program runs in the agent's folder; what its command names begins where massgen was started: the program by a path, and files that are there. */
function placed(words: readonly string[], resolve: (path: string) => string): readonly string[] {
  const isFile = (word: string): boolean => statSync(resolve(word), { throwIfNoEntry: false })?.isFile() === true;
  return words.map((word, index) => ((index === 0 ? word.includes('/') : !word.startsWith('-') && isFile(word)) ? resolve(word) : word));
}

const BESIDE_A_NAME = ['name', 'category', 'description', 'function', 'func', 'preset_args', 'default_params', 'defer_loading', 'allowed_callers', 'parameters', 'env', 'timeout', 'read_only', 'path', 'command', 'args'];
const unknownKey = (entry: JsonMap): string | undefined => Object.keys(entry).find((key) => !BESIDE_A_NAME.includes(key));

/** Of MassGen's own functions, which are asked for by name alone, there is none here. A key that nobody knows may be a file's, misspelt. */
export const isNameAlone = (entry: unknown): boolean => isMap(entry) && (entry['path'] ?? entry['command'] ?? undefined) === undefined && unknownKey(entry) === undefined;

function readEntry(entry: unknown, index: number, resolve: (path: string) => string): CustomToolSettings {
  const refuse = (why: string): never => {
    throw new MassgenError('config-invalid', `custom_tools[${String(index)}] ${why}`);
  };
  if (!isMap(entry)) return refuse('is no map of keys');
  const { path, command, timeout, parameters } = entry;
  const names = texts(entry['name']);
  const common = {
    names,
    descriptions: texts(entry['description']),
    presets: many(entry['preset_args']).filter(isMap),
    env: isMap(entry['env']) ? Object.fromEntries(Object.entries(entry['env']).map(([name, value]) => [name, String(value)])) : {},
    ...(typeof timeout === 'number' && timeout > 0 ? { timeoutMs: timeout * 1000 } : {}),
    readOnly: entry['read_only'] === true,
  };
  if (command !== undefined) {
    const words = commandOf(entry, refuse);
    if (names[0] === undefined) return refuse('runs a program and needs a name');
    return { ...common, kind: 'program', file: '', command: placed(words, resolve), functions: [names[0]], ...(isMap(parameters) ? { parameters } : {}) };
  }
  if (typeof path !== 'string' || path.trim() === '') {
    const odd = unknownKey(entry);
    return refuse(`has neither a path to a file with functions nor a command${odd === undefined ? '' : `, but an unknown key ${JSON.stringify(odd)}`}`);
  }
  const file = resolve(path);
  const kind = file.endsWith(".py") ? 'python' : /\.[cm]?js$/u.test(file) ? 'module' : refuse(`names ${path}; files end in .js, .mjs, .cjs or .py, and programs are given as command`);
  return { ...common, kind, file, command: [], functions: texts(entry['function']) };
}

/** The user's own tools by an agent's checked backend block; `resolve` says where a relative path begins. Entries of a name alone are left out. Throws `config-invalid` for an entry that cannot be. */
export const readCustomTools = (backend: JsonMap, resolve: (path: string) => string): readonly CustomToolSettings[] => many(backend['custom_tools']).flatMap((entry, index) => (isNameAlone(entry) ? [] : [readEntry(entry, index, resolve)]));
