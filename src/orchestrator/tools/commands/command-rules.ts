import { matchesGlob } from '../match-name.js';
import { carriedBy, innerLines, isCarrier } from './carriers.js';
import { lexCommand, type Segment } from './lex-command.js';

/** Which commands an agent may run. */
export interface CommandRules {
  /** When given, every command of a line must be one of these. */
  readonly allowed?: readonly string[];
  readonly blocked: readonly string[];
  /** `sudo` may be used, in a container; what it runs is judged as anything else. */
  readonly sudo?: true;
}

/** Never run, whatever is allowed: they change the machine or who one is on it. */
const NEVER = ['sudo', 'su', 'doas', 'pkexec', 'shutdown', 'reboot', 'halt', 'poweroff', 'mkfs*', 'fdisk', 'chroot', 'nsenter', 'unshare', 'mount', 'umount'] as const;
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'fish', 'eval']);
/** Shells and options with which nothing but the line is run: others read files of the agent's home folder first. */
const PLAIN_SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ksh', 'ash', 'eval']);
const PLAIN_OPTION = /^-[abcefnuvx]+$/u;
/** They set the variables that are named after them. */
const SETTERS: ReadonlySet<string> = new Set(['env', 'sudo', 'export', 'readonly', 'declare', 'typeset', 'local']);
/** Variables that make another program of the one that is named. */
const TURNING = /^(?:PATH|IFS|ENV|BASH_ENV|SHELLOPTS|PROMPT_COMMAND|LD_\w+|DYLD_\w+|NODE_OPTIONS|PYTHON\w+|PERL5\w+|RUBY(?:OPT|LIB)|GIT_\w+|\w*EDITOR|VISUAL|\w*PAGER|LESS(?:OPEN|CLOSE)|NODE_PATH|JAVA_TOOL_OPTIONS|npm_config_\w+|BROWSER)\+?=/iu;
const DEPTH = 5;

const isFree = ({ allowed, blocked }: CommandRules): boolean => allowed === undefined && blocked.length === 0;
const isNever = (name: string, { sudo }: CommandRules, word: string): boolean => !(sudo === true && name === 'sudo') && matchesGlob(name, word);
const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** A pattern of the configuration as words; a `.*` or `*` at its end allows any further arguments, which are allowed anyway. */
const patternWords = (pattern: string): readonly string[] =>
  pattern
    .trim()
    .replace(/^\^|\$$/gu, '')
    .replace(/\s*\.?\*$/u, '')
    .split(/\s+/u)
    .map((word) => word.replaceAll('.*', '*').replaceAll('\\', ''))
    .filter((word) => word !== '');

/** Its words are the first of the command's, each whole: `git` is no `gitk`, and `./git` no `git`. */
function allows(pattern: string, words: readonly string[]): boolean {
  const wanted = patternWords(pattern);
  if (wanted.length === 0) return pattern.trim() !== '';
  return wanted.every((glob, index) => words[index] !== undefined && matchesGlob(glob, words[index]));
}

/** Its first word is the command by whatever path, and the others follow in this order, whatever stands between. */
function blocks(pattern: string, words: readonly string[]): boolean {
  const [command, ...others] = patternWords(pattern);
  const [first, ...rest] = words;
  if (command === undefined || first === undefined || !(matchesGlob(command, baseName(first)) || matchesGlob(command, first))) return false;
  let at = 0;
  for (const glob of others) {
    while (at < rest.length && !matchesGlob(glob, rest[at] ?? '')) at += 1;
    if (at >= rest.length) return false;
    at += 1;
  }
  return true;
}

/** What a shell among the words is told to run; null when it runs no line of its own. */
function innerLine([first, ...rest]: readonly string[]): string | null {
  if (first === undefined || !SHELLS.has(baseName(first))) return null;
  if (baseName(first) === 'eval') return rest.join(' ');
  const flag = rest.findIndex((word) => /^-[a-z]*c[a-z]*$/u.test(word));
  return flag < 0 ? null : (rest[flag + 1] ?? '');
}

/** A shell that runs the line it is given and nothing else; where there is an allow list any other has to be on it. */
function isPlainShell([first = '', ...rest]: readonly string[]): boolean {
  const name = baseName(first);
  if (!PLAIN_SHELLS.has(name) || name === 'eval') return name === 'eval';
  const line = rest.findIndex((word) => !word.startsWith('-'));
  return line > 0 && rest.slice(0, line).every((word) => PLAIN_OPTION.test(word)) && (rest[line - 1] ?? '').includes('c');
}

