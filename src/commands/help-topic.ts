import { Args } from '@oclif/core';
import { MassgenError } from '../errors.js';
import { BaseCommand } from './base/base-command.js';
import { print } from './base/config-output.js';
import { HELP_TOPICS, topicLines } from './ui/help-topics.js';

const WIDEST = 100;

/** What `massgen help TOPIC` means; the commands' own help is oclif's. */
export default class HelpTopic extends BaseCommand {
  static override hidden = true;
  static override summary = 'Print a page of help that belongs to no single command, or list them.';
  static override examples = ['<%= config.bin %> help topics', '<%= config.bin %> help keys'];
  static override args = { topic: Args.string({ description: HELP_TOPICS.map(({ name }) => name).join(', '), ignoreStdin: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(HelpTopic);
    if (args.topic === undefined) {
      await print(HELP_TOPICS.map(({ name, summary }) => `massgen help ${name.padEnd(12)}  ${summary}`).join('\n'));
      return;
    }
    const topic = HELP_TOPICS.find(({ name }) => name === args.topic);
    if (topic === undefined) throw new MassgenError('usage-invalid', `there is no help about ${args.topic}; write one of ${HELP_TOPICS.map(({ name }) => name).join(', ')}`);
    await print(topicLines(topic, Math.min(WIDEST, process.stdout.columns || 80)).join('\n'));
  }
}
