import { homedir } from 'node:os';
import path from 'node:path';
import { MassgenError } from '../../../../errors.js';

/** Where massgen keeps what it makes, in the folder that it was started in. */
const ownPlace = (base: string): string => path.join(base, '.massgen');

/** Below `.massgen` unless it is absolute. */
export const storePath = (base: string, name: string): string => path.resolve(ownPlace(base), name.replace(/^(?:\.\/)?\.massgen(?:\/|$)/u, ''));

const refuse = (cwd: string, why: string): never => {
  throw new MassgenError('config-invalid', `cwd: ${JSON.stringify(cwd)} ${why}; write the name of a folder, such as workspace, which is made in .massgen/workspaces`);
};

/**
 * The folder that an agent with this `cwd` works in. A relative one is made in `.massgen/workspaces`, named so that the name does not tell
 * which agent it is; an absolute one is used as it is. Throws `config-invalid` for a place where nobody should let an agent write.
 */
export function workspacePath(cwd: string | undefined, base: string, suffix: string): string {
  const written = cwd ?? 'workspace';
  const expanded = written === '~' || written.startsWith('~/') ? path.join(homedir(), written.slice(1)) : written;
  if (path.isAbsolute(expanded)) {
    const at = path.resolve(expanded);
    if (at === path.parse(at).root || at === homedir()) refuse(written, 'is no folder to hand over to an agent');
    return at;
  }
  if (expanded.split(/[/\\]/u).includes('..')) refuse(written, 'leads out of .massgen/workspaces');
  const name = path.normalize(expanded).replace(/^\.massgen\/(?:workspaces\/)?/u, '').replace(/\/+$/u, '');
  const plain = name.replace(/[\d_-]+$/u, '');
  return path.join(ownPlace(base), 'workspaces', `${plain === '' || plain === '.' || plain.endsWith('/') ? `${plain === '.' ? '' : plain}workspace` : plain}_${suffix}`);
}
