import { safeText } from '../ui/safe-text.js';

/** What oclif's parse errors carry, as far as it matters here. */
interface UsageError extends Error {
  /** Flags that do not exist, with their dashes. */
  readonly flags?: readonly string[];
  /** Arguments too many. */
  readonly args?: readonly unknown[];
}

function reasonOf(error: UsageError): string {
  return safeText(error.message)
    .replace(/\s+/gu, ' ')
    .replace(/ ?See more help with --help$/u, '')
    .replace(/^The following errors? occurred: /u, '')
    .replace(/^Parsing (--[\w-]+) Expected/u, '$1: expected')
    .trim();
}

/** A wrong command line in one line: what is wrong, and what to do. `known` are the names of the command's flags. */
export async function usageLine(error: UsageError, command: string, known: readonly string[]): Promise<string> {
  const help = `see massgen ${command.replaceAll(':', ' ')} --help`;
  if (error.flags !== undefined && error.flags.length > 0) {
    const { nearest } = await import('../../orchestrator/config/nearest.js');
    const [wrong = ''] = error.flags;
    const [guess] = nearest(wrong, known.map((name) => `--${name}`));
    return `there is no flag ${safeText(error.flags.join(', '))}; ${guess === undefined ? '' : `did you mean ${guess}? `}${help}`;
  }
  if (Array.isArray(error.args) && error.args.every((each) => typeof each === 'string')) {
    return `unexpected ${error.args.length === 1 ? 'argument' : 'arguments'} ${safeText(error.args.join(' '))}; put a text of several words in quotes`;
  }
  return `${reasonOf(error)}; ${help}`;
}
