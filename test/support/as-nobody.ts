import { chownSync } from 'node:fs';

const NOBODY = 65_534;

/** Whether this process may read and write everything, so that rights show nothing. */
const isRoot = (): boolean => process.geteuid?.() === 0;

/** Acts with the rights of a user that has none beyond its own; as it is where this process is no root. */
export async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  if (!isRoot()) return await act();
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

/** Makes what `asNobody` works in its own. */
export function giveToNobody(...paths: readonly string[]): void {
  if (isRoot()) for (const each of paths) chownSync(each, NOBODY, NOBODY);
}
