import { existsSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../../errors.js';
import type { CommandDeps, CommandPlace } from './place.js';
import type { CommandSettings } from './settings.js';
import { passagesOf, type Passage } from './passages.js';
import { runToEnd } from './run-to-end.js';

const SHELL = '/bin/sh';

/** With a Python environment of the workspace first in the path, as its users expect. */
function shellEnvironment({ environment, folders: { workspace } }: CommandDeps): Readonly<Record<string, string>> {
  const venv = path.join(workspace, '.venv');
  if (!existsSync(path.join(venv, 'bin'))) return environment;
  return { ...environment, VIRTUAL_ENV: venv, PATH: `${path.join(venv, 'bin')}:${environment['PATH'] ?? '/usr/bin:/bin'}` };
}

/** Commands as the user who started massgen, with nothing around them. */
function openPlace(deps: CommandDeps, why: string): CommandPlace {
  return {
    description: `on this machine, without a sandbox${why}`,
    isConfined: false,
    secrets: [],
    tooLarge: () => [],
    start: (command, folder) => Promise.resolve(deps.processes.start(SHELL, ['-c', command], { cwd: folder, env: shellEnvironment(deps) })),
    end: (child) => {
      deps.processes.end(child);
    },
    close: () => Promise.resolve(),
  };
}

/** What programs need of the machine; the rest of it, home folders above all, is not there. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc', '/opt', '/nix/store'];

function passageArguments({ path: at, as, isFolder }: Passage): readonly string[] {
  if (as === 'nothing') return isFolder ? ['--tmpfs', at] : ['--ro-bind', '/dev/null', at];
  return [as === 'write' ? '--bind-try' : '--ro-bind-try', at, at];
}

/** Read-only system, private /tmp, own processes, and of the rest what the agent may use: arguments of bubblewrap, see bwrap(1). */
export function sandboxArguments(workspace: string, passages: readonly Passage[], folder: string, network: boolean): readonly string[] {
  return [
    ...['--unshare-all', ...(network ? ['--share-net'] : []), '--die-with-parent', '--new-session', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...SYSTEM.flatMap((each) => ['--ro-bind-try', each, each]),
    ...passages.flatMap(passageArguments),
    ...['--setenv', 'HOME', workspace, '--chdir', folder],
  ];
}

function sandboxed(program: string, deps: CommandDeps, network: boolean): CommandPlace {
  let tooLarge: readonly string[] = [];
  return {
    ...openPlace(deps, ''),
    description: `on this machine, shut in by bubblewrap${network ? '' : ' without a network'}: of its files only those can be changed that your file tools may change`,
    isConfined: !network,
    tooLarge: () => tooLarge,
    start: async (command, folder, delivering) => {
      const { workspace, roots } = deps.folders;
      const passages = await passagesOf(roots, delivering);
      tooLarge = passages.tooLarge;
      return deps.processes.start(program, [...sandboxArguments(workspace, passages.all, folder, network), SHELL, '-c', command], { cwd: folder, env: shellEnvironment(deps) });
    },
  };
}

/** Whether bubblewrap is there and may make its namespaces here; why not otherwise. */
async function trySandbox(program: string, deps: CommandDeps): Promise<string | null> {
  try {
    const { workspace } = deps.folders;
    const args = sandboxArguments(workspace, [{ path: workspace, as: 'write', isFolder: true }], workspace, false);
    const child = deps.processes.start(program, [...args, SHELL, '-c', 'true'], { cwd: workspace, env: deps.environment });
    const { code, stderr } = await runToEnd(child, () => deps.processes.end(child), { timeoutMs: 10_000 });
    return code === 0 ? null : `bubblewrap does not work here (${stderr.trim().split('\n')[0] ?? ''})`;
  } catch {
    return 'bubblewrap (bwrap) is not installed';
  }
}

/** Local commands, in bubblewrap as `sandbox` says. Throws `config-invalid` when it is required and cannot be. */
export async function openLocalPlace(settings: CommandSettings, deps: CommandDeps, program = 'bwrap'): Promise<CommandPlace> {
  if (settings.sandbox === 'off') return openPlace(deps, '');
  const missing = await trySandbox(program, deps);
  if (missing === null) return sandboxed(program, deps, settings.network);
  if (settings.sandbox === 'auto') return openPlace(deps, `: ${missing}`);
  throw new MassgenError('config-invalid', `commands are to run in a sandbox only, but ${missing}; install it (apt install bubblewrap), use docker, or set enable_mcp_command_line: true and command_line_sandbox: auto`);
}
