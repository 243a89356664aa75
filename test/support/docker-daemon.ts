import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const MINUTE_MS = 60_000;

/** Puts a few of this machine's programs, and what they are linked with, into a folder. */
const GATHER = `set -e
cd "$1"; mkdir -p bin tmp etc proc dev sys; chmod 1777 tmp; echo root:x:0:0::/:/bin/sh > etc/passwd
for name in sh cat ls id env sleep touch mkdir rm chmod chown find head yes readlink; do
  file=$(command -v $name)
  cp -L "$file" bin/$name
  ldd "$file" 2> /dev/null | grep -o '/[^ )]*' | while read -r library; do mkdir -p ".\${library%/*}"; cp -L "$library" ".$library"; done
done
tar -c .`;

export type DockerForTests = { readonly image: string; readonly remove: () => void } | { readonly reason: string };

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';

/** An image of this machine's own programs in the daemon that answers here, whose maker removes it; or why there is none. */
export function makeDockerImage(): DockerForTests {
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8', timeout: MINUTE_MS });
  if (asked.status !== 0) return { reason: asked.error === undefined ? firstLine(asked.stderr) : 'there is no docker' };
  const folder = mkdtempSync(path.join(tmpdir(), 'massgen-image-'));
  const image = `massgen-test:${randomBytes(6).toString('hex')}`;
  try {
    const tree = execFileSync('/bin/sh', ['-c', GATHER, 'sh', folder], { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
    execFileSync('docker', ['import', '-', image], { input: tree, stdio: ['pipe', 'ignore', 'pipe'], timeout: 5 * MINUTE_MS });
  } catch (error) {
    return { reason: `no image could be made: ${firstLine((error as Error).message)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { image, remove: () => void spawnSync('docker', ['image', 'rm', '--force', image], { stdio: 'ignore', timeout: MINUTE_MS }) };
}
