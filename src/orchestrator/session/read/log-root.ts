import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../../errors.js';
import { loadEnvironment } from '../../config/dotenv.js';
import { whyUnreadable } from './summarise-session.js';

const DEFAULT = '.massgen/massgen_logs';

function look(root: string): Stats | undefined {
  try {
    return statSync(root, { throwIfNoEntry: false });
  } catch (thrown) {
    throw new MassgenError('usage-invalid', `${root}: ${whyUnreadable(thrown)}`);
  }
}

/** Where sessions are looked for: the directory given, else `MASSGEN_LOG_DIR` (environment or .env), else `.massgen/massgen_logs` in the working directory. Throws `usage-invalid` for a given one that is not there. */
export async function findLogRoot(given: string | undefined): Promise<string> {
  const { env } = await loadEnvironment(process.env);
  const root = path.resolve([given, env['MASSGEN_LOG_DIR']].find(Boolean) ?? DEFAULT);
  const status = look(root);
  if (status === undefined && given !== undefined) throw new MassgenError('usage-invalid', `there is no directory ${given}; give the one that holds the log_… directories`);
  if (status?.isDirectory() === false) throw new MassgenError('usage-invalid', `${root} is not a directory`);
  return root;
}
