import { Flags } from '@oclif/core';

/** Which conversation a question belongs to. */
export const sessionFlags = {
  continue: Flags.boolean({ description: 'Go on with the newest session: every agent is told what was said in it', helpGroup: 'SESSION', exclusive: ['session-id', 'list-sessions'] }),
  'session-id': Flags.string({ description: 'Go on with this session: the id that a run reported, the name of its log directory or any part that is unique, or its path', helpValue: 'ID', helpGroup: 'SESSION', exclusive: ['list-sessions'] }),
  'list-sessions': Flags.boolean({ description: 'Same as "logs list"', helpGroup: 'SESSION' }),
};

export interface SessionFlagValues {
  readonly continue?: boolean | undefined;
  readonly 'session-id'?: string | undefined;
  readonly 'list-sessions'?: boolean | undefined;
  readonly 'log-dir'?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The session to go on with, if any. */
export const sessionOf = (flags: SessionFlagValues): string | undefined => (flags.continue === true ? 'latest' : flags['session-id']);

/** The command that `--list-sessions` stands for. */
export function sessionAlias(flags: SessionFlagValues): { readonly id: string; readonly argv: readonly string[] } | undefined {
  if (flags['list-sessions'] !== true) return undefined;
  const directory = flags['log-dir'];
  // What the environment says, the command finds itself, and forgives when it is not there yet.
  const given = directory === undefined || directory === process.env['MASSGEN_LOG_DIR'] ? [] : ['--log-dir', directory];
  return { id: 'logs:list', argv: [...given, ...(flags.json === true ? ['--json'] : [])] };
}
