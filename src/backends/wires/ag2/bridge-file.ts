import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where bridge.py is: beside this file in the sources, in the folder `ag2` of a build, whose code lies in one of its folders. */
export function bridgeFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const places = [here, path.join(here, 'ag2'), path.join(here, '../ag2')].map((folder) => path.join(folder, 'bridge.py'));
  return places.find((file) => existsSync(file)) ?? path.join(here, 'bridge.py');
}
