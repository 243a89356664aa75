import { Command, Errors, Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';

/** Parts of oclif's parse errors that the user should see on one line. */
const firstLine = (message: string): string => message.split('\n').filter(Boolean).join(' ').replace(/\s+/gu, ' ').replace(/ See more help with --help$/u, '; see massgen --help');

/** What all commands share: one line for an error, its exit code from the table, a stack only with --debug. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    debug: Flags.boolean({ description: 'Show stack traces of errors', env: 'MASSGEN_DEBUG', helpGroup: 'GLOBAL' }),
  };

  protected override catch(error: Error & { exitCode?: number }): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    const isOurs = error instanceof MassgenError;
    const isUsage = !isOurs && (error instanceof Errors.CLIError || 'parse' in error);
    process.exitCode = isOurs ? error.exitCode : isUsage ? 1 : 2;
    const message = isOurs ? error.message : isUsage ? firstLine(error.message) : `unexpected error: ${error.message}; run again with --debug and report it`;
    this.logToStderr(`massgen: ${message}`);
    if (this.argv.includes('--debug') && error.stack !== undefined) this.logToStderr(error.stack);
    return Promise.resolve();
  }
}
