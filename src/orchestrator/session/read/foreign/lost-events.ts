import path from 'node:path';
import { withFileEnds } from '../file-ends.js';
import type { TurnReport } from '../report.js';
import { runIdOf } from './facts.js';
import { asText } from './loose.js';
import type { ForeignParts } from './read-parts.js';

const NAME = 'events.jsonl';

/** What can be seen of an events.jsonl that is not read as ours. */
interface Found {
  readonly flaw: string;
  /** What massgen says of itself in it; a quote inside a text is escaped, so that no text says so. */
  readonly engine: string | null;
  readonly isOurs: boolean;
  /** Another program's, whole as far as one sees. */
  readonly isForeign: boolean;
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function look(directory: string): Found {
  const nothing = { engine: null, isOurs: false, isForeign: false };
  try {
    return withFileEnds(path.join(directory, NAME), ({ first = '', second = '', size }) => {
      if (size === 0) return { ...nothing, flaw: `${NAME} is empty` };
      const engine = /"type":"run-start".*"engine":"(massgen\/[\w.+-]{1,64})"/su.exec(`${first}\n${second}`)?.[1] ?? null;
      const isOurs = engine !== null || first.includes('"format":"massgen-events"');
      return { flaw: `${NAME} is not an event log of massgen: its first line is not the header`, engine, isOurs, isForeign: !isOurs && isObject(first) };
    });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return { ...nothing, flaw: code === 'ENOENT' ? `${NAME} is not there` : `${NAME} cannot be read (${String(code)})` };
  }
}

/**
 * What is to be said of a turn's event log where the files beside it are read. MassGen in Python keeps none of ours; of a turn
 * that massgen wrote it is missing, and massgen is who wrote the turn, whatever is left of it.
 */
export function lostEvents(parts: ForeignParts): Pick<TurnReport, 'missing' | 'problems'> & { readonly writtenBy: string | null } {
  const { metadata, place } = parts;
  const none = { missing: [], problems: [], writtenBy: null };
  if (metadata?.['python_version'] !== undefined) return none;
  const { flaw, engine, isOurs: saysSo, isForeign } = look(place.turnDirectory);
  const isOurs = saysSo || metadata?.['node_version'] !== undefined || runIdOf(parts) !== null;
  if (!isOurs && (isForeign || flaw.endsWith('is not there'))) return none;
  const version = asText(metadata?.['massgen_version']);
  return {
    missing: isOurs ? [NAME] : [],
    problems: [{ line: null, message: `${flaw}; what is told here is from the files beside it` }],
    writtenBy: isOurs ? (engine ?? (version === null ? 'massgen' : `massgen/${version}`)) : null,
  };
}
