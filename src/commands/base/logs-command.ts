import { Args, Flags } from '@oclif/core';
import type { SessionReport } from '../../orchestrator/index.js';
import type { FoundPlace } from '../../orchestrator/session/read/find-session.js';
import type { TurnChoice } from '../../orchestrator/session/read/read-session.js';
import { safeText } from '../ui/safe-text.js';
import { logsJson } from '../ui/logs-json.js';
import { BaseCommand } from './base-command.js';
import { processScreen, type ProcessScreen } from './screen.js';
import { systemReason } from './system-reason.js';

export const sessionArgument = Args.string({ description: 'latest, a name or any part of one that is unique, or a path', default: 'latest', ignoreStdin: true });

export const turnFlag = Flags.integer({ description: 'Turn of the session (default: the newest)', min: 1, helpValue: 'N' });

const NARROW = 80;
/** For a pipe or a file, where nothing says how wide it is. */
const WIDE = 160;

/** What all of `massgen logs` shares: where sessions are, how one is named, JSON or text on stdout. */
export abstract class LogsCommand extends BaseCommand {
  static override baseFlags = {
    ...BaseCommand.baseFlags,
    'log-dir': Flags.string({ description: 'Directory of the sessions (default .massgen/massgen_logs; environment: MASSGEN_LOG_DIR)', helpValue: 'DIR', helpGroup: 'GLOBAL' }),
    json: Flags.boolean({ description: 'Print JSON, as docs/logs.md describes it', helpGroup: 'GLOBAL' }),
  };

  /** Lets `work` print, and waits until all is written. A reader that leaves early is no error. */
  protected async print(work: (screen: ProcessScreen) => Promise<void>, onGone: () => void = () => undefined): Promise<void> {
    const screen = await processScreen(onGone);
    await work(screen);
    const lost = await screen.flush();
    if (lost === undefined) return;
    screen.progress(`massgen: cannot write to standard output: ${systemReason(lost)}\n`);
    process.exitCode = 2;
  }

  /** Lines for people, or the same as JSON. */
  protected async printEither(json: boolean, value: unknown, lines: () => readonly string[]): Promise<void> {
    await this.print(async (screen) => {
      await screen.out(json ? `${logsJson(value)}\n` : lines().map((line) => `${line}\n`).join(''));
    });
  }

  protected async find(logDirectory: string | undefined, wanted: string): Promise<FoundPlace> {
    const [{ findLogRoot }, { findSession }] = await Promise.all([import('../../orchestrator/session/read/log-root.js'), import('../../orchestrator/session/read/find-session.js')]);
    return findSession(await findLogRoot(logDirectory), wanted);
  }

  protected async read(logDirectory: string | undefined, wanted: string, choice: TurnChoice = 'newest'): Promise<SessionReport> {
    const { readSession } = await import('../../orchestrator/session/read/read-session.js');
    return readSession(await this.find(logDirectory, wanted), choice);
  }

  /** Something about what was read, on stderr. */
  protected remark(text: string): void {
    this.logToStderr(safeText(`massgen: ${text}`));
  }

  protected get width(): number {
    return process.stdout.isTTY ? Math.max(NARROW, process.stdout.columns) : WIDE;
  }
}
