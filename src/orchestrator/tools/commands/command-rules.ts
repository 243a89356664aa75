import { matchesGlob } from '../match-name.js';
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
/** Programs that run the command among their arguments. */
const CARRIERS: ReadonlySet<string> = new Set(['sudo', 'env', 'command', 'exec', 'builtin', 'nohup', 'nice', 'ionice', 'time', 'timeout', 'setsid', 'stdbuf', 'xargs', 'find', 'busybox', 'script', 'watch', 'parallel', 'flock', 'strace', 'chronic', 'ts']);
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'fish', 'eval']);
/** Variables that make another program of the one that is named. */
const TURNING = /^(?:PATH|IFS|ENV|BASH_ENV|SHELLOPTS|PROMPT_COMMAND|LD_\w+|DYLD_\w+|NODE_OPTIONS|PYTHON\w+|PERL5\w+|RUBYOPT|GIT_\w+|EDITOR|PAGER|BROWSER)\+?=/u;
const DEPTH = 5;

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

/** The command itself, and what may be one inside it. */
function readings({ words }: Segment): readonly (readonly string[])[] {
  const [first] = words;
  return first !== undefined && CARRIERS.has(baseName(first)) ? words.map((_word, index) => words.slice(index)) : [words];
}

/** Options of carriers whose value is a word of its own. */
const VALUED = /^-(?:[IiPnLdsEukC]|-(?:signal|kill-after|unset|chdir|replace|max-\w+))$/u;

const SUDO_VALUED = /^-[ughpCTRDrtU]$/u;

/** Where the command begins that a carrier is told to run; empty when it runs none. */
function carried([first = '', ...rest]: readonly string[]): readonly string[] {
  if (!CARRIERS.has(baseName(first))) return [];
  if (baseName(first) === 'find') {
    const exec = rest.findIndex((word) => /^-(?:exec|execdir|ok|okdir)$/u.test(word));
    return exec < 0 ? [] : rest.slice(exec + 1);
  }
  const valued = baseName(first) === 'sudo' ? SUDO_VALUED : VALUED;
  const at = rest.findIndex((word, index) => !word.startsWith('-') && !/^[A-Za-z_]\w*=/u.test(word) && !/^[\d.]+[smhd]?$/u.test(word) && !valued.test(rest[index - 1] ?? ''));
  return at < 0 ? [] : rest.slice(at);
}

const wipesRoot = ([first, ...rest]: readonly string[]): boolean => first !== undefined && baseName(first) === 'rm' && rest.some((word) => /^-\w*[rR]|^--recursive$/u.test(word)) && rest.some((word) => /^(?:\/+\*?|~\/?\*?|\/(?:bin|boot|dev|etc|home|lib|opt|proc|root|sbin|sys|usr|var)\/?\*?)$/u.test(word));

function refuseSegment(segment: Segment, rules: CommandRules, depth: number): string | null {
  const turned = segment.assignments.find((word) => TURNING.test(word));
  if (turned !== undefined) return `it sets ${turned.slice(0, turned.indexOf('='))}, which may turn a command into another`;
  const all = readings(segment);
  for (const words of all) {
    if (wipesRoot(words)) return 'it would remove what is not the agent’s';
    const blocked = NEVER.find((name) => isNever(name, rules, baseName(words[0] ?? ''))) ?? rules.blocked.find((pattern) => blocks(pattern, words));
    if (blocked !== undefined) return `${blocked} is blocked`;
    const line = innerLine(words);
    const refusal = line === null ? null : refuse(line, rules, depth + 1);
    if (refusal !== null) return refusal;
  }
  return rules.allowed === undefined ? null : refuseUnlisted(segment.words, rules.allowed);
}

function refuseUnlisted(words: readonly string[], allowed: readonly string[]): string | null {
  if (words.length === 0 || innerLine(words) !== null) return null;
  if (!allowed.some((pattern) => allows(pattern, words))) return `${words[0] ?? ''} is not among the allowed commands (${allowed.join(', ')})`;
  return refuseUnlisted(carried(words), allowed);
}

function refuse(line: string, rules: CommandRules, depth: number): string | null {
  if (depth > DEPTH) return 'it hides commands in commands too deep';
  const lexed = lexCommand(line);
  if ('segments' in lexed) return lexed.segments.reduce<string | null>((refusal, segment) => refusal ?? refuseSegment(segment, rules, depth), null);
  const isFree = rules.allowed === undefined && rules.blocked.length === 0;
  if (!isFree || lexed.unclear.includes('NUL')) return `commands are restricted here, and it contains ${lexed.unclear}, so what it runs cannot be told; write plain commands`;
  const words = line.match(/[\w./-]+/gu) ?? [];
  const never = NEVER.find((pattern) => words.some((word) => isNever(pattern, rules, baseName(word))));
  return never === undefined ? null : `${never} is blocked`;
}

/**
 * Why a shell line may not run, or null. Each command in it is judged by itself, also behind `env`, `xargs` and the like
 * and in `sh -c '…'`. A block list keeps honest agents from accidents; only an allow list and a sandbox are a fence.
 */
export const refuseCommand = (line: string, rules: CommandRules): string | null => (line.trim() === '' ? 'it is empty' : refuse(line, rules, 0));
