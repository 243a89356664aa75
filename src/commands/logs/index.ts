import { Args } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import { browseSessions, canBrowse, commandOf } from '../base/browse-sessions.js';
import LogsList from './list.js';

const COMMANDS = ['list', 'show', 'answer', 'events', 'follow', 'replay', 'summary', 'tools', 'open', 'export', 'diff', 'rebuild', 'prune', 'analyze'];

export default class Logs extends LogsList {
  static override summary = 'Find, read, replay and export what was run. Without a command: the list, on a terminal to choose from.';
  static override examples = ['<%= config.bin %> logs', '<%= config.bin %> logs show', '<%= config.bin %> logs follow', '<%= config.bin %> logs export latest --format html > run.html'];
  // A word that is no command would otherwise be refused with little said.
  static override args = { command: Args.string({ hidden: true, ignoreStdin: true }) };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    if (args.command !== undefined) await this.refuse(args.command);
    if (!this.isNarrowed() && canBrowse() && (await this.browse(flags['log-dir']))) return;
    await this.list(flags);
  }

  /** Whoever says which sessions, how many or in what form wants them printed. */
  private isNarrowed(): boolean {
    return this.argv.some((given, place) => !/^--log-dir(?:=|$)/u.test(given) && this.argv[place - 1] !== '--log-dir');
  }

  /** False when there is nothing to browse. */
  private async browse(logDirectory: string | undefined): Promise<boolean> {
    const [{ findLogRoot }, { listSessions }] = await Promise.all([import('../../orchestrator/session/read/log-root.js'), import('../../orchestrator/session/read/list-sessions.js')]);
    const root = await findLogRoot(logDirectory);
    const choice = await browseSessions(listSessions(root, {}));
    const chosen = choice === undefined ? undefined : commandOf(choice);
    if (chosen !== undefined) await this.config.runCommand(chosen.id, [...chosen.argv, '--log-dir', root]);
    return choice !== undefined;
  }

  private async refuse(word: string): Promise<never> {
    const { didYouMean } = await import('../../orchestrator/config/nearest.js');
    const hint = /^(?:log_)?\d/u.test(word) || word === 'latest' ? `to show that session: massgen logs show ${word}` : (didYouMean(word, COMMANDS) ?? 'see massgen logs --help');
    throw new MassgenError('usage-invalid', `there is no command "logs ${word}"; ${hint}`);
  }
}
