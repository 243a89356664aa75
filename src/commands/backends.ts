import { Flags } from '@oclif/core';
import { BaseCommand } from './base/base-command.js';
import { print } from './base/config-output.js';

export default class Backends extends BaseCommand {
  static override summary = 'List the backends: their keys, default models and tools of their own.';
  static override description = 'OWN TOOLS are what runs at the vendor; each is turned on by enable_NAME in the backend block. With --json the list is [{type, aliases, name, key, key_variables, base_url, default_model, models, tools, local}].';
  static override examples = ['<%= config.bin %> backends', '<%= config.bin %> backends --json'];
  static override flags = { json: Flags.boolean({ description: 'Print the list as JSON' }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Backends);
    const { showBackends } = await import('../compose/show-backends.js');
    const backends = await showBackends(process.env);
    if (flags.json) return print(JSON.stringify(backends, null, 2));
    const { backendLines } = await import('./ui/backend-lines.js');
    return print(backendLines(backends).join('\n'));
  }
}
