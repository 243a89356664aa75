import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function upwards(folder: string): string {
  if (existsSync(path.join(folder, '@examples'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? folder : upwards(parent);
}

let found: string | undefined;

/** The folder of this package: the one with `@examples`, wherever the build has put this module. */
export function packageRoot(): string {
  found ??= upwards(path.dirname(fileURLToPath(import.meta.url)));
  return found;
}
