import { spawn } from 'node:child_process';

/** An opener that still runs after this time has opened something. */
const PATIENCE_MS = 2000;

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', win32: 'explorer' };

/** Opens a directory in the desktop's file manager. Resolves to what went wrong, if anything. */
export function openFolder(directory: string, platform: NodeJS.Platform = process.platform): Promise<string | undefined> {
  const opener = OPENERS[platform] ?? 'xdg-open';
  return new Promise((resolve) => {
    const child = spawn(opener, [directory], { detached: true, stdio: 'ignore' });
    const timer = setTimeout(() => {
      child.unref();
      resolve(undefined);
    }, PATIENCE_MS);
    child.on('error', () => {
      clearTimeout(timer);
      resolve(`there is no ${opener} to open it with; the path is above`);
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      // Explorer's exit code says nothing.
      resolve(code === 0 || platform === 'win32' ? undefined : `${opener} could not open it (exit code ${String(code)}); the path is above`);
    });
  });
}
