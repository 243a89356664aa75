import { Flags } from '@oclif/core';
import { BaseCommand } from './base/base-command.js';
import { print } from './base/config-output.js';

export default class Models extends BaseCommand {
  static override summary = 'List models to choose from.';
  static override description = 'They come from a table; any other name that a provider knows is as good. Azure is asked for its deployments and a server on this machine for its models; --live asks any other provider. Prices are those of the built-in price list. With --json the list is [{backend, model, default, price}].';
  static override examples = ['<%= config.bin %> models', '<%= config.bin %> models --backend azure_openai', '<%= config.bin %> models --backend groq --live'];
  static override flags = {
    backend: Flags.string({ char: 'b', description: 'Only the models of this backend' }),
    'base-url': Flags.string({ description: 'Ask at this address' }),
    live: Flags.boolean({ description: 'Ask the provider' }),
    json: Flags.boolean({ description: 'Print the list as JSON' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Models);
    const { showModels } = await import('../compose/show-backends.js');
    const { backend, 'base-url': baseUrl, live } = flags;
    const models = await showModels({ live, ...(backend === undefined ? {} : { backend }), ...(baseUrl === undefined ? {} : { baseUrl }) }, process.env);
    if (flags.json) return print(JSON.stringify(models, null, 2));
    const { modelLines } = await import('./ui/backend-lines.js');
    return print(models.length === 0 ? `no models are known of ${backend ?? 'anybody'}` : modelLines(models).join('\n'));
  }
}
