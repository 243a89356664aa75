import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const folders: string[] = [];

type Tree = Readonly<Record<string, string>>;

/** A temporary checkout with the real rules and packages, and the given files as its only source. */
function houseOf(tree: Tree): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'massgen-house-'));
  folders.push(folder);
  for (const file of ['.dependency-cruiser.cjs', 'eslint.config.js', 'scripts/lint/no-growing-spread.js', 'package.json', 'tsconfig.json', 'test/tsconfig.json']) {
    cpSync(path.join(root, file), path.join(folder, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [file, source] of Object.entries(tree)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), source);
  }
  return folder;
}

/** What a tool printed as JSON; tools that find something exit with a code. */
async function reportOf(folder: string, script: string, ...args: readonly string[]): Promise<unknown> {
  const command = [path.join(root, 'node_modules', script), ...args];
  const { stdout } = await run(process.execPath, command, { cwd: folder, maxBuffer: 1 << 26 }).catch((failure: unknown) => failure as { stdout: string });
  return JSON.parse(stdout);
}

async function layerViolations(tree: Tree): Promise<{ rule: string; file: string }[]> {
  const report = await reportOf(houseOf(tree), 'dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json');
  const { summary } = report as { summary: { violations: { rule: { name: string }; from: string }[] } };
  return summary.violations.map(({ rule, from }) => ({ rule: rule.name, file: from }));
}

const CLEAN: Tree = {
  'src/errors.ts': 'export const ERRORS = {};',
  'src/backends/contract.ts': "import type { ERRORS } from '../errors.js';\nexport type Backend = typeof ERRORS;",
  'src/backends/catalog.ts':
    "import type OpenAI from 'openai';\nimport { readFile } from 'node:fs/promises';\nimport type { Backend } from './contract.js';\n" +
    "export const CATALOG: Backend = {};\nexport const load = async (): Promise<OpenAI> => { await readFile('x'); return new (await import('openai')).default(); };",
  'src/orchestrator/protocol.ts': "import type { Backend } from '../backends/contract.js';\nexport type RunEvent = Backend;",
  'src/orchestrator/coordination/decide.ts': "import type { RunEvent } from '../protocol.js';\nexport const decide = (event: RunEvent): RunEvent => event;",
  'src/orchestrator/engine/run.ts': "import { ulid } from 'ulid';\nimport { decide } from '../coordination/decide.js';\nexport const start = [ulid, decide];",
  'src/orchestrator/index.ts': "export { start } from './engine/run.js';",
  'src/server/app.ts': "import express from 'express';\nimport { start } from '../orchestrator/index.js';\nexport const app = [express, start];",
  'src/commands/ui/view.tsx': "import { render } from 'ink';\nimport type { RunEvent } from '../../orchestrator/protocol.js';\nexport const view = (event: RunEvent) => render(event);",
  'src/compose.ts': "import { CATALOG } from './backends/catalog.js';\nimport { start } from './orchestrator/index.js';\nexport const compose = [CATALOG, start];",
  'src/index.ts': "export { compose } from './compose.js';\nexport { app } from './server/app.js';",
  'src/commands/run.ts': "import { compose } from '../index.js';\nexport const run = async () => [compose, await import('./ui/view.js')];",
};

interface Plant {
  readonly rule: string;
  readonly file: string;
  readonly imports: string;
}

