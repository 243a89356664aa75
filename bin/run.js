#!/usr/bin/env node
// Loads only what the arguments need: the version is not worth oclif.
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

const read = (file) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));

const isName = (argument) => /^[a-z][\w:-]*$/i.test(argument ?? '');

/** Whether somebody sits at a terminal to talk. Runs of a CI may have one, but nobody at it. */
const isTalk = () => [0, 1, 2].every((descriptor) => isatty(descriptor)) && ['', '0', 'false', undefined].includes(process.env.CI);

const TOPICS = ['conversation', 'environment', 'exit-codes', 'files', 'keys'];

/** Nothing at all is a conversation, or the help. `help` and `-h` are `--help`; what cannot name a command is a question, or a flag of `run`. */
function expand([first, ...rest]) {
  if (first === undefined) return isTalk() ? ['chat'] : [];
  if (first === 'help' && rest.length === 1 && (rest[0] === 'topics' || TOPICS.includes(rest[0]))) return rest[0] === 'topics' ? ['help-topic'] : ['help-topic', rest[0]];
  if (first === 'help' || first === '-h') return [...rest, '--help'];
  return isName(first) || first === '--help' ? [first, ...rest] : ['run', first, ...rest];
}

/** The words that should name a command and do not, such as `rnu` or `config validte`. Ids are those of oclif: `config:validate`. */
function unknownName([first, second], ids) {
  if (!isName(first) || ids.includes(first)) return undefined;
  if (!ids.some((id) => id.startsWith(`${first}:`))) return first;
  return isName(second) && !ids.includes(`${first}:${second}`) ? `${first} ${second}` : undefined;
}

async function refuse(name, args, ids) {
  const { closest, distance } = await import('fastest-levenshtein');
  const guess = closest(name, ids.flatMap((id) => [id.split(':')[0], id.replaceAll(':', ' ')]));
  // Of several words the first is seldom meant as a command.
  const isSentence = args.length > 2 && args.every((each) => /^[\w'?!,.]+$/u.test(each));
  const hint = !isSentence && distance(name, guess) <= 2 ? `did you mean "${guess}"? ` : '';
  const question = args.filter((each) => each !== '--help').join(' ');
  console.error(`massgen: there is no command "${name}"; ${hint}to ask that, write: massgen run "${question}"`);
  process.exitCode = 1;
}

/** A word behind a command that takes none, which oclif would take for a part of its name. */
function surplus([first, second, ...rest], commands) {
  const isTwo = Object.hasOwn(commands, `${first}:${second}`);
  const command = commands[isTwo ? `${first}:${second}` : first];
  const [word] = isTwo ? rest : [second];
  if (command === undefined || Object.keys(command.args).length > 0 || word === undefined || word.startsWith('-')) return undefined;
  return `unexpected argument ${JSON.stringify(word)}; see massgen ${isTwo ? `${first} ${second}` : first} --help`;
}

async function main(given) {
  if (given[0] === '--version' || given[0] === '-v') {
    const { name, version } = read('package.json');
    console.log(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`);
    return;
  }
  const args = expand(given);
  const { commands } = read('oclif.manifest.json');
  const ids = Object.entries(commands).flatMap(([id, { aliases }]) => [id, ...aliases]);
  const unknown = unknownName(args, ids);
  if (unknown !== undefined) {
    await refuse(unknown, args, ids);
    return;
  }
  const complaint = surplus(args, commands);
  if (complaint !== undefined) {
    console.error(`massgen: ${complaint}`);
    process.exitCode = 1;
    return;
  }
  const { default: oclif } = await import('../dist/cli.js');
  await oclif.execute({ args, dir: import.meta.url });
}

await main(process.argv.slice(2));
