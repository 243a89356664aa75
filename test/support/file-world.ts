import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tool, ToolContext, ToolOutcome } from '../../src/orchestrator/tools/contract.js';
import { openFileTools } from '../../src/orchestrator/tools/workspace/files/file-source.js';
import { FILE_LIMITS, type FileLimits } from '../../src/orchestrator/tools/workspace/files/file-space.js';
import { createPathPolicy } from '../../src/orchestrator/tools/workspace/paths/path-policy.js';
import type { Root } from '../../src/orchestrator/tools/workspace/paths/rights.js';

export const SECRET = 'TOP-SECRET';

export const contextOf = (delivering = false): ToolContext => ({ agent: 'a', callId: 'c', signal: new AbortController().signal, delivering, progress: () => undefined, spent: () => undefined });

/** Every file below a folder with its content, and every folder and link. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const at = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, at), entry.isFile() ? readFileSync(at, 'utf8') : entry.isDirectory() ? '(folder)' : '(other)'];
    }),
  );
}

/** A workspace with everything around it that an agent must not get at, and the file tools of that agent. */
export interface FileWorld {
  readonly base: string;
  readonly at: (...names: string[]) => string;
  readonly write: (name: string, content: string) => void;
  readonly call: (tool: string, args: object, delivering?: boolean) => Promise<ToolOutcome>;
  readonly tools: readonly Tool[];
  readonly close: () => void;
}

export interface FileWorldOptions {
  readonly limits?: Partial<FileLimits>;
  readonly readBeforeDelete?: boolean;
}

function layOut(base: string): void {
  const write = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
    writeFileSync(path.join(base, name), content);
  };
  for (const name of ['outside/secret.txt', 'outside/folder/secret.txt', 'workspace-other/secret.txt', 'workspace/.massgen-workspace']) write(name, SECRET);
  for (const name of ['workspace/notes.txt', 'workspace/sub/deep.txt', 'peers/agent2/theirs.txt', 'previous/before.txt']) write(name, `${path.basename(name)}\n`);
  for (const name of ['context/readme.md', 'context/docs/kept.md', 'context/.git/config', 'context/node_modules/x/index.js', 'context/deep/.venv/lib.py', 'reading/book.md', 'single.txt', 'beside.txt']) write(name, `${path.basename(name)}\n`);
  for (const name of ['context/.env', 'context/.massgen/massgen_logs/events.jsonl', 'workspace/.massgen/snapshots/b/secret.txt']) write(name, SECRET);
  const link = (to: string, name: string): void => symlinkSync(to, path.join(base, name));
  link(path.join(base, 'outside/secret.txt'), 'workspace/link.txt');
  link('../outside', 'workspace/linked');
  link('../outside/new.txt', 'workspace/dangling.txt');
  link('linked', 'workspace/link-to-link');
  link('circle-b', 'workspace/circle-a');
  link('circle-a', 'workspace/circle-b');
  link('/', 'workspace/top');
  link('/proc/self/environ', 'workspace/environ');
  link('/dev/zero', 'workspace/zero');
  link('../outside', 'context/linked');
  link('docs', 'context/docs-by-link');
  link('sub/deep.txt', 'workspace/inner-link');
  linkSync(path.join(base, 'outside/secret.txt'), path.join(base, 'workspace/hard.txt'));
  linkSync(path.join(base, 'outside/secret.txt'), path.join(base, 'context/hard.txt'));
}

/** Opens one; its workspace holds links, pipes and second names that lead outside. */
export async function openFileWorld({ limits = {}, readBeforeDelete = true }: FileWorldOptions = {}): Promise<FileWorld> {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-files-')));
  layOut(base);
  if (process.platform !== 'win32') execFileSync('mkfifo', [path.join(base, 'workspace/pipe')]);
  const server = await new Promise<Server>((resolve) => {
    const opened = createServer().listen(path.join(base, 'workspace/socket'), () => resolve(opened));
  });
  const roots: readonly Root[] = [
    { kind: 'workspace', path: `${base}/workspace`, right: 'write' },
    { kind: 'peers', path: `${base}/peers`, right: 'read' },
    { kind: 'previous', path: `${base}/previous`, right: 'read' },
    { kind: 'context', path: `${base}/context`, right: 'deliver', protectedPaths: [`${base}/context/docs`] },
    { kind: 'context', path: `${base}/reading`, right: 'read' },
    { kind: 'context', path: `${base}/single.txt`, right: 'deliver' },
  ];
  const space = { policy: createPathPolicy(roots, `${base}/workspace`), ownLinks: () => 0, known: new Set<string>(), readBeforeDelete, limits: { ...FILE_LIMITS, ...limits } };
  const tools = openFileTools(space, []).tools();
  return {
    base,
    tools,
    at: (...names) => path.join(base, ...names),
    write: (name, content) => writeFileSync(path.join(base, name), content),
    call: async (name, args, delivering = false) => {
      const tool = tools.find((each) => each.name === name);
      if (tool === undefined) throw new Error(`there is no tool ${name}`);
      return await tool.run(args as Readonly<Record<string, unknown>>, contextOf(delivering));
    },
    close: () => {
      server.close();
      if (statSync(base).isDirectory()) rmSync(base, { recursive: true, force: true });
    },
  };
}
