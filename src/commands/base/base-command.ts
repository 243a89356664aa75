import { Command, Errors, Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import { safeText } from '../ui/safe-text.js';
import { usageLine } from './usage-line.js';

const GONE = new MassgenError('usage-invalid', 'the current folder is gone; change to one that exists');

/** Whoever removed the folder, it is no fault of ours. */
const meant = (thrown: Error): Error => ('syscall' in thrown && thrown.syscall === 'uv_cwd' ? GONE : thrown);

/** What all commands share: one line for an error, its exit code from the table, a stack only with --debug. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    debug: Flags.boolean({ description: 'Show stack traces of errors', env: 'MASSGEN_DEBUG', helpGroup: 'GLOBAL' }),
    help: Flags.help({ char: 'h', description: 'Show this help', helpGroup: 'GLOBAL' }),
  };

  protected override async init(): Promise<void> {
    await super.init();
    process.on('uncaughtException', (thrown) => {
      void this.catch(thrown).finally(() => {
        // eslint-disable-next-line no-restricted-properties -- what state the process is in, nobody knows
        process.exit();
      });
    });
  }

  protected override async catch(thrown: Error & { exitCode?: number }): Promise<void> {
    const error = meant(thrown);
    if (error instanceof Errors.ExitError) throw error;
    const isOurs = error instanceof MassgenError;
    const isUsage = !isOurs && (error instanceof Errors.CLIError || 'parse' in error);
    process.exitCode = isOurs ? error.exitCode : isUsage ? 1 : 2;
    const flags = { ...this.ctor.baseFlags, ...this.ctor.flags };
    const message = isOurs ? error.message : isUsage ? await usageLine(error, this.ctor.id, Object.keys(flags)) : `unexpected error: ${error.message}; run again with --debug and report it`;
    this.logToStderr(safeText(`massgen: ${message}`));
    const wantsStack = this.argv.includes('--debug') || (process.env['MASSGEN_DEBUG'] ?? '') !== '';
    if (wantsStack && thrown.stack !== undefined) this.logToStderr(safeText(thrown.stack));
  }
}
