import { mkdirSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { AgentId, RunEvent } from '../../protocol.js';
import { makeFolders } from '../../session/make-folders.js';
import type { ToolSource } from '../contract.js';
import { notesSource } from '../notes-source.js';
import type { RunNotice } from '../run-tools.js';
import { openFileTools } from './files/file-source.js';
import { FILE_LIMITS, type FileSpace } from './files/file-space.js';
import { emptyFolder } from './files/remove-tree.js';
import { createPathPolicy } from './paths/path-policy.js';
import type { Root } from './paths/rights.js';
import { changesBetween, fileTimes, type FileTimes } from './shared/changes.js';
import { copyTree } from './copies/copy-tree.js';
import { workspaceNotes } from './shared/notes.js';
import { claimFolder, MARK, releaseFolder, type OwnFolder } from './shared/own-folder.js';
import { Snapshots, type Snapshot } from './shared/snapshots.js';
import { unshare } from './shared/unshare.js';
import { Views } from './shared/views.js';
import { keepDeliverable, makeTiers } from './shared/tiers.js';
import { storePath, workspacePath } from './shared/workspace-path.js';
import type { WorkspaceAgent, WorkspacesDeps, WorkspacesSettings } from './workspaces-settings.js';
import { dropFolder } from './shared/drop-folder.js';

/** The agents' folders in one run. */
export interface Workspaces {
  readonly infoOf: (agent: AgentId) => { readonly workspace: string; readonly peers: string } | undefined;
  /** What the agent may use, for those who shut its programs in. */
  readonly rootsOf: (agent: AgentId) => readonly Root[];
  /** Its file tools. Never rejects. */
  readonly sourceFor: (agent: AgentId) => Promise<ToolSource>;
  /** See `RunTools.settle`. */
  readonly settle: (batch: readonly RunEvent[]) => Promise<readonly RunNotice[]>;
  readonly close: () => Promise<void>;
}

interface Member extends WorkspaceAgent {
  readonly own: OwnFolder;
  readonly peers: string;
}

const reasonOf = (error: unknown): string => (error as Partial<Error> | null)?.message ?? String(error);
const WHY_LEFT = 'too many, too large, not readable, or with names elsewhere';
const warning = (message: string): RunNotice => ({ level: 'warning', message });

class RunWorkspaces implements Workspaces {
  private readonly deps: WorkspacesDeps;
  private readonly members = new Map<AgentId, Member>();
  private readonly byLink: boolean;
  private readonly hasTiers: boolean;
  private readonly snapshots: Snapshots;
  private readonly views: Views;
  private previous: Promise<string | undefined> | undefined;
  private attempt = 1;
  private winner: { readonly agent: AgentId; readonly rev: number } | undefined;
  private readonly presented = new Set<AgentId>();
  private readonly before = new Map<AgentId, FileTimes>();
  private readonly closing = new AbortController();
  private settling: Promise<unknown> = Promise.resolve();

  constructor({ agents, folders }: WorkspacesSettings, deps: WorkspacesDeps) {
    this.deps = deps;
    this.hasTiers = folders.tiers === true;
    const run = deps.suffix();
    // A program may write into a file as it is, and would write into every other name of it.
    this.byLink = agents.every(({ hasPrograms }) => !hasPrograms);
    const names = new Map(agents.map(({ id, anonymous }) => [id, anonymous]));
    const shared = { byLink: this.byLink, signal: this.closing.signal };
    this.snapshots = new Snapshots({ folder: path.join(storePath(deps.base, folders.snapshots), run), ...shared });
    this.views = new Views({ folder: path.join(storePath(deps.base, folders.views), run), ...shared, nameOf: (agent) => names.get(agent) ?? 'agent' });
    for (const agent of agents) {
      const suffix = deps.suffix();
      const own = claimFolder(workspacePath(agent.files.cwd, deps.base, suffix), suffix);
      if (this.hasTiers) makeTiers(own.path);
      const peers = this.views.folderOf(agent.id);
      makeFolders(path.dirname(peers));
      mkdirSync(peers, { recursive: true });
      this.members.set(agent.id, { ...agent, own, peers: realpathSync(peers) });
    }
  }

  infoOf(agent: AgentId): ReturnType<Workspaces['infoOf']> {
    const member = this.members.get(agent);
    return member === undefined ? undefined : { workspace: member.own.path, peers: member.peers };
  }

  rootsOf(agent: AgentId): readonly Root[] {
    const member = this.members.get(agent);
    if (member === undefined) return [];
    const results = this.resultsRoot(agent);
    return [
      { kind: 'workspace', path: member.own.path, right: 'write' },
      { kind: 'peers', path: member.peers, right: 'read' },
      ...(this.deps.previous === undefined ? [] : [{ kind: 'previous', path: this.previousPath(), right: 'read' } as const]),
      ...(results === undefined ? [] : [results]),
      ...member.context,
    ];
  }

  /** The folder is made with the first long result; what is above it is there. */
  private resultsRoot(agent: AgentId): Root | undefined {
    const { log, resultsOf } = this.deps;
    const folder = log === null ? null : (resultsOf?.(agent) ?? null);
    if (log === null || folder === null) return undefined;
    return { kind: 'results', path: path.join(realpathSync(log.directory), path.relative(log.directory, folder)), writtenAs: folder, right: 'read' };
  }

  private previousPath(): string {
    return path.join(path.dirname([...this.members.values()][0]?.peers ?? ''), 'previous_turn');
  }

  async sourceFor(agent: AgentId): Promise<ToolSource> {
    const member = this.members.get(agent);
    if (member === undefined) return notesSource();
    if (this.deps.previous !== undefined) await (this.previous ??= this.views.place(this.deps.previous, 'previous_turn').catch(() => undefined));
    const roots = this.rootsOf(agent);
    const space: FileSpace = { policy: createPathPolicy(roots, member.own.path), ownLinks: this.snapshots.ownLinks, known: new Set(), readBeforeDelete: member.files.readBeforeDelete, limits: FILE_LIMITS };
    const notes = workspaceNotes(roots, { hasPeers: this.members.size > 1, hasTiers: this.hasTiers });
    return openFileTools(space, notes, { writersOnly: member.files.writersOnly });
  }

  settle(batch: readonly RunEvent[]): Promise<readonly RunNotice[]> {
    const settled = this.settleAll(batch);
    this.settling = settled;
    return settled;
  }

  private async settleAll(batch: readonly RunEvent[]): Promise<readonly RunNotice[]> {
    const notices: RunNotice[] = [];
    for (const event of batch) {
      try {
        notices.push(...(await this.settleOne(event)));
      } catch (error) {
        notices.push(warning(`the agents' files could not be passed on: ${reasonOf(error)}`));
      }
    }
    return notices;
  }

  private async settleOne(event: RunEvent): Promise<readonly RunNotice[]> {
    switch (event.type) {
      case 'answer-accept':
        return await this.keepAnswer(event);
      case 'call-start':
        if (this.members.has(event.agent)) await this.views.show(event.agent, event.seen, this.snapshots);
        return [];
      case 'turn-start':
        if (event.kind === 'present' || event.kind === 'solo') await this.beginDelivery(event.agent);
        return [];
      case 'winner-select':
        this.winner = { agent: event.agent, rev: event.rev };
        return [];
      case 'attempt-start':
        return await this.startAgain(event.attempt);
      case 'answer-final':
        return await this.deliver(event.agent, event.source === 'winner');
      default:
        return [];
    }
  }

  private async keepAnswer({ agent, rev, at, seq }: Extract<RunEvent, { type: 'answer-accept' }>): Promise<readonly RunNotice[]> {
    const member = this.members.get(agent);
    if (member === undefined) return [];
    const { files, left } = await this.snapshots.take(agent, member.anonymous, rev, member.own.path);
    const source = this.snapshots.at(agent, rev);
    const folder = this.deps.log?.answerFolder?.(agent, at, seq, this.attempt);
    if (files > 0 && source !== undefined && folder !== undefined) await source.log(path.join(folder, 'workspace'));
    return left === 0 ? [] : [warning(`${left} ${left === 1 ? 'file' : 'files'} of ${agent} stayed behind when its work was shown to the others: ${WHY_LEFT}`)];
  }

  private async beginDelivery(agent: AgentId): Promise<void> {
    this.presented.add(agent);
    const writable = this.members.get(agent)?.context.filter(({ right }) => right === 'deliver') ?? [];
    if (writable.length > 0 && !this.before.has(agent)) this.before.set(agent, await fileTimes(writable.map((root) => root.path)));
  }

  private async startAgain(attempt: number): Promise<readonly RunNotice[]> {
    this.attempt = attempt;
    this.winner = undefined;
    this.presented.clear();
    this.snapshots.forget();
    await this.views.clear();
    for (const { own } of this.members.values()) {
      if (own.isOurs) await emptyFolder(own.path, [MARK]);
      if (this.hasTiers) makeTiers(own.path);
    }
    return [];
  }

  private async deliver(agent: AgentId, isWinnersWord: boolean): Promise<readonly RunNotice[]> {
    const member = this.members.get(agent);
    if (member === undefined) return [];
    const answered = isWinnersWord && this.winner?.agent === agent && !this.presented.has(agent) ? this.snapshots.at(agent, this.winner.rev) : undefined;
    const notices: RunNotice[] = [];
    const before = this.before.get(agent);
    const changes = before === undefined ? undefined : changesBetween(before, await fileTimes(member.context.filter(({ right }) => right === 'deliver').map((root) => root.path)));
    if (changes !== undefined) notices.push({ level: 'info', message: `files of yours: ${changes}` });
    return [...notices, ...(await this.handOver(member, answered))];
  }

  /** Copies what an agent delivers, as it was with its answer or as it is now, to where the user finds it. */
  private async handOver({ id, own }: Member, answered: Snapshot | undefined): Promise<readonly RunNotice[]> {
    if (answered === undefined && (await readdir(own.path)).every((name) => name === MARK)) return [];
    if (this.deps.log === null) return [{ level: 'info', message: `the files of ${id} are in ${own.path}` }];
    const target = path.join(this.deps.log.directory, 'final', this.deps.log.folderOf(id), 'workspace');
    const left = await (answered === undefined ? copyTree(own.path, target, { isForeign: this.snapshots.isForeign, signal: this.closing.signal }).then((copied) => copied.left) : answered.deliver(target).then(() => 0));
    const behind = left === 0 ? [] : [warning(`${left} ${left === 1 ? 'file' : 'files'} of ${id} stayed behind in ${own.path}: ${WHY_LEFT}`)];
    const kept = this.hasTiers ? await keepDeliverable(target) : 'all';
    if (kept === 'drafts') return [...behind, warning(`${id} has left nothing in deliverable; its drafts are in ${own.path}`)];
    return kept === 'nothing' ? behind : [...behind, { level: 'info', message: `the files of ${id} are in ${target}` }];
  }

  async close(): Promise<void> {
    this.closing.abort(new Error('the run is over'));
    await this.settling;
    await Promise.allSettled([this.views.close(), this.snapshots.close()]);
    for (const { own } of this.members.values()) {
      releaseFolder(own);
      if (!own.isOurs) continue;
      if (!this.deps.keep && this.deps.log !== null) await dropFolder(own.path).catch(() => undefined);
      else if (this.byLink) await unshare(own.path).catch(() => undefined);
    }
  }
}

/** Makes the agents' folders for one run. Throws `config-invalid` for one that cannot be made. */
export const createWorkspaces = (settings: WorkspacesSettings, deps: WorkspacesDeps): Workspaces => new RunWorkspaces(settings, deps);
