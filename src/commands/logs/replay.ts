import { Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import { chooseDisplay } from '../base/choose-display.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { openTurn } from '../base/logs-events.js';
import { showAgain } from '../base/logs-show-again.js';

const FASTEST = 1e6;

function positive(flag: string, text: string, least: number): number {
  const value = Number(text.replace(/x$/u, ''));
  if (text.trim() !== '' && value >= least && value <= FASTEST) return value;
  throw new MassgenError('usage-invalid', `--${flag} is a number from ${String(least)}, not "${text}"`);
}

export default class LogsReplay extends LogsCommand {
  static override summary = 'Show a run again, as it was seen and at its pace.';
  static override examples = ['<%= config.bin %> logs replay', '<%= config.bin %> logs replay latest --speed 4', '<%= config.bin %> logs replay latest --speed 0'];
  static override args = { session: sessionArgument };
  static override flags = {
    turn: turnFlag,
    speed: Flags.string({ description: 'How many times faster than it was; 0 shows everything at once', default: '1', helpValue: 'N' }),
    'max-pause': Flags.string({ description: 'No pause is longer than this many seconds', helpValue: 'SECONDS' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsReplay);
    const speed = positive('speed', flags.speed, 0);
    const pause = flags['max-pause'] === undefined ? {} : { longestPauseMs: positive('max-pause', flags['max-pause'], 0) * 1000 };
    const { replayEvents } = await import('../../orchestrator/session/read/replay-events.js');
    await this.print(async (screen) => {
      const turn = await openTurn(await this.find(flags['log-dir'], args.session), flags.turn);
      const left = new AbortController();
      const leave = (): void => {
        left.abort();
      };
      await showAgain(turn, replayEvents(turn.batches, { speed, ...pause, until: () => left.signal.aborted || screen.isGone(), signal: left.signal }), flags.json ? 'json' : chooseDisplay('auto', { accessible: false }), screen, leave);
    });
  }
}
