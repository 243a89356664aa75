import { Flags } from '@oclif/core';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { sortTools, toolsTable } from '../ui/logs-summary-text.js';

export default class LogsTools extends LogsCommand {
  static override summary = 'What tools the agents of a session used, how often and how long.';
  static override examples = ['<%= config.bin %> logs tools', '<%= config.bin %> logs tools latest --json'];
  static override args = { session: sessionArgument };
  static override flags = { turn: turnFlag, sort: Flags.option({ options: ['time', 'calls'] as const, default: 'time' as const })({ description: 'What the first has most of' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsTools);
    const { id, turns } = await this.read(flags['log-dir'], args.session, flags.turn ?? 'newest');
    const [turn] = turns;
    if (turn === undefined) return;
    const tools = sortTools(turn.tools, flags.sort);
    await this.printEither(flags.json, { id, turn: turn.turn, tools }, () => (tools.length === 0 ? ['no tools were used'] : toolsTable(tools)));
  }
}