/** The command itself, and what may be one inside it. */
function readings({ words }: Segment): readonly (readonly string[])[] {
  const [first] = words;
  return first !== undefined && isCarrier(first) ? words.map((_word, index) => words.slice(index)) : [words];
}

/** What makes another program of one that the command names. */
function turnedBy(assignments: readonly string[], all: readonly (readonly string[])[]): string | undefined {
  const set = all.flatMap(([first = '', ...rest]) => (SETTERS.has(baseName(first)) ? rest : []));
  return [...assignments, ...set].find((word) => TURNING.test(word));
}

const wipesRoot = ([first, ...rest]: readonly string[]): boolean => first !== undefined && baseName(first) === 'rm' && rest.some((word) => /^-\w*[rR]|^--recursive$/u.test(word)) && rest.some((word) => /^(?:\/+\*?|~\/?\*?|\/(?:bin|boot|dev|etc|home|lib|opt|proc|root|sbin|sys|usr|var)\/?\*?)$/u.test(word));

function refuseSegment(segment: Segment, rules: CommandRules, depth: number): string | null {
  const all = readings(segment);
  const { allowed, ...unlisted } = rules;
  const turned = isFree(rules) ? undefined : turnedBy(segment.assignments, all);
  if (turned !== undefined) return `commands are restricted here, and it sets ${turned.slice(0, turned.indexOf('='))}, which may turn a command into another`;
  for (const words of all) {
    if (wipesRoot(words)) return 'it would remove what is not the agent’s';
    const blocked = NEVER.find((name) => isNever(name, rules, baseName(words[0] ?? ''))) ?? rules.blocked.find((pattern) => blocks(pattern, words));
    if (blocked !== undefined) return `${blocked} is blocked`;
    const line = innerLine(words);
    const refusal = line === null ? null : refuse(line, rules, depth + 1);
    if (refusal !== null) return refusal;
    const hidden = innerLines(words).map((each) => refuse(each, unlisted, depth + 1)).find((each) => each !== null);
    if (hidden !== undefined) return hidden;
  }
  return allowed === undefined ? null : refuseUnlisted(segment.words, allowed);
}

function refuseUnlisted(words: readonly string[], allowed: readonly string[]): string | null {
  if (words.length === 0 || isPlainShell(words)) return null;
  const list = `the allowed commands (${allowed.join(', ')})`;
  if (!allowed.some((pattern) => allows(pattern, words))) return innerLine(words) === null ? `${words[0] ?? ''} is not among ${list}` : `${words[0] ?? ''} with these options reads files of its own first, and is not among ${list}; write plain commands, or sh -c`;
  const carried = carriedBy(words);
  if (typeof carried === 'string') return `commands are restricted here, and it contains ${carried}, so what it runs cannot be told; write plain commands`;
  return carried.reduce<string | null>((refusal, each) => refusal ?? refuseUnlisted(each, allowed), null);
}

function refuse(line: string, rules: CommandRules, depth: number): string | null {
  if (depth > DEPTH) return 'it hides commands in commands too deep';
  const lexed = lexCommand(line);
  if ('segments' in lexed) return lexed.segments.reduce<string | null>((refusal, segment) => refusal ?? refuseSegment(segment, rules, depth), null);
  if (!isFree(rules) || lexed.unclear.includes('NUL')) return `commands are restricted here, and it contains ${lexed.unclear}, so what it runs cannot be told; write plain commands`;
  const words = line.match(/[\w./-]+/gu) ?? [];
  const never = NEVER.find((pattern) => words.some((word) => isNever(pattern, rules, baseName(word))));
  return never === undefined ? null : `${never} is blocked`;
}

/**
 * Why a shell line may not run, or null. Each command in it is judged by itself, also behind `env`, `xargs` and the like
 * and in `sh -c '…'`. A block list keeps honest agents from accidents; only an allow list and a sandbox are a fence.
 */
export const refuseCommand = (line: string, rules: CommandRules): string | null => (line.trim() === '' ? 'it is empty' : refuse(line, rules, 0));
