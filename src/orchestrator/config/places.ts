import { homedir } from 'node:os';
import path from 'node:path';
import { packageRoot } from './package-root.js';

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
    examples: given.examples ?? path.join(packageRoot(), '@examples'),
  };
}

export const userFolder = ({ home }: Places): string => path.join(home, '.config', 'massgen');

/** An absolute path; `~` is the home folder. */
export function expandPath(text: string, { cwd, home }: Places): string {
  const expanded = text === '~' || /^~[/\\]/.test(text) ? path.join(home, text.slice(1)) : text;
  return path.resolve(cwd, expanded);
}
