import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, start, temporaryFolder, type Outcome } from './support/massgen-process.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

/** Packs what was built; packing would otherwise build again, under the feet of tests that run at the same time. */
async function install(): Promise<void> {
  folder = temporaryFolder();
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root, maxBuffer: 1 << 24 });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  writeFileSync(path.join(folder, 'package.json'), '{"name":"somebodys-project","private":true}');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', path.join(folder, filename)], { cwd: folder });
}

beforeAll(install, 400_000);
afterAll(cleanUp);

const installed = (...parts: readonly string[]): string => path.join(folder, 'node_modules', ...parts);
const massgen = (...args: readonly string[]): Promise<Outcome> => start([installed('.bin/massgen'), ...args]).ended;

describe('the package, installed somewhere else', () => {
  it('has the command', async () => {
    expect(await massgen('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^massgen\/\d+\.\d+\.\d+ /), stderr: '' });
    const { stdout } = await run('npx', ['--no-install', 'massgen', '--version'], { cwd: folder });
    expect(stdout).toMatch(/^massgen\//);
  });

  it('runs the offline demo from another folder', async () => {
    const { code, stdout, stderr } = await massgen('Why so?', '--display', 'silent');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\(canned, from agent_b, improved\)/);
    expect(stderr).toContain('this is the offline demo');
  });

  it('brings its examples and the schema', async () => {
    expect(await massgen('run', '--config', '@examples/scripted_ci', '--display', 'silent', 'hi')).toMatchObject({ code: 0, stdout: '(canned) The answer of agent_a.\n' });
    const examples = (at: string): readonly string[] => readdirSync(path.join(at, '@examples'), { recursive: true, encoding: 'utf8' }).sort();
    expect(examples(installed('massgen'))).toEqual(examples(root));
    expect(existsSync(installed('massgen/massgen.schema.json'))).toBe(true);
  });

  it('brings the templates of agents', async () => {
    const { code, stdout } = await massgen('spawn', 'coder', '--json');
    expect({ code, agent: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, agent: { name: 'coder', profile: 'coder' } });
  });

  it('holds no sources and no tests', () => {
    expect(readdirSync(installed('massgen')).sort()).toEqual(['@examples', 'LICENSE', 'README.md', 'bin', 'dist', 'massgen.schema.json', 'oclif.manifest.json', 'package.json', 'templates']);
    expect(readdirSync(installed('massgen/bin')).sort()).toEqual(['run.js']);
  });

  it('is a library', async () => {
    const program = `import { run } from 'massgen';
      const { status, final_answer: answer } = await run({ config: '@examples/scripted_ci', prompt: 'hi' });
      console.log(JSON.stringify({ status, answer }));`;
    writeFileSync(path.join(folder, 'program.mjs'), program);
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({ status: 'completed', answer: '(canned) The answer of agent_a.' });
  });

  it('has types that compile for its users', async () => {
    const program = `import { openRun, run, stream, type RunEvent, type RunResult } from 'massgen';
      export const answer = async (): Promise<string> => (await run({ prompt: 'hi' })).final_answer;
      export const first = async (): Promise<RunEvent | undefined> => { for await (const event of stream({ prompt: 'hi' })) return event; return undefined; };
      export const source = async (): Promise<string> => (await openRun({})).source;
      export type Answers = RunResult['answers'];`;
    writeFileSync(path.join(folder, 'program.ts'), program);
    for (const types of ['@types/node', 'undici-types']) cpSync(path.join(root, 'node_modules', types), installed(types), { recursive: true });
    const args = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', 'program.ts'];
    await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), ...args], { cwd: folder });
  });
});
