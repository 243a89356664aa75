// Builds dist/ and oclif.manifest.json. With --if-stale it does nothing when no source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = path.join(root, 'dist/.built');

function newest(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(path.join(entry.parentPath, entry.name)).mtimeMs), 0);
}

function isFresh() {
  if (!existsSync(stamp) || !existsSync(path.join(root, 'oclif.manifest.json'))) return false;
  const built = statSync(stamp).mtimeMs;
  return ['src', 'scripts'].every((folder) => newest(folder) < built) && ['package.json', 'tsconfig.json'].every((file) => statSync(path.join(root, file)).mtimeMs < built);
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!(process.argv.includes('--if-stale') && isFresh())) {
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  rmSync(path.join(root, 'oclif.manifest.json'), { force: true });
  run([createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', 'tsconfig.json']);
  run(['scripts/manifest.js']);
  writeFileSync(stamp, '');
}
