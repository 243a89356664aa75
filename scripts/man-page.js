// Writes the man page from oclif.manifest.json and the topics of "massgen help": man-page.js FILE. Part of the build, so it is never older than the commands.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [target] = process.argv.slice(2);
const { commands } = JSON.parse(readFileSync(`${root}oclif.manifest.json`, 'utf8'));
const { version, description } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const TOPICS = [['conversation', 'CONVERSATION'], ['keys', 'KEYS'], ['environment', 'ENVIRONMENT'], ['files', 'FILES'], ['exit-codes', 'EXIT STATUS']];

/** Text as troff takes it: no line may begin with what it obeys. */
const ascii = (value) => value.replace(/[^\n\u0020-\u007e]/gu, (character) => `\\[u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
const text = (value) => ascii(value.replaceAll('\\', '\\e').replaceAll('-', '\\-')).split('\n').map((line) => line.replace(/^(?=[.'])/, '\\&')).join('\n');
const plain = (value) => text(value.replaceAll(/<%= config\.bin %>/g, 'massgen').replaceAll(/<%= command\.id %>/g, ''));

const flagTerm = ({ name, char, type, helpValue }) => `${char === undefined ? '' : `\\-${char}, `}\\-\\-${text(name)}${type === 'option' ? ` \\fI${text(helpValue ?? 'VALUE')}\\fR` : ''}`;

function commandText([id, { summary = '', description: more, flags, args, examples = [] }]) {
  const name = id.replaceAll(':', ' ');
  const given = Object.values(args).filter(({ hidden }) => hidden !== true);
  const called = given.map(({ name: arg, required }) => (required === true ? arg.toUpperCase() : `[${arg.toUpperCase()}]`)).join(' ');
  return [
    `.SS "${text(['massgen', name, called].filter(Boolean).join(' '))}"`,
    plain(summary),
    ...(more === undefined ? [] : ['.PP', plain(more).split('\n').join('\n.br\n')]),
    ...given.flatMap(({ name: arg, description: does = '' }) => ['.TP', `\\fI${text(arg.toUpperCase())}\\fR`, plain(does)]),
    ...Object.values(flags).filter(({ hidden, name: flag }) => hidden !== true && flag !== 'help').flatMap((flag) => ['.TP', `\\fB${flagTerm(flag)}\\fR`, plain(`${flag.summary ?? flag.description ?? ''}${flag.options === undefined ? '' : ` (${flag.options.join(', ')})`}`)]),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', '.RS', '.nf', ...examples.map((example) => plain(typeof example === 'string' ? example : example.command)), '.fi', '.RE']),
  ];
}

const topicText = ([name, title]) => [`.SH "${title}"`, '.nf', text(execFileSync(process.execPath, [`${root}bin/run.js`, 'help', name], { encoding: 'utf8', env: { ...process.env, CI: 'true' } }).split('\n').slice(2).join('\n').trimEnd()), '.fi'];

const shown = Object.entries(commands).filter(([, { hidden }]) => hidden !== true).sort(([one], [other]) => (one < other ? -1 : 1));
const page = [
  `.TH MASSGEN 1 "" "massgen ${version}" "User Commands"`,
  '.SH NAME',
  `massgen \\- ${text(description)}`,
  '.SH SYNOPSIS',
  '\\fBmassgen\\fR',
  '.br',
  '\\fBmassgen\\fR "\\fIQUESTION\\fR"',
  '.br',
  '\\fBmassgen\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]',
  '.SH DESCRIPTION',
  text('On a terminal massgen alone is a conversation. A question is short for "massgen run". "massgen help COMMAND" says more on a command, "massgen help topics" lists pages like those below.'),
  '.SH COMMANDS',
  ...shown.flatMap(commandText),
  ...TOPICS.flatMap(topicText),
];
writeFileSync(target, `${page.join('\n')}\n`);
