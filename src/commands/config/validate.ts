import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base/base-command.js';
import { print, remark } from '../base/config-output.js';
import { safeText } from '../ui/safe-text.js';

export default class ConfigValidate extends BaseCommand {
  static override summary = 'Check configurations without running them.';
  static override description = `Says everything that is wrong, each with its place in the file. Exit code 0 when all files are valid, 1 when one is not.
With --json one file is reported as {file, valid, error_count, warning_count, errors, warnings}, several as a list of these; an issue is {message, location, suggestion, line, column}.`;
  static override examples = ['<%= config.bin %> config validate team.yaml', '<%= config.bin %> config validate --strict --json *.yaml'];
  static override strict = false;
  static override args = { file: Args.string({ description: 'A file, @examples/NAME, or a name in ~/.config/massgen/agents; any number of them', required: true, ignoreStdin: true }) };
  static override flags = {
    strict: Flags.boolean({ description: 'Warnings are errors' }),
    json: Flags.boolean({ description: 'Print JSON' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConfigValidate);
    const { validateConfigs } = await import('../../compose/config-validate.js');
    const { reports, texts, warnings } = await validateConfigs(argv as string[], { strict: flags.strict });
    for (const warning of warnings) remark(safeText(warning));
    const [only, ...others] = reports;
    await print(flags.json ? JSON.stringify(others.length === 0 ? only : reports, null, 2) : safeText(texts.join('\n')));
    process.exitCode = reports.every(({ valid }) => valid) ? 0 : 1;
  }
}
