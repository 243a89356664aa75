import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen } from '../support/massgen-process.js';

afterEach(cleanUp);

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly hidden?: boolean; readonly examples?: readonly unknown[]; readonly flags: Readonly<Record<string, { readonly hidden?: boolean }>> }>>;
}
const manifest = JSON.parse(read('oclif.manifest.json')) as Manifest;
const shown = Object.entries(manifest.commands).filter(([, { hidden }]) => hidden !== true);

describe('help', () => {
  it('has topics beside the commands', async () => {
    const { stdout } = await massgen(['help', 'topics']);
    const names = [...stdout.matchAll(/^massgen help (\S+)/gmu)].map(([, name = '']) => name);
    expect(names).toEqual(['keys', 'conversation', 'environment', 'exit-codes', 'files']);
    for (const name of names) expect(await massgen(['help', name])).toMatchObject({ code: 0, stderr: '' });
    expect((await massgen(['help', 'keys'])).stdout).toContain('answer now');
    expect((await massgen(['help', 'conversation'])).stdout).toContain('/timeline [TURN]');
    expect((await massgen(['help', 'exit-codes'])).stdout).toMatch(/\n {2}3\n {6}the time limit passed/u);
  });

  it('has an example of every command', () => {
    for (const [name, { examples = [] }] of shown) expect({ name, examples: examples.length > 0 }).toEqual({ name, examples: true });
  });

  it('asks nobody for newer versions', () => {
    const { oclif } = JSON.parse(read('package.json')) as { oclif: { plugins?: unknown } };
    expect(oclif.plugins).toBeUndefined();
    expect(read('bin/run.js')).not.toContain('http');
  });
});

describe('the man page', () => {
  const page = read('dist/massgen.1');
  const plain = page.replaceAll('\\-', '-');

  it('has every command with its flags, and the topics', () => {
    expect((JSON.parse(read('package.json')) as { man: string }).man).toBe('dist/massgen.1');
    for (const [id, { flags }] of shown) {
      expect(plain).toContain(`.SS "massgen ${id.replaceAll(':', ' ')}`);
      for (const [flag, { hidden }] of Object.entries(flags)) if (hidden !== true && flag !== 'help') expect(plain).toContain(`--${flag}`);
    }
    for (const title of ['CONVERSATION', 'KEYS', 'ENVIRONMENT', 'FILES', 'EXIT STATUS']) expect(plain).toContain(`.SH "${title}"`);
  });

  const groff = spawnSync('groff', ['--version']);
  (groff.status === 0 ? it : it.skip)('is set without a warning', () => {
    const { status, stderr, stdout } = spawnSync('groff', ['-man', '-ww', '-Tutf8'], { input: page, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Which is heavier, a litre of water or a litre of oil?');
  });
});
