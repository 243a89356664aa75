import { ERRORS, type ErrorCode } from '../../errors.js';
import { SLASH_COMMANDS, type SlashCommand } from './chat/slash-commands.js';
import { keysFor } from './live/keys.js';
import { wrapText } from './live/wrap.js';

/** A page of help that belongs to no single command. */
export interface HelpTopic {
  readonly name: string;
  readonly summary: string;
  /** Terms with what they mean; a text alone is a paragraph. */
  readonly entries: readonly (string | readonly [term: string, meaning: string])[];
}

const EXITS: Readonly<Record<number, string>> = {
  0: 'answered, or done',
  1: 'the command line or the configuration is wrong; nothing was called',
  2: 'nobody answered, or the answer could not be written',
  3: 'the time limit passed without an answer',
  4: 'stopped by Ctrl-C or a signal',
};

const codesWith = (exit: number): string => (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].exitCode === exit).join(', ');

export const HELP_TOPICS: readonly HelpTopic[] = [
  { name: 'keys', summary: 'Keys of the live view', entries: keysFor(true).map(({ keys, does }) => [keys, does]) },
  {
    name: 'conversation',
    summary: 'Lines and commands of massgen chat',
    entries: [
      'A line is a question. """ or \'\'\' begins several lines and ends them; Alt-Enter, Ctrl-J and a backslash at the end of a line go on in the next one; what is pasted stays in one piece.',
      '@path lets the agents read a file or a folder, @path:w also change it; @"my file" where there are spaces. Tab completes paths and commands. Up and Down go through what was asked before, Ctrl-R searches it.',
      'Ctrl-C stops the agents and keeps their best answer; a second one leaves. At the prompt it clears the line, and on an empty line twice it leaves. Ctrl-D leaves.',
      ...SLASH_COMMANDS.map(({ name, arguments: given, does, aliases }: SlashCommand): readonly [string, string] => [`/${name}${given === '' ? '' : ` ${given}`}`, `${does}${aliases.length === 0 ? '' : ` (${aliases.map((alias) => `/${alias}`).join(', ')})`}`]),
    ],
  },
  {
    name: 'environment',
    summary: 'Variables that massgen reads',
    entries: [
      ['OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, ...', 'keys of providers; "massgen backends" lists them all. Also from .env here, in ~/.config/massgen and in ~/.massgen'],
      ['MASSGEN_CONFIG', 'the configuration to use, as --config'],
      ['MASSGEN_LOG_DIR', 'directory of the sessions, as --log-dir'],
      ['MASSGEN_DISPLAY', 'how a run is shown, as --display'],
      ['MASSGEN_ACCESSIBLE', 'plain lines that stay, as --accessible'],
      ['MASSGEN_DEBUG', 'stack traces of errors, as --debug'],
      ['NO_COLOR, FORCE_COLOR', 'no colours; colours where there would be none'],
      ['TERM=dumb, CI', 'nothing is redrawn, and nobody is asked'],
      ['VISUAL, EDITOR', 'what /config edit opens'],
      ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'how providers are reached'],
    ],
  },
  { name: 'exit-codes', summary: 'What the exit code says', entries: Object.entries(EXITS).map(([exit, meaning]) => [exit, `${meaning}${codesWith(Number(exit)) === '' ? '' : ` (${codesWith(Number(exit))})`}`]) },
  {
    name: 'files',
    summary: 'Files that massgen reads and writes',
    entries: [
      ['.massgen/config.yaml, ~/.config/massgen/config.yaml', 'the configuration, the first that is there'],
      ['.massgen/agents, ~/.config/massgen/agents', 'agents of "massgen spawn"'],
      ['.env, ~/.config/massgen/.env, ~/.massgen/.env', 'keys; the environment goes before them'],
      ['.massgen/massgen_logs', 'a directory for each session; docs/logs.md'],
      ['~/.config/massgen/chat_history', 'what was asked in conversations, for nobody else to read'],
    ],
  },
];

/** A topic as text of this width. */
export function topicLines({ summary, entries }: HelpTopic, width: number): readonly string[] {
  const indented = (text: string, by: string): readonly string[] => wrapText(text, Math.max(20, width - by.length)).map((row) => by + row);
  return [summary, '', ...entries.flatMap((entry) => (typeof entry === 'string' ? [...indented(entry, '  '), ''] : [`  ${entry[0]}`, ...indented(entry[1], '      ')]))];
}