/** One file per row, so that each finding can be traced to what was planted. */
const PLANTS: readonly Plant[] = [
  { rule: 'room-errors', file: 'src/errors.ts', imports: './backends/contract.js' },
  { rule: 'room-contract', file: 'src/backends/contract.ts', imports: 'node:fs' },
  { rule: 'room-backends', file: 'src/backends/planted.ts', imports: '../orchestrator/protocol.js' },
  { rule: 'room-smallBackends', file: 'src/backends/failure.ts', imports: './catalog.js' },
  { rule: 'room-transport', file: 'src/backends/transport/planted.ts', imports: '../contract.js' },
  { rule: 'room-wires', file: 'src/backends/wires/planted.ts', imports: '../catalog.js' },
  { rule: 'room-processes', file: 'src/backends/wires/process/planted.ts', imports: '../planted.js' },
  { rule: 'room-rows', file: 'src/backends/rows/planted.ts', imports: '../contract.js' },
  { rule: 'room-guards', file: 'src/backends/guards/planted.ts', imports: '../wires/planted.js' },
  { rule: 'room-protocol', file: 'src/orchestrator/protocol.ts', imports: './coordination/decide.js' },
  { rule: 'room-coordination', file: 'src/orchestrator/coordination/core-module.ts', imports: 'node:fs' },
  { rule: 'room-coordination', file: 'src/orchestrator/coordination/npm-package.ts', imports: 'ulid' },
  { rule: 'room-coordination', file: 'src/orchestrator/coordination/engine.ts', imports: '../engine/run.js' },
  { rule: 'room-orchestrator', file: 'src/orchestrator/engine/planted.ts', imports: '../../backends/catalog.js' },
  { rule: 'room-smallOrchestrator', file: 'src/orchestrator/json-map.ts', imports: './engine/run.js' },
  { rule: 'room-engine', file: 'src/orchestrator/engine/reads-sessions.ts', imports: '../session/planted.js' },
  { rule: 'room-session', file: 'src/orchestrator/session/planted.ts', imports: '../engine/run.js' },
  { rule: 'room-projections', file: 'src/orchestrator/session/projections/planted.ts', imports: '../read/planted.js' },
  { rule: 'room-reading', file: 'src/orchestrator/session/read/planted.ts', imports: '../planted.js' },
  { rule: 'room-config', file: 'src/orchestrator/config/planted.ts', imports: '../coordination/decide.js' },
  { rule: 'room-agentFiles', file: 'src/orchestrator/agents/planted.ts', imports: '../protocol.js' },
  { rule: 'room-tools', file: 'src/orchestrator/tools/mcp/planted.ts', imports: '../../engine/run.js' },
  { rule: 'room-agentCommands', file: 'src/orchestrator/tools/commands/planted.ts', imports: '../mcp/planted.js' },
  { rule: 'kinds-of-tools-apart', file: 'src/orchestrator/tools/web/planted.ts', imports: '../mcp/planted.js' },
  { rule: 'room-server', file: 'src/server/planted.ts', imports: '../orchestrator/engine/run.js' },
  { rule: 'room-http', file: 'src/server/http/planted.ts', imports: '../runs/planted.js' },
  { rule: 'room-served', file: 'src/server/runs/planted.ts', imports: '../chat/planted.js' },
  { rule: 'room-server', file: 'src/server/chat/planted.ts', imports: '../../orchestrator/engine/run.js' },
  { rule: 'dialects-apart', file: 'src/server/messages/planted.ts', imports: '../chat/planted.js' },
  { rule: 'room-ui', file: 'src/commands/ui/planted.tsx', imports: '../../backends/catalog.js' },
  { rule: 'room-composition', file: 'src/compose/planted.ts', imports: '../commands/ui/view.js' },
  { rule: 'room-commands', file: 'src/commands/base/planted.ts', imports: '../../backends/catalog.js' },
  { rule: 'no-room', file: 'src/utils/planted.ts', imports: '../errors.js' },
  { rule: 'command-is-an-entry', file: 'src/commands/base/shared.ts', imports: '../run.js' },
  { rule: 'no-cycle', file: 'src/backends/back-again.ts', imports: './catalog.js' },
  { rule: 'no-orphan', file: 'src/backends/orphan.ts', imports: '' },
  { rule: 'ink-only-in-ui', file: 'src/server/react.ts', imports: 'react' },
  { rule: 'express-only-in-server', file: 'src/orchestrator/engine/express.ts', imports: 'express' },
  { rule: 'heavy-is-lazy', file: 'src/backends/eager.ts', imports: 'openai' },
];

