import { MassgenError } from '../../errors.js';
import { processScreen } from './screen.js';

/** Writes to stdout and waits for it. Throws `usage-invalid` when it is lost, unless its reader just left. */
export async function print(text: string): Promise<void> {
  const screen = await processScreen(() => undefined);
  await screen.out(text.endsWith('\n') ? text : `${text}\n`);
  const lost = await screen.flush();
  if (lost !== undefined) throw new MassgenError('usage-invalid', `cannot write the output: ${lost.message}`, { cause: lost });
}

/** Says something beside the output. */
export function remark(text: string): void {
  process.stderr.write(`massgen: ${text}\n`);
}
