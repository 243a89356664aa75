import { Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';

/** MassGen's flags of the main command that stand for a `config` command here. */
export const configAliasFlags = {
  validate: Flags.string({ description: 'Same as "config validate FILE"', helpValue: 'FILE', helpGroup: 'CONFIGURATION' }),
  strict: Flags.boolean({ description: 'Warnings about the configuration are errors', helpGroup: 'CONFIGURATION' }),
  json: Flags.boolean({ description: 'With --validate, --list-examples or --list-sessions: print JSON', helpGroup: 'CONFIGURATION' }),
  'list-examples': Flags.boolean({ description: 'Same as "config examples"', helpGroup: 'CONFIGURATION' }),
  example: Flags.string({ description: 'Same as "config examples NAME"', helpValue: 'NAME', helpGroup: 'CONFIGURATION' }),
  init: Flags.boolean({ description: 'Same as "config init [FILE]"', helpGroup: 'CONFIGURATION' }),
};

export interface ConfigAliasValues {
  readonly validate?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly 'list-examples'?: boolean | undefined;
  readonly example?: string | undefined;
  readonly init?: boolean | undefined;
}

const commands = ['validate', 'list-examples', 'example', 'init'] as const;

/** The command that the flags stand for, if they stand for one; `argument` is the file that `--init` is to write. Throws `usage-invalid` for several, and for `--json` beside what prints none. */
export function configAlias(flags: ConfigAliasValues, argument?: string): { readonly id: string; readonly argv: readonly string[] } | undefined {
  const given = commands.filter((name) => flags[name] !== undefined && flags[name] !== false).map((name) => `--${name}`);
  if (given.length > 1) throw new MassgenError('usage-invalid', `${given.join(' and ')} are commands of their own; give one at a time`);
  const json = flags.json === true ? ['--json'] : [];
  if (flags.validate !== undefined) return { id: 'config:validate', argv: [...(flags.strict === true ? ['--strict'] : []), ...json, '--', flags.validate] };
  if (flags['list-examples'] === true) return { id: 'config:examples', argv: json };
  if (flags.json === true) throw new MassgenError('usage-invalid', '--json goes with --validate, --list-examples or --list-sessions; for the events of a run write --display json');
  if (flags.example !== undefined) return { id: 'config:examples', argv: ['--', flags.example] };
  return flags.init === true ? { id: 'config:init', argv: argument === undefined ? [] : ['--', argument] } : undefined;
}
