import path from 'node:path';
import { Args } from '@oclif/core';
import { MassgenError } from '../errors.js';
import { BaseCommand } from './base/base-command.js';
import { processScreen } from './base/screen.js';
import { SHELLS, completionScript, type CompletedCommand, type Shell } from './ui/completion-script.js';

const isShell = (name: string): name is Shell => (SHELLS as readonly string[]).includes(name);

export default class Completion extends BaseCommand {
  static override summary = 'Print what makes your shell complete commands, flags and their values.';
  static override description = `For bash: echo 'source <(massgen completion bash)' >> ~/.bashrc
For zsh: echo 'source <(massgen completion zsh)' >> ~/.zshrc
For fish: massgen completion fish > ~/.config/fish/completions/massgen.fish`;
  static override examples = ['source <(<%= config.bin %> completion bash)', '<%= config.bin %> completion fish > ~/.config/fish/completions/massgen.fish'];
  static override args = { shell: Args.string({ description: `${SHELLS.join(', ')}; default: the one in SHELL` }) };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const shell = args.shell ?? path.basename(process.env['SHELL'] ?? '');
    if (!isShell(shell)) throw new MassgenError('usage-invalid', `there is no completion for ${shell === '' ? 'an unknown shell' : `"${shell}"`}; name one of ${SHELLS.join(', ')}`);
    const screen = await processScreen(() => undefined);
    await screen.out(completionScript(shell, this.completed()));
    await screen.flush();
  }

  private completed(): readonly CompletedCommand[] {
    const shown = this.config.commands.filter(({ hidden }) => !hidden).sort((one, other) => one.id.localeCompare(other.id, 'en'));
    return shown.map(({ id, summary = '', flags }) => ({
      name: id.replaceAll(':', ' '),
      summary,
      flags: Object.values(flags).map((flag) => ({
        name: flag.name,
        char: flag.char,
        summary: flag.summary ?? flag.description ?? '',
        values: flag.type === 'option' ? (flag.options ?? []) : [],
        takesValue: flag.type === 'option',
      })),
    }));
  }
}
