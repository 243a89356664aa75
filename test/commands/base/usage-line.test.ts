import { expect, it } from '@jest/globals';
import { usageLine } from '../../../src/commands/base/usage-line.js';

const help = '\nSee more help with --help';
const flags = ['config', 'model', 'timeout'];

it.each<[name: string, error: Error & { flags?: readonly string[]; args?: readonly unknown[] }, line: string]>([
  ['names the nearest flag', Object.assign(new Error(`Nonexistent flag: --timout${help}`), { flags: ['--timout'] }), 'there is no flag --timout; did you mean --timeout? see massgen run --help'],
  ['names all flags that do not exist', Object.assign(new Error('x'), { flags: ['--zzz', '-q'] }), 'there is no flag --zzz, -q; see massgen run --help'],
  ['speaks of quotes for words too many', Object.assign(new Error('x'), { args: ['is', 'this'] }), 'unexpected arguments is this; put a text of several words in quotes'],
  ['takes a flag’s own words', new Error(`Parsing --agents \n\tExpected an integer but received: x${help}`), '--agents: expected an integer but received: x; see massgen run --help'],
  ['drops colours and headings', new Error(`The following error occurred:\n  \u001b[2m--a cannot also be provided when using --b\u001b[22m${help}`), '--a cannot also be provided when using --b; see massgen run --help'],
  ['obeys no terminal escapes of a flag', Object.assign(new Error('x'), { flags: ['--\u001b]0;owned\u0007'] }), 'there is no flag --; see massgen run --help'],
])('a wrong command line %s', async (_name, error, line) => {
  expect(await usageLine(error, 'run', flags)).toBe(line);
});
