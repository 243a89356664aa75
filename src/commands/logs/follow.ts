import { chooseDisplay } from '../base/choose-display.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { openTurn } from '../base/logs-events.js';
import { showAgain } from '../base/logs-show-again.js';

export default class LogsFollow extends LogsCommand {
  static override summary = 'Watch a run that another process makes, from its beginning on, until it ends.';
  static override examples = ['<%= config.bin %> logs follow', '<%= config.bin %> logs follow latest --json'];
  static override args = { session: sessionArgument };
  static override flags = { turn: turnFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsFollow);
    const { replayEvents } = await import('../../orchestrator/session/read/replay-events.js');
    const left = new AbortController();
    const turn = await openTurn(await this.find(flags['log-dir'], args.session), flags.turn, { signal: left.signal });
    const leave = (): void => {
      left.abort();
    };
    await this.print(
      (screen) => showAgain(turn, replayEvents(turn.batches, { speed: 0 }), flags.json ? 'json' : chooseDisplay('auto', { accessible: false }), screen, leave),
      leave,
    );
  }
}
