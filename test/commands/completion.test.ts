import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen } from '../support/massgen-process.js';

afterEach(cleanUp);

/** What bash offers after these words, the last of which is being typed. */
function offered(script: string, ...typed: readonly string[]): readonly string[] {
  const ask = `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _massgen; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, status, stderr } = spawnSync('bash', ['-c', ask, 'bash', 'massgen', ...typed], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

describe('massgen completion', () => {
  it('makes bash complete commands, flags and values', async () => {
    const { stdout, code } = await massgen(['completion', 'bash']);
    expect(code).toBe(0);
    expect(offered(stdout, 'ru')).toEqual(['run']);
    expect(offered(stdout, 'logs', 're')).toEqual(['rebuild', 'replay']);
    expect(offered(stdout, 'run', '--dis')).toEqual(['--display']);
    expect(offered(stdout, 'run', '--display', 'pl')).toEqual(['plain']);
    expect(offered(stdout, 'logs', 'replay', '--spe')).toEqual(['--speed']);
    expect(offered(stdout, 'config', 'val')).toEqual(['validate']);
  });

  it('takes the shell from SHELL, and knows fish and zsh', async () => {
    const [fish, zsh] = await Promise.all([massgen(['completion'], { env: { SHELL: '/usr/bin/fish' } }), massgen(['completion', 'zsh'])]);
    expect(fish.stdout).toContain("complete -c massgen -n '__fish_seen_subcommand_from run' -l display");
    expect(zsh.stdout).toMatch(/^autoload -U \+X bashcompinit/u);
  });

  it('names the shells it knows', async () => {
    const { code, stderr } = await massgen(['completion', 'tcsh']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'massgen: there is no completion for "tcsh"; name one of bash, zsh, fish\n' });
  });

  it.each([['logs', 'lst', 'list'], ['logz', '', 'logs'], ['config', 'shw', 'config show']])('a wrong command gets the nearest one: %s %s', async (first, second, guess) => {
    const { code, stderr } = await massgen([first, ...(second === '' ? [] : [second])]);
    expect(code).toBe(1);
    expect(stderr).toContain(`did you mean "${guess}"?`);
  });

  it('every command has help with an example', async () => {
    const { stdout } = await massgen(['completion', 'bash']);
    const names = [...stdout.matchAll(/^ {4}'([a-z][\w -]*)'\) words=.*--help/gmu)].map(([, name = '']) => name);
    expect(names).toContain('logs replay');
    for (const name of names) {
      const { stdout: help } = await massgen(['help', ...name.split(' ')]);
      expect({ name, help: /^EXAMPLES$/mu.test(help) }).toEqual({ name, help: true });
    }
  });
});
