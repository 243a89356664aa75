import { Flags } from '@oclif/core';
import type { RunEvent } from '../../orchestrator/index.js';
import { openTurn, type TurnEvents } from '../base/logs-events.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import type { ProcessScreen } from '../base/screen.js';
import { logsJson } from '../ui/logs-json.js';

export default class LogsEvents extends LogsCommand {
  static override summary = 'Print the events of a turn as JSON lines.';
  static override examples = ['<%= config.bin %> logs events latest --type vote-cast', '<%= config.bin %> logs events --follow | jq .type'];
  static override args = { session: sessionArgument };
  static override flags = {
    turn: turnFlag,
    follow: Flags.boolean({ char: 'f', description: 'Go on with new events until the run ends' }),
    type: Flags.string({ description: 'Only events of this type; several with commas', multiple: true, delimiter: ',' }),
    agent: Flags.string({ description: 'Only events of this agent', helpValue: 'ID' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsEvents);
    const { type: types, agent } = flags;
    const wanted = (event: RunEvent): boolean => (types === undefined || types.includes(event.type)) && (agent === undefined || ('agent' in event && event.agent === agent));
    const left = new AbortController();
    const turn = await openTurn(await this.find(flags['log-dir'], args.session), flags.turn, flags.follow ? { signal: left.signal } : undefined);
    await this.print(
      (screen) => this.write(turn, wanted, screen),
      () => {
        left.abort();
      },
    );
    for (const { message } of turn.problems()) this.remark(message);
  }

  private async write({ batches }: TurnEvents, wanted: (event: RunEvent) => boolean, screen: ProcessScreen): Promise<void> {
    for await (const events of batches) {
      const text = events.filter(wanted).map((event) => `${logsJson(event, 0)}\n`).join('');
      if (text !== '') await screen.out(text);
      if (screen.isGone()) return;
    }
  }
}
