import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base/base-command.js';
import { print } from '../base/config-output.js';

export default class ConfigExamples extends BaseCommand {
  static override summary = 'List the example configurations, or print one.';
  static override description = 'In a name "_", "-" and "/" mean the same, and its last part is enough where only one example ends like that. With --json the list is [{name, summary, file}].';
  static override examples = ['<%= config.bin %> config examples', '<%= config.bin %> config examples basic_multi > team.yaml'];
  static override args = { name: Args.string({ description: 'Name of an example', ignoreStdin: true }) };
  static override flags = { json: Flags.boolean({ description: 'Print the list as JSON' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigExamples);
    const { allExamples, exampleText } = await import('../../compose/config-examples.js');
    if (args.name !== undefined) {
      await print(await exampleText(args.name));
      return;
    }
    const examples = await allExamples();
    const width = Math.max(0, ...examples.map(({ name }) => name.length));
    await print(flags.json ? JSON.stringify(examples, null, 2) : examples.map(({ name, summary }) => `@examples/${name.padEnd(width)}  ${summary}`).join('\n'));
  }
}
