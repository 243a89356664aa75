import { readFileSync } from 'node:fs';

/** Waits for a process to end; false when it does not. */
export async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 400; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** Whether a process runs; one that has ended and that nobody has asked about does not. */
export function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return !readFileSync(`/proc/${String(id)}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
