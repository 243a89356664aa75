import { expect } from '@jest/globals';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareFiles } from '../../../src/compose/team-files.js';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';
import type { AgentInfo } from '../../../src/orchestrator/index.js';
import { createWorkspaces, type Workspaces } from '../../../src/orchestrator/tools/workspace/workspaces.js';
import { contextOf } from '../../support/file-world.js';
import { temporaryFolders } from '../../support/workspaces.js';

/** The folders of a team of one in a run. */
async function withFiles(backend: object, orchestrator: object, look: (workspaces: Workspaces, base: string) => Promise<void> | void): Promise<void> {
  const folders = temporaryFolders();
  const base = folders.make();
  mkdirSync(path.join(base, 'docs'));
  writeFileSync(path.join(base, 'docs/a.md'), 'A');
  const { config, issues } = checkConfig({ agents: [{ id: 'a', backend: { type: 'openai', ...backend } }], orchestrator }, {});
  expect(issues).toEqual([]);
  const files = prepareFiles(planRun(config!), [{ id: 'a', anonymous: 'agent1' } as AgentInfo], () => false, { cwd: base, create: createWorkspaces, logsAnswers: true, isServer: false });
  const workspaces = files!.begin({ folder: null, resultsOf: () => null });
  try {
    await look(workspaces, base);
  } finally {
    await workspaces.close();
    folders.clear();
  }
}

const call = async (workspaces: Workspaces, name: string, args: Readonly<Record<string, unknown>>, delivering = false): Promise<string> =>
  await (await workspaces.sourceFor('a')).tools().find((tool) => tool.name === name)!.run(args, contextOf(delivering)).then(({ text }) => text, (error: unknown) => (error as Error).message);

const accepted = { type: 'answer-accept', agent: 'a', turn: 1, rev: 1, label: 'x', text: '', via: 'tool', seq: 1, at: '2026-01-01T00:00:00Z', t: 0, epoch: 1 } as const;
const shown = { ...accepted, type: 'call-start', call: 1, seen: { a: 1 } };
const cwd = 'work';
const shares = async (workspaces: Workspaces): Promise<void> => {
  await call(workspaces, 'write_file', { path: 'x.txt', content: 'x' });
  await workspaces.settle([accepted, shown] as unknown as Parameters<Workspaces['settle']>[0]);
};

/** Keys about files, each with a look at what it changes. */
export const fileKeys: Readonly<Record<string, () => Promise<void>>> = {
  'agents[].backend.cwd': async () => await withFiles({ cwd: 'mine' }, {}, (workspaces) => expect(workspaces.infoOf('a')?.workspace).toMatch(/\.massgen\/workspaces\/mine_[0-9a-f]{8}$/u)),
  'orchestrator.coordination.use_two_tier_workspace': async () => await withFiles({ cwd }, { coordination: { use_two_tier_workspace: true } }, (workspaces) => expect(readdirSync(workspaces.infoOf('a')!.workspace)).toEqual(expect.arrayContaining(['scratch', 'deliverable']))),
  'agents[].backend.exclude_file_operation_mcps': async () =>
    await withFiles({ cwd, exclude_file_operation_mcps: true }, {}, async (workspaces) => expect((await workspaces.sourceFor('a')).tools().map(({ name }) => name)).toEqual(['write_file', 'edit_file'])),
  'agents[].backend.enforce_read_before_delete': async () =>
    await withFiles({ cwd, enforce_read_before_delete: false }, {}, async (workspaces) => {
      writeFileSync(path.join(workspaces.infoOf('a')!.workspace, 'unread.txt'), '');
      expect(await call(workspaces, 'delete_file', { path: 'unread.txt' })).toMatch(/^Successfully/u);
    }),
  'agents[].backend.context_paths': async () => await withFiles({ context_paths: [{ path: 'docs' }] }, {}, async (workspaces, base) => expect(await call(workspaces, 'read_file', { path: `${base}/docs/a.md` })).toBe('A')),
  'agents[].backend.context_paths[].path': async () => await fileKeys['agents[].backend.context_paths']!(),
  'agents[].backend.context_paths[].permission': async () =>
    await withFiles({ context_paths: [{ path: 'docs', permission: 'write' }] }, {}, async (workspaces, base) => {
      expect(await call(workspaces, 'write_file', { path: `${base}/docs/b.md`, content: '' })).toMatch(/only while the final answer is presented/u);
      expect(await call(workspaces, 'write_file', { path: `${base}/docs/b.md`, content: '' }, true)).toMatch(/^Successfully/u);
    }),
  'agents[].backend.context_paths[].protected_paths': async () =>
    await withFiles({ context_paths: [{ path: 'docs', permission: 'write', protected_paths: ['a.md'] }] }, {}, async (workspaces, base) => expect(await call(workspaces, 'write_file', { path: `${base}/docs/a.md`, content: '' }, true)).toMatch(/is read-only/u)),
  'agents[].backend.context_paths[].description': async () =>
    await withFiles({ context_paths: [{ path: 'docs', description: 'the manual' }] }, {}, async (workspaces) => expect((await workspaces.sourceFor('a')).notes().join('\n')).toContain('(the manual): read-only')),
  'orchestrator.context_paths': async () => await withFiles({}, { context_paths: [{ path: 'docs' }] }, async (workspaces, base) => expect(await call(workspaces, 'read_file', { path: `${base}/docs/a.md` })).toBe('A')),
  'orchestrator.context_paths[].path': async () => await fileKeys['orchestrator.context_paths']!(),
  'orchestrator.context_paths[].permission': async () =>
    await withFiles({}, { context_paths: [{ path: 'docs', permission: 'write' }] }, async (workspaces, base) => expect(await call(workspaces, 'write_file', { path: `${base}/docs/b.md`, content: '' }, true)).toMatch(/^Successfully/u)),
  'orchestrator.context_paths[].protected_paths': async () =>
    await withFiles({}, { context_paths: [{ path: 'docs', permission: 'write', protected_paths: ['a.md'] }] }, async (workspaces, base) => expect(await call(workspaces, 'write_file', { path: `${base}/docs/a.md`, content: '' }, true)).toMatch(/is read-only/u)),
  'orchestrator.context_paths[].description': async () =>
    await withFiles({}, { context_paths: [{ path: 'docs', description: 'the manual' }] }, async (workspaces) => expect((await workspaces.sourceFor('a')).notes().join('\n')).toContain('(the manual): read-only')),
  'orchestrator.snapshot_storage': async () =>
    await withFiles({ cwd }, { snapshot_storage: 'copies' }, async (workspaces, base) => {
      await shares(workspaces);
      expect(existsBelow(path.join(base, '.massgen/copies'), 'x.txt')).toBe(true);
    }),
  'orchestrator.agent_temporary_workspace': async () =>
    await withFiles({ cwd }, { agent_temporary_workspace: 'seen' }, async (workspaces, base) => {
      await shares(workspaces);
      expect(workspaces.infoOf('a')?.peers.startsWith(path.join(base, '.massgen/seen/'))).toBe(true);
      expect(existsBelow(path.join(base, '.massgen/seen'), 'agent1/x.txt')).toBe(true);
    }),
};

function existsBelow(folder: string, end: string): boolean {
  return readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith(end));
}
