import { existsSync } from 'node:fs';

const wait = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Holds this process up, and with it everything that it would hear: for as long as a file is not there, and for a while after it. */
export function holdUp(untilThere: string, ms: number): void {
  while (!existsSync(untilThere)) wait(10);
  wait(ms);
}
