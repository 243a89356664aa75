/** A command as a shell completes it. */
export interface CompletedCommand {
  /** As it is typed: `logs replay`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly { readonly name: string; readonly char: string | undefined; readonly summary: string; readonly values: readonly string[]; readonly takesValue: boolean }[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const words = (list: readonly string[]): string => [...new Set(list)].join(' ');

/** What may follow the words of a command: its sub-commands. */
const below = (commands: readonly CompletedCommand[], path: string): readonly string[] =>
  commands.flatMap(({ name }) => (path === '' ? [name.split(' ')[0] ?? ''] : name.startsWith(`${path} `) ? [name.slice(path.length + 1).split(' ')[0] ?? ''] : []));

function bash(commands: readonly CompletedCommand[]): string {
  const topics = [...new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0] ?? ''] : [])))];
  const known = [...commands, ...topics.filter((topic) => commands.every(({ name }) => name !== topic)).map((name) => ({ name, summary: '', flags: [] }))];
  const cases = known.map(({ name, flags }) => `    ${quoted(name)}) words=${quoted(words([...below(commands, name), ...flags.map((flag) => `--${flag.name}`)]))} ;;`);
  const values = commands.flatMap(({ name, flags }) => flags.filter((flag) => flag.values.length > 0).map((flag) => `    ${quoted(`${name} --${flag.name}`)}) words=${quoted(words(flag.values))} ;;`));
  return `_massgen() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${known.map(({ name }) => `      ${quoted(name.includes(' ') ? name : ` ${name}`)}) path=${quoted(name)} ;;`).join('\n')}
    esac
  done
  case "$path" in
    '') words=${quoted(words(below(commands, '')))} ;;
${cases.join('\n')}
  esac
  case "$path $previous" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _massgen massgen
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const when = (name: string): string => {
    const [first = '', second] = name.split(' ');
    return second === undefined ? `__fish_seen_subcommand_from ${first}` : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
  };
  const names = commands.map(({ name, summary }) => {
    const [first = '', second] = name.split(' ');
    return second === undefined ? `complete -c massgen -n __fish_use_subcommand -a ${first} -d ${quoted(summary)}` : `complete -c massgen -n '__fish_seen_subcommand_from ${first}' -a ${second} -d ${quoted(summary)}`;
  });
  const topics = [...new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0] ?? ''] : [])))].filter((topic) => commands.every(({ name }) => name !== topic));
  const flags = commands.flatMap(({ name, flags: own }) =>
    own.map((flag) => `complete -c massgen -n ${quoted(when(name))} -l ${flag.name}${flag.char === undefined ? '' : ` -s ${flag.char}`}${flag.takesValue ? ' -r' : ''}${flag.values.length === 0 ? '' : ` -a ${quoted(words(flag.values))}`} -d ${quoted(flag.summary)}`),
  );
  return `${[...topics.map((topic) => `complete -c massgen -n __fish_use_subcommand -a ${topic}`), ...names, ...flags].join('\n')}\n`;
}

/** What a shell has to read to complete commands, flags and their values. */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case 'fish':
      return fish(commands);
  }
}
