import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Reads groups that begin (`+ 12`) and end (`- 12`); when its input ends, whoever wrote is gone, and it kills those that are left. */
const SCRIPT = `groups=" "
while read -r sign id; do
  case $sign in
    +) groups="$groups$id " ;;
    -) case $groups in *" $id "*) groups="\${groups%% $id *} \${groups#* $id }" ;; esac ;;
  esac
done
for id in $groups; do kill -9 "-$id" 2>/dev/null; done`;

interface Guard {
  readonly shell: ChildProcess;
  readonly input: Writable;
}

let guard: Guard | undefined;

function startGuard(): Guard | undefined {
  try {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {}, cwd: '/' });
    shell.on('error', () => undefined);
    shell.once('exit', () => (guard = undefined));
    shell.unref();
    shell.stdin.on('error', () => undefined);
    // A pipe would keep this process alive as long as nobody closes it.
    (shell.stdin as Writable & { unref?: () => void }).unref?.();
    return { shell, input: shell.stdin };
  } catch {
    return undefined;
  }
}

/** From now on the process group ends when this process does, however it ends: a small shell beside it sees to that. Returns what ends the watch. Not on Windows. */
export function guardGroup(id: number): () => void {
  if (process.platform === 'win32') return () => undefined;
  guard ??= startGuard();
  const { input } = guard ?? {};
  input?.write(`+ ${id}\n`);
  return () => void input?.write(`- ${id}\n`);
}
