import { existsSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../errors.js';
import { readHeaderLine } from './log-header.js';
import { loadYaml } from './projections/execution-metadata.js';
import { loadLineFormat } from './projections/massgen-log.js';
import { createTurnProjection } from './projections/project-turn.js';
import type { DerivedFile } from './projections/turn-record.js';
import { withFileEnds } from './read/file-ends.js';
import { createProblemList } from './read/problem-list.js';
import { readEvents } from './read/read-events.js';
import { notALog } from './read/read-header.js';
import { summariseEvents } from './read/summarise-events.js';
import { whyUnreadable } from './read/summarise-session.js';
import { turnDirectory, turnNumbers, turnOf } from './read/turn-places.js';
import { replacingFiles } from './write-files.js';

export interface RebuiltTurn {
  readonly turn: number;
  readonly directory: string;
  /** The files that were written, relative to the directory. */
  readonly files: readonly string[];
  /** What was wrong with the events. */
  readonly problems: readonly string[];
}

/** Writes a turn's derived files anew. Memory grows with the texts of its calls, not with its events. */
async function rebuildTurn(turn: number, directory: string, now: number): Promise<RebuiltTurn> {
  const file = path.join(directory, 'events.jsonl');
  const found = summariseEvents(turn, directory, now);
  if (found === undefined) throw existsSync(file) ? notALog(file) : new MassgenError('log-refused', `${directory} has no events.jsonl to make its files from`);
  const { status, error } = found.summary;
  if (status === 'running') throw new MassgenError('usage-invalid', `${directory} belongs to a run that is still going; rebuild it when it has ended`);
  const first = withFileEnds(file, (ends) => ends.first) ?? '{}';
  const projection = createTurnProjection(readHeaderLine(first, { session: path.basename(path.dirname(directory)), directory }));
  const [writeYaml, format] = [await loadYaml(), await loadLineFormat()];
  const problems = createProblemList();
  const written = new Set<string>();
  const files = replacingFiles(directory);
  const put = (write: (file: DerivedFile) => void, made: readonly DerivedFile[]): void => {
    for (const each of made) {
      write(each);
      written.add(each.path);
    }
  };
  try {
    for await (const batch of readEvents(file, problems)) {
      for (const event of batch) put(files.write, projection.take(event));
      put(files.append, projection.grown(format));
    }
    for (const make of projection.closing(writeYaml)) put(files.write, [make()]);
    put(files.write, [projection.status(status === 'crashed' && error !== null ? { broken: { code: 'internal', message: error } } : {})]);
    files.replace();
  } catch (thrown) {
    // No text can be longer than half a gigabyte.
    throw thrown instanceof RangeError ? new MassgenError('log-refused', `${file} has a text that is too long to be written to a file of its own`, { cause: thrown }) : thrown;
  } finally {
    files.end();
  }
  return { turn, directory, files: [...written].sort(), problems: problems.all().map(({ message }) => message) };
}

async function rebuildTurns(directory: string, now: number): Promise<readonly RebuiltTurn[]> {
  const turn = turnOf(directory);
  if (turn !== undefined) return [await rebuildTurn(turn, directory, now)];
  const turns: RebuiltTurn[] = [];
  for (const number of turnNumbers(directory)) turns.push(await rebuildTurn(number, turnDirectory(directory, number), now));
  return turns;
}

/**
 * Writes the derived files of a session, or of one turn of it, anew from its events.jsonl; what else lies there is left alone.
 * A turn's files are replaced when all are written: until then what was there stays. Throws `usage-invalid` for a run that is
 * still going, `log-refused` where there is no event log, it cannot be read, or a file cannot be written.
 */
export async function rebuildSession(directory: string, now = Date.now()): Promise<readonly RebuiltTurn[]> {
  try {
    const turns = await rebuildTurns(path.resolve(directory), now);
    if (turns.length > 0) return turns;
  } catch (thrown) {
    if (thrown instanceof MassgenError || !/^E[A-Z\d]+$/u.test((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown;
    throw new MassgenError('log-refused', `${directory}: ${whyUnreadable(thrown)}`, { cause: thrown });
  }
  throw new MassgenError('log-refused', `${directory} holds no turn of a session`);
}
