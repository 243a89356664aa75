import { lstat, open, rm, stat, writeFile } from 'node:fs/promises';
import { MassgenError } from '../../errors.js';
import { systemReason } from './system-reason.js';

/** Throws `usage-invalid` for a file that cannot be written, so that nobody pays for an answer without a place. Leaves everything as it was. */
export async function refuseUnwritable(file: string): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined);
    // Opening a pipe and closing it again would end it.
    if (there !== undefined && !there.isFile() && !there.isDirectory()) return;
    const handle = await open(file, there === undefined ? 'ax' : 'a');
    await handle.close();
    if (there === undefined) await rm(file);
  } catch (thrown) {
    throw new MassgenError('usage-invalid', `cannot write the answer to ${file}: ${systemReason(thrown as Error)}; name another --output-file`, { cause: thrown });
  }
}

/** Writes the answer; returns what went wrong, if anything. Then a file that was not there before is not there: half an answer is worse than none. */
export async function saveAnswer(file: string, text: string): Promise<string | undefined> {
  const isNew = await lstat(file).then(() => false, () => true);
  try {
    await writeFile(file, text.endsWith('\n') ? text : `${text}\n`);
    return undefined;
  } catch (thrown) {
    if (isNew) await rm(file, { force: true }).catch(() => undefined);
    return `cannot write the answer to ${file}: ${systemReason(thrown as Error)}`;
  }
}
