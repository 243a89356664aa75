import { Flags } from '@oclif/core';
import type { RunEvent } from '../../orchestrator/index.js';
import { openTurn } from '../base/logs-events.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
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
    let shown = 0;
    const have = new Set<string>();
    await this.print(
      async (screen) => {
        for await (const events of turn.batches) {
          for (const event of events) have.add(event.type).add('agent' in event ? event.agent : event.type);
          const chosen = events.filter(wanted);
          shown += chosen.length;
          if (chosen.length > 0) await screen.out(chosen.map((event) => `${logsJson(event, 0)}\n`).join(''));
          if (screen.isGone()) return;
        }
      },
      () => {
        left.abort();
      },
    );
    if (shown === 0) await this.sayNothingMatches([...(types ?? []), ...(agent === undefined ? [] : [agent])], have);
    for (const { message } of turn.problems()) this.remark(message);
  }

  /** Names that no event has are likely to be misspelt. */
  private async sayNothingMatches(asked: readonly string[], have: ReadonlySet<string>): Promise<void> {
    if (asked.length === 0) return;
    const { nearest } = await import('../../orchestrator/config/nearest.js');
    const unknown = asked.filter((name) => !have.has(name)).map((name) => {
      const [guess] = nearest(name, [...have]);
      return `"${name}"${guess === undefined ? '' : ` (did you mean ${guess}?)`}`;
    });
    this.remark(`no event of this turn matches${unknown.length === 0 ? '' : `; there is no ${unknown.join(', ')} in it`}`);
  }
}
