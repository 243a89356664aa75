import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { passagesOf } from '../../../../src/orchestrator/tools/commands/passages.js';
import { rightAt, type Root } from '../../../../src/orchestrator/tools/workspace/paths/rights.js';

let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-passages-')));
  for (const name of ['.massgen/workspaces/mine', '.massgen/workspaces/other', 'src/deep', 'src/.git', 'src/node_modules/x', 'kept/in']) mkdirSync(path.join(root, name), { recursive: true });
  for (const name of ['.env', 'src/deep/.ENV', 'src/deep/a.ts', 'src/node_modules/x/.env']) writeFileSync(path.join(root, name), '');
  symlinkSync('/', path.join(root, 'src/out'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const roots = (right: Root['right'] = 'deliver'): readonly Root[] => [
  { kind: 'workspace', path: path.join(root, '.massgen/workspaces/mine'), right: 'write' },
  { kind: 'results', path: path.join(root, '.massgen/results'), right: 'read' },
  { kind: 'previous', path: path.join(root, 'nowhere'), right: 'read' },
  { kind: 'context', path: root, right, protectedPaths: [path.join(root, 'kept')] },
];

const shown = async (delivering: boolean, right?: Root['right']): Promise<Readonly<Record<string, string>>> => Object.fromEntries((await passagesOf(roots(right), delivering)).all.map(({ path: at, as }) => [path.relative(root, at), as]));

describe('what commands that are shut in find of the machine', () => {
  it('is the agent’s places, the user’s own folders read-only and without what nobody may see', async () => {
    expect(await shown(false)).toEqual({ '': 'read', '.env': 'nothing', '.massgen': 'nothing', '.massgen/workspaces/mine': 'write', '.massgen/results': 'read', 'src/deep/.ENV': 'nothing' });
  });

  it('may be written in the delivery, but for what is protected', async () => {
    expect(await shown(true)).toEqual({ '': 'write', '.env': 'nothing', '.massgen': 'nothing', '.massgen/workspaces/mine': 'write', '.massgen/results': 'read', 'src/deep/.ENV': 'nothing', kept: 'read', 'src/.git': 'read', 'src/node_modules': 'read' });
    expect(await shown(true, 'read')).not.toHaveProperty('kept');
  });

  it('is what the file tools’ policy says of every place', async () => {
    for (const delivering of [true, false]) {
      for (const { path: at, as } of (await passagesOf(roots(), delivering)).all) expect([at, as]).toEqual([at, rightAt(roots(), at, delivering).replace('none', 'nothing')]);
    }
  });

  it('comes in an order in which nothing hides what is in it, and what is needed is made', async () => {
    const all = (await passagesOf(roots(), true)).all.map((passage) => passage.path);
    for (const [index, at] of all.entries()) expect(all.slice(index + 1).some((later) => at.startsWith(`${later}/`))).toBe(false);
    expect(existsSync(path.join(root, '.massgen/results'))).toBe(true);
  });

  it('leaves out a folder that is too large to be looked through, and says so', async () => {
    const { all, tooLarge } = await passagesOf(roots(), false, 5);
    expect(tooLarge).toEqual([root]);
    expect(all.map((passage) => path.relative(root, passage.path))).toEqual(['.massgen/results', '.massgen/workspaces/mine']);
  });
});