const importing = (specifier: string): string => (specifier === '' ? '\nexport const alone = 1;' : `\nimport type * as planted from '${specifier}';\nexport type Planted = typeof planted;`);
const planted = Object.fromEntries(
  PLANTS.map(({ rule, file, imports }) => {
    const source = importing(imports);
    return [file, (CLEAN[file] ?? '') + (rule === 'heavy-is-lazy' ? source.replaceAll('import type', 'import') : source)];
  }),
);

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the layers', () => {
  let violations: { rule: string; file: string }[];

  beforeAll(async () => {
    violations = await layerViolations({ ...CLEAN, ...planted, 'src/backends/catalog.ts': `${CLEAN['src/backends/catalog.ts']}${importing('./back-again.js')}` });
  });

  it('a house that keeps the rules has no violations', async () => {
    expect(await layerViolations(CLEAN)).toEqual([]);
  });

  it.each(PLANTS)('$rule catches $file importing "$imports"', ({ rule, file }) => {
    expect(violations).toContainEqual({ rule, file });
  });

  it('every layer rule is seen to catch something', () => {
    const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as { forbidden: { name: string }[] };
    expect(forbidden.map(({ name }) => name).sort()).toEqual([...new Set(PLANTS.map(({ rule }) => rule))].sort());
  });
});

describe('the lint rules', () => {
  const IMPURITIES = ['Date.now()', 'new Date()', 'Math.random()', 'performance.now()', 'process.argv', "fetch('http://127.0.0.1/')", 'setTimeout(console.log, 1)', 'globalThis'];
  const coordination = 'src/orchestrator/coordination/planted.ts';
  const LINES: Readonly<Record<string, readonly [file: string, source: string]>> = {
    'no-restricted-exports': ['src/backends/default.ts', 'export default 1;\n'],
    'no-restricted-properties': ['src/backends/exit.ts', 'process.exit(1);\n'],
    'no-console': ['src/backends/console.ts', "console.log('x');\n"],
    'max-lines': ['src/backends/long.ts', 'export {};\n'.repeat(251)],
    'max-lines-per-function': ['src/backends/long-function.ts', `export function long(): void {\n${'  void 0;\n'.repeat(60)}}\n`],
    'complexity': ['src/backends/complex.ts', `export const complex = (n: number): number => ${Array.from({ length: 16 }, (_, i) => `n > ${i} ? ${i} : `).join('')}0;\n`],
    '@typescript-eslint/switch-exhaustiveness-check': [
      'src/backends/switch.ts',
      "export function pick(kind: 'a' | 'b'): void {\n  switch (kind) {\n    case 'a':\n      break;\n  }\n}\n",
    ],
    'massgen/no-growing-spread': ['src/orchestrator/engine/grows.ts', 'export const grown = (fact: { readonly a: number; readonly b?: number }): object => ({ ...fact, b: 1 });\n'],
    '@typescript-eslint/no-explicit-any': ['src/backends/any.ts', 'export type Anything = any;\n'],
  };
  const mocks = ['jest.mock', 'jest.unstable_mockModule'].map((call) => `${call}('x', () => ({}));`);
  let found: { file: string; line: number; rule: string | null }[];

  beforeAll(async () => {
    const folder = houseOf({
      [coordination]: IMPURITIES.map((source, index) => `export const v${index}: unknown = ${source};\n`).join(''),
      'test/planted.test.ts': `import { jest } from '@jest/globals';\n${mocks.join('\n')}\n`,
      'src/orchestrator/engine/replaces.ts': 'export const replaced = (fact: { readonly a: number }): object => ({ ...fact, a: 2 });\nexport const led = (fact: { readonly a: number }): object => ({ seq: 1, ...fact, at: 2 });\n',
      'src/commands/run.ts': 'export default class Run {\n  readonly id = 1;\n}\n',
      ...Object.fromEntries(Object.values(LINES)),
    });
    const report = (await reportOf(folder, 'eslint/bin/eslint.js', 'src', 'test', '--format', 'json')) as { filePath: string; messages: { line: number; ruleId: string | null }[] }[];
    found = report.flatMap(({ filePath, messages }) => messages.map(({ line, ruleId }) => ({ file: path.relative(folder, filePath), line, rule: ruleId })));
  });

  it.each(IMPURITIES.map((source, index) => ({ source, line: index + 1 })))('coordination may not say $source', ({ line }) => {
    expect(found.filter((each) => each.file === coordination && each.line === line).map(({ rule }) => rule)).toContainEqual(
      expect.stringMatching(/^no-restricted-(globals|properties)$/),
    );
  });

  it.each(mocks.map((source, index) => ({ source, line: index + 2 })))('a test may not say $source', ({ line }) => {
    expect(found).toContainEqual({ file: 'test/planted.test.ts', line, rule: 'no-restricted-properties' });
  });

  it.each(Object.entries(LINES).map(([rule, [file]]) => ({ rule, file })))('$rule catches $file', ({ rule, file }) => {
    expect(found.filter((each) => each.file === file).map((each) => each.rule)).toContain(rule);
  });

  it('a literal that begins with a spread may replace what it spreads', () => {
    expect(found.filter(({ file }) => file === 'src/orchestrator/engine/replaces.ts')).toEqual([]);
  });

  it('a command may have a default export', () => {
    expect(found.filter(({ file }) => file === 'src/commands/run.ts')).toEqual([]);
  });
});

