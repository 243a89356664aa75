import { Flags } from '@oclif/core';
import type { RunEvent, SessionReport } from '../../orchestrator/index.js';
import { chooseDisplay } from '../base/choose-display.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { openTurn } from '../base/logs-events.js';
import { showAgain } from '../base/logs-show-again.js';
import { showLines } from '../ui/logs-show-text.js';

/** The events, and then nothing until whoever watches leaves. */
async function* staying(events: AsyncGenerator<RunEvent, void, undefined>): AsyncGenerator<RunEvent, void, undefined> {
  yield* events;
  await new Promise(() => undefined);
}

interface Wish {
  readonly display: 'auto' | 'live' | 'plain';
  readonly json: boolean;
  readonly all: boolean;
}

/** A view needs somebody with keys, one turn, and events to fold. */
function isViewed({ display, json, all }: Wish, { turns: [turn] }: SessionReport): boolean {
  if (display === 'plain' || json || all || turn?.source !== 'events') return false;
  if (display === 'live') return chooseDisplay('live', { accessible: false }) === 'live';
  return process.stdin.isTTY && process.stdout.isTTY && chooseDisplay('auto', { accessible: false }) === 'live';
}

export default class LogsShow extends LogsCommand {
  static override summary = 'Show a session: answer, votes with reasons, agents, timeline, errors.';
  static override description = 'On a terminal in the view of the live run, whose keys look at agents, votes, answers and cost until q; elsewhere, with --json, --all or --display plain as text.';
  static override examples = ['<%= config.bin %> logs show', '<%= config.bin %> logs show 101500_123456 --display plain', '<%= config.bin %> logs show latest --all --json'];
  static override args = { session: sessionArgument };
  static override flags = {
    turn: turnFlag,
    all: Flags.boolean({ description: 'All turns of the session', exclusive: ['turn'] }),
    display: Flags.option({ options: ['auto', 'live', 'plain'] as const, default: 'auto' as const })({ description: 'How to show it: auto is live on a terminal, else plain' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsShow);
    const session = await this.read(flags['log-dir'], args.session, flags.all ? 'all' : (flags.turn ?? 'newest'));
    if (isViewed(flags, session)) await this.view(session);
    else await this.printEither(flags.json, session, () => session.turns.flatMap((turn, index) => [...(index === 0 ? [] : ['', '']), ...showLines(session, turn, this.width)]));
  }

  private async view({ directory, turns: [shown] }: SessionReport): Promise<void> {
    const { replayEvents } = await import('../../orchestrator/session/read/replay-events.js');
    const turn = await openTurn(await this.find(undefined, directory), shown?.turn);
    const events = replayEvents(turn.batches, { speed: 0 });
    await this.print((screen) => showAgain(turn, process.stdin.isTTY ? staying(events) : events, 'live', screen));
  }
}
