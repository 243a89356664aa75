import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { attemptNumbers } from '../turn-places.js';

/** The files that say something of a turn. */
const PARTS = ['status.json', 'metrics_summary.json', 'execution_metadata.yaml', 'coordination_events.json'] as const;

/** Where a turn's files are: of the newest attempt that has any, or in the turn's own directory. */
export interface ForeignPlace {
  readonly directory: string;
  readonly turnDirectory: string;
  readonly attempts: number;
}

const holdsParts = (directory: string): boolean => PARTS.some((name) => existsSync(path.join(directory, name)));

/** Undefined when there is nothing to read. */
export function foreignPlace(turnDirectory: string): ForeignPlace | undefined {
  const numbers = attemptNumbers(turnDirectory);
  const directories = [...numbers.toReversed().map((number) => path.join(turnDirectory, `attempt_${String(number)}`)), turnDirectory];
  const directory = directories.find(holdsParts) ?? directories.find((each) => existsSync(path.join(each, 'final')));
  return directory === undefined ? undefined : { directory, turnDirectory, attempts: Math.max(1, numbers.at(-1) ?? 1) };
}

/** The agent whose final answer is on disk, and its file. */
export function finalAnswerFile({ directory, turnDirectory }: ForeignPlace): { readonly agent: string; readonly directory: string } | undefined {
  for (const each of new Set([directory, turnDirectory])) {
    try {
      const agent = readdirSync(path.join(each, 'final')).find((name) => existsSync(path.join(each, 'final', name, 'answer.txt')));
      if (agent !== undefined) return { agent, directory: path.join(each, 'final', agent) };
    } catch {
      // Without a final answer there is no such directory.
    }
  }
  return undefined;
}