describe('the rooms', () => {
  const page = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `src'));

  /** What the first cell names, as paths: a name without `src/` lies beside the first. */
  function placesOf(row: string): readonly string[] {
    const [, cell = ''] = row.split(' | ', 1)[0]!.split('| ');
    const names = [...cell.matchAll(/`([^`]+?)\/?`/g)].map(([, name = '']) => name);
    const beside = path.posix.dirname(names[0] ?? '');
    return names.map((name) => (name.startsWith('src/') ? name : path.posix.join(beside, name)));
  }

  const described = (folder: string): boolean =>
    rows.some((row) => {
      const places = placesOf(row);
      const inside = places.some((place) => folder.startsWith(`${place}/`)) && row.includes(`\`${path.posix.basename(folder)}\``);
      return inside || places.includes(folder) || places.includes(`${folder}/*.ts`);
    });

  it('every folder of the source has a row in ARCHITECTURE.md, or a word in the row of the one around it, or all of its files have', () => {
    const folders = readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'generated');
    const names = ['src', ...folders.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))];
    const bare = names.filter((name) => !described(name));
    const files = bare.flatMap((name) => readdirSync(path.join(root, name)).filter((file) => file.endsWith('.ts')).map((file) => `${name}/${file}`));
    expect(files).toContain('src/errors.ts');
    expect(files.filter((file) => !rows.flatMap(placesOf).includes(file))).toEqual([]);
  });

  it('every file that a row names is there', () => {
    const missing = rows.flatMap(placesOf).filter((place) => !existsSync(path.join(root, place.replace(/\/\*\.ts$/u, ''))));
    expect(missing).toEqual([]);
  });
});

describe('the files', () => {
  it('no source file has more than 250 lines', () => {
    const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file) && !file.includes(`${path.sep}generated${path.sep}`));
    const lengths = sources.map((file) => ({ file, lines: readFileSync(path.join(root, 'src', file), 'utf8').trimEnd().split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > 250)).toEqual([]);
  });

  it('no file of the repository speaks of the machine it was written on', async () => {
    const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, maxBuffer: 1 << 26 });
    const files = stdout.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)));
    const words = [['', 'work', ''].join('/'), ['..', 'shared'].join('/')];
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => words.some((word) => readFileSync(path.join(root, file), 'utf8').includes(word)))).toEqual([]);
  });
});
