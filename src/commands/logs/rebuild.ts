import { LogsCommand, sessionArgument } from '../base/logs-command.js';
import { plural } from '../ui/logs-format.js';

export default class LogsRebuild extends LogsCommand {
  static override summary = 'Write the files beside events.jsonl anew from the events.';
  static override description = 'Repairs a session whose process died or whose files were changed: all of them but events.jsonl follow from it. Files that do not, such as a report, stay as they are.';
  static override examples = ['<%= config.bin %> logs rebuild latest', '<%= config.bin %> logs rebuild ./backup/log_20260130_101500_123456/turn_2'];
  static override args = { session: sessionArgument };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsRebuild);
    const { id, directory, turn } = await this.find(flags['log-dir'], args.session);
    const [{ rebuildSession }, { turnDirectory }] = await Promise.all([import('../../orchestrator/session/rebuild.js'), import('../../orchestrator/session/read/turn-places.js')]);
    const turns = await rebuildSession(turn === undefined ? directory : turnDirectory(directory, turn));
    await this.printEither(flags.json, { id, directory, turns }, () => turns.flatMap((each) => [`turn ${String(each.turn)}: ${plural(each.files.length, 'file')} written in ${each.directory}`, ...each.files.map((file) => `  ${file}`)]));
    for (const { turn: number, problems } of turns) for (const message of problems) this.remark(`turn ${String(number)}: ${message}`);
  }
}
