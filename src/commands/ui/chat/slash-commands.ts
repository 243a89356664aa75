/** A command of a conversation: a line that begins with `/`. */
export interface SlashCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly arguments: string;
  readonly does: string;
}

const command = <Name extends string>(name: Name, does: string, ...[given = '', ...aliases]: readonly string[]): SlashCommand & { readonly name: Name } => ({ name, aliases, arguments: given, does });

/** Every command, once: help, completion and the table of what they do are made of this. */
export const SLASH_COMMANDS = [
  command('help', 'this list, or more on one command', '[COMMAND]', 'h', '?'),
  command('status', 'the session: turns, team, last result, cost so far', '', 'info'),
  command('config', 'the configuration in use; "edit" opens it in your editor and reads it again', '[edit]'),
  command('context', 'what the agents are told before your next question'),
  command('agents', 'the team: backends, models, how it votes'),
  command('model', 'the models; with a name another model, for one agent or for all', '[AGENT] [MODEL]'),
  command('history', 'your questions so far, those with TEXT in them', '[TEXT]'),
  command('inspect', 'a turn as "massgen logs show" has it', '[TURN|all]', 'i'),
  command('votes', 'votes with reasons', '[TURN]', 'vote', 'v'),
  command('answers', 'the newest answer of each agent', '[TURN]', 'b'),
  command('timeline', 'what happened, and when', '[TURN]', 't'),
  command('cost', 'tokens and money by agent', '[TURN]', 'c'),
  command('metrics', 'a turn in figures', '[TURN]', 'm'),
  command('events', 'the last events of the last turn (5)', '[N]', 'o'),
  command('files', 'the files of the last turn', '', 'workspace', 'w'),
  command('open', 'open the log directory'),
  command('save', 'write the conversation into a Markdown file', '[FILE]'),
  command('clear', 'begin a new conversation; the old one stays in the logs', '', 'reset', 'new'),
  command('setup', 'choose a provider and enter a key'),
  command('cancel', 'while the agents work: stop them and keep the best answer'),
  command('quit', 'leave', '', 'exit', 'q'),
] as const satisfies readonly SlashCommand[];

export type SlashLine = { readonly type: 'command'; readonly command: SlashCommand; readonly rest: string } | { readonly type: 'unknown'; readonly name: string } | { readonly type: 'question'; readonly text: string };

/** Commands that MassGen takes without the slash, alone on a line. */
const PLAIN_WORDS = new Set(['quit', 'exit', 'q', 'reset', 'clear']);

export const findCommand = (name: string): SlashCommand | undefined => {
  const wanted = name.toLowerCase();
  return SLASH_COMMANDS.find((each: SlashCommand) => each.name === wanted || each.aliases.includes(wanted));
};

/** What a line is: a command, or a question. A path such as `/usr/bin is full` is a question; `//word` asks "/word". */
export function readSlash(line: string): SlashLine {
  const [, name = '', rest = ''] = /^\/([a-z?]+)(?:\s+([\s\S]*))?$/iu.exec(line) ?? [];
  const plain = PLAIN_WORDS.has(line.toLowerCase()) ? line : name;
  const found = plain === '' ? undefined : findCommand(plain);
  if (found !== undefined) return { type: 'command', command: found, rest: rest.trim() };
  if (name !== '') return { type: 'unknown', name };
  return { type: 'question', text: line.startsWith('//') ? line.slice(1) : line };
}

/** Names that begin as typed. */
export const commandsLike = (typed: string): readonly string[] => SLASH_COMMANDS.map(({ name }) => name).filter((name) => name.startsWith(typed.toLowerCase()));
