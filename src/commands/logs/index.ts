import { Args } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import LogsList from './list.js';

const COMMANDS = ['list', 'show', 'answer', 'events', 'follow', 'replay', 'summary', 'tools', 'open', 'export', 'diff', 'rebuild', 'prune', 'analyze'];

export default class Logs extends LogsList {
  static override summary = 'Find, read, replay and export what was run. Without a command: the list.';
  static override examples = ['<%= config.bin %> logs', '<%= config.bin %> logs show', '<%= config.bin %> logs follow', '<%= config.bin %> logs export latest --format html > run.html'];
  // A word that is no command would otherwise be refused with little said.
  static override args = { command: Args.string({ hidden: true, ignoreStdin: true }) };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    if (args.command !== undefined) await this.refuse(args.command);
    await this.list(flags);
  }

  private async refuse(word: string): Promise<never> {
    const { didYouMean } = await import('../../orchestrator/config/nearest.js');
    const hint = /^(?:log_)?\d/u.test(word) || word === 'latest' ? `to show that session: massgen logs show ${word}` : (didYouMean(word, COMMANDS) ?? 'see massgen logs --help');
    throw new MassgenError('usage-invalid', `there is no command "logs ${word}"; ${hint}`);
  }
}
