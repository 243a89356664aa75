import { existsSync } from 'node:fs';
import { lacksEverything } from '../../../compose/set-up-offer.js';

/** Offers to set things up to somebody who has never talked here, where nothing says who should answer. */
export async function offerOnce(historyFile: string): Promise<void> {
  if (existsSync(historyFile) || !(await lacksEverything(process.env))) return;
  const { offerSetUp } = await import('./set-up.js');
  await offerSetUp();
}
