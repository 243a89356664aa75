import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../errors.js';
import { placesWith, userFolder, type Places } from '../orchestrator/config/places.js';
import { writePrivate } from './write-private.js';

/** Where a key is kept: for all projects of the user, or for the project in this folder. */
export type KeyScope = 'user' | 'project';

export function keyFile(scope: KeyScope, given: Partial<Places> = {}): string {
  const places = placesWith(given);
  return path.join(scope === 'user' ? userFolder(places) : places.cwd, '.env');
}

const PLAIN = /^[\w.:/+=@-]+$/u;

/** In single quotes nothing means anything to dotenv but their end. */
const written = (value: string): string => (PLAIN.test(value) ? value : `'${value}'`);

/** Writes a variable into a `.env` file that only its user may read; other lines stay. Throws `usage-invalid`, without the value, when that cannot be. */
export function storeKey(file: string, name: string, value: string): void {
  if (/['\n\r\0]/u.test(value)) throw new MassgenError('usage-invalid', `a key has no quotes and no line ends; copy ${name} again`);
  try {
    // A link stays one.
    const target = existsSync(file) ? realpathSync(file) : file;
    const before = existsSync(target) ? readFileSync(target, 'utf8') : '';
    const isOld = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`, 'u');
    const kept = before.split('\n').filter((line) => !isOld.test(line)).join('\n').trimEnd();
    writePrivate(target, `${kept === '' ? '' : `${kept}\n`}${name}=${written(value)}\n`);
  } catch (thrown) {
    throw new MassgenError('usage-invalid', `cannot write ${name} to ${file}: ${(thrown as NodeJS.ErrnoException).code ?? 'it was refused'}; set it in the environment instead`);
  }
}

/** Whether a project's `.env` would be committed: it stands in a repository that does not ignore it. */
export function wouldBeCommitted(file: string): boolean {
  const folder = path.dirname(file);
  if (!existsSync(path.join(folder, '.git'))) return false;
  try {
    return !/^\/?(?:\.env|\.env\*|\*\.env|\.env\.\*)\s*$/mu.test(readFileSync(path.join(folder, '.gitignore'), 'utf8'));
  } catch {
    return true;
  }
}
