import { Flags } from '@oclif/core';

/** MassGen's flags of the main command that stand for a `config` command here. */
export const configAliasFlags = {
  validate: Flags.string({ description: 'Same as "config validate FILE"', helpValue: 'FILE', helpGroup: 'CONFIGURATION' }),
  strict: Flags.boolean({ description: 'Warnings about the configuration are errors', helpGroup: 'CONFIGURATION' }),
  json: Flags.boolean({ description: 'With --validate or --list-examples: print JSON', helpGroup: 'CONFIGURATION' }),
  'list-examples': Flags.boolean({ description: 'Same as "config examples"', helpGroup: 'CONFIGURATION' }),
  example: Flags.string({ description: 'Same as "config examples NAME"', helpValue: 'NAME', helpGroup: 'CONFIGURATION' }),
  init: Flags.boolean({ description: 'Same as "config init"', helpGroup: 'CONFIGURATION' }),
};

export interface ConfigAliasValues {
  readonly validate?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly 'list-examples'?: boolean | undefined;
  readonly example?: string | undefined;
  readonly init?: boolean | undefined;
}

/** The command that the flags stand for, if they stand for one. */
export function configAlias(flags: ConfigAliasValues): { readonly id: string; readonly argv: readonly string[] } | undefined {
  const json = flags.json === true ? ['--json'] : [];
  if (flags.validate !== undefined) return { id: 'config:validate', argv: [flags.validate, ...(flags.strict === true ? ['--strict'] : []), ...json] };
  if (flags.example !== undefined) return { id: 'config:examples', argv: [flags.example] };
  if (flags['list-examples'] === true) return { id: 'config:examples', argv: json };
  return flags.init === true ? { id: 'config:init', argv: [] } : undefined;
}
