import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders that configuration is looked for in. */
export interface Places {
  readonly cwd: string;
  readonly home: string;
  /** The folder of the example configurations that come with the package. */
  readonly examples: string;
}

export function placesWith(given: Partial<Places> = {}): Places {
  return {
    cwd: given.cwd ?? process.cwd(),
    home: given.home ?? homedir(),
    examples: given.examples ?? fileURLToPath(new URL('../../../@examples', import.meta.url)),
  };
}

export const userFolder = ({ home }: Places): string => path.join(home, '.config', 'massgen');

/** An absolute path; `~` is the home folder. */
export function expandPath(text: string, { cwd, home }: Places): string {
  const expanded = text === '~' || /^~[/\\]/.test(text) ? path.join(home, text.slice(1)) : text;
  return path.resolve(cwd, expanded);
}
