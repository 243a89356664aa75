/** How a program that runs the command among its arguments is read: its options, and how many words of its own stand before the command. */
interface Carrier {
  /** Options that are one word. */
  readonly flags?: RegExp;
  /** Options whose value is the next word. */
  readonly valued?: RegExp;
  readonly operands?: number;
  /** `NAME=value` may stand before the command. */
  readonly assigns?: true;
}

const CARRIERS: Readonly<Record<string, Carrier>> = {
  env: { flags: /^(?:-[i0v]*|-[uC].+|--(?:ignore-environment|null|debug|unset=.*|chdir=.*))$/u, valued: /^(?:-[uC]|--unset|--chdir)$/u, assigns: true },
  sudo: { flags: /^-[nEHSbkAP]+$/u, valued: /^-[ughpCTRDrtU]$/u, assigns: true },
  command: { flags: /^-[pvV]$/u },
  exec: { flags: /^-[cl]+$/u, valued: /^-a$/u },
  builtin: {},
  nohup: {},
  chronic: { flags: /^-[ve]$/u },
  busybox: {},
  nice: { flags: /^(?:-n?-?\d+|--adjustment=.*)$/u, valued: /^-n$/u },
  ionice: { flags: /^-(?:t|[cn]\d)$/u, valued: /^-[cn]$/u },
  time: { flags: /^-[pvaq]+$/u, valued: /^-[of]$/u },
  timeout: { flags: /^(?:-v|-[ks].+|--(?:foreground|preserve-status|verbose|signal=.*|kill-after=.*))$/u, valued: /^(?:-[ks]|--signal|--kill-after)$/u, operands: 1 },
  setsid: { flags: /^(?:-[cfw]+|--(?:ctty|fork|wait))$/u },
  stdbuf: { flags: /^(?:-[ioe].+|--(?:input|output|error)=.*)$/u, valued: /^-[ioe]$/u },
  xargs: {
    flags: /^(?:-[0rtpxo]+|-[0rtpxo]*(?:[IPnLsdEa].+|[iel].*)|--(?:null|no-run-if-empty|verbose|interactive|exit|replace|max-lines|[a-z-]+=.*))$/u,
    valued: /^(?:-[0rtpxo]*[IPnLsdEa]|--(?:max-args|max-procs|max-chars|delimiter|arg-file))$/u,
  },
};
/** They put a line of their arguments together, or take words before it that look like a command. */
const OBSCURE: ReadonlySet<string> = new Set(['script', 'watch', 'parallel', 'flock', 'strace']);
/** They may run a line that is one of their words. */
const LINES: ReadonlySet<string> = new Set(['env', 'script', 'watch', 'parallel', 'flock']);
const FIND_RUNS = ['-exec', '-execdir', '-ok', '-okdir'] as const;
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/u;
/** What a shell may make several words of, or another one. */
const GROWS = /[$*?[]|\{.*(?:,|\.\.).*\}/u;

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

export const isCarrier = (word: string): boolean => baseName(word) === 'find' || OBSCURE.has(baseName(word)) || Object.hasOwn(CARRIERS, baseName(word));

/** Words of it that may be whole lines to run. */
export const innerLines = ([first = '', ...rest]: readonly string[]): readonly string[] => (LINES.has(baseName(first)) ? rest.map((word) => word.replace(/^-(?:S|-split-string=)/u, '')).filter((word) => /[\s;|&]/u.test(word)) : []);

/** Where the command begins among a carrier's words; `words.length` when there is none. Or why that cannot be told. */
function commandAt({ flags, valued, operands = 0, assigns }: Carrier, words: readonly string[]): number | string {
  let own = operands;
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? '';
    if (/^-./u.test(word) || word === '-') {
      if (valued?.test(word) === true) at += 1;
      else if (word !== '--' && flags?.test(word) !== true) return `the option ${word}`;
    } else if (assigns !== true || !ASSIGNMENT.test(word)) {
      if (own === 0) return at;
      own -= 1;
    }
    at += 1;
  }
  return words.length;
}

/** The commands that a carrier runs, or why they cannot be told; none for what is no carrier, or runs nothing. */
export function carriedBy([first = '', ...rest]: readonly string[]): readonly (readonly string[])[] | string {
  const name = baseName(first);
  if (OBSCURE.has(name)) return `${name}, which may run anything`;
  if (name === 'find') return carriedByFind(rest);
  const carrier = Object.hasOwn(CARRIERS, name) ? CARRIERS[name] : undefined;
  const at = carrier === undefined ? rest.length : commandAt(carrier, rest);
  if (typeof at === 'string') return `${at} of ${name}`;
  if (carrier !== undefined && rest.slice(0, at).some((word) => GROWS.test(word))) return `a variable or a pattern before the command that ${name} runs`;
  return at >= rest.length ? [] : [rest.slice(at)];
}

/** `-exec` may stand there more than once, and may come out of a variable or of a file's name. */
function carriedByFind(words: readonly string[]): readonly (readonly string[])[] | string {
  const disguised = words.find((word) => word.includes('$') || /^-.*[*?[{]|^[*?[].*(?:exec|ok|dir)|^[*?]+$/u.test(word));
  if (disguised !== undefined) return `${disguised} among the words of find`;
  return words.flatMap((word, at) => (FIND_RUNS.some((each) => each === word) ? [words.slice(at + 1)] : []));
}
