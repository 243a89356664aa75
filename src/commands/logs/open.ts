import { openFolder } from '../base/logs-open-folder.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { safeText } from '../ui/safe-text.js';

export default class LogsOpen extends LogsCommand {
  static override summary = 'Open the directory of a session in the file manager, and print its path.';
  static override examples = ['<%= config.bin %> logs open', '<%= config.bin %> logs open 101500_123456'];
  static override args = { session: sessionArgument };
  static override flags = { turn: turnFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsOpen);
    const place = await this.find(flags['log-dir'], args.session);
    const { chooseTurns } = await import('../../orchestrator/session/read/read-session.js');
    const directory = flags.turn === undefined ? place.directory : (chooseTurns(place, flags.turn)[0]?.directory ?? place.directory);
    const trouble = await openFolder(directory);
    await this.printEither(flags.json, { id: place.id, directory, opened: trouble === undefined }, () => [process.stdout.isTTY ? safeText(directory) : directory]);
    if (trouble === undefined) return;
    this.remark(trouble);
    process.exitCode = 1;
  }
}
