import { Flags } from '@oclif/core';
import { BaseCommand } from '../base/base-command.js';
import { print } from '../base/config-output.js';

export default class ConfigSchema extends BaseCommand {
  static override summary = 'Print the JSON Schema of configurations, for editors.';
  static override examples = ['<%= config.bin %> config schema > massgen.schema.json', '<%= config.bin %> config schema --path'];
  static override flags = { path: Flags.boolean({ description: 'Print where the schema is instead' }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigSchema);
    const { schemaFile, schemaText } = await import('../../compose/config-examples.js');
    await print(flags.path ? schemaFile() : await schemaText());
  }
}
