import { Flags } from '@oclif/core';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { showLines } from '../ui/logs-show-text.js';

export default class LogsShow extends LogsCommand {
  static override summary = 'Show a session: answer, votes with reasons, agents, timeline, errors.';
  static override examples = ['<%= config.bin %> logs show', '<%= config.bin %> logs show 101500_123456', '<%= config.bin %> logs show latest --all --json'];
  static override args = { session: sessionArgument };
  static override flags = { turn: turnFlag, all: Flags.boolean({ description: 'All turns of the session', exclusive: ['turn'] }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsShow);
    const session = await this.read(flags['log-dir'], args.session, flags.all ? 'all' : (flags.turn ?? 'newest'));
    await this.printEither(flags.json, session, () => session.turns.flatMap((turn, index) => [...(index === 0 ? [] : ['', '']), ...showLines(session, turn, this.width)]));
  }
}
