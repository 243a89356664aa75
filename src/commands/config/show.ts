import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base/base-command.js';
import { print, remark } from '../base/config-output.js';
import { configLines } from '../ui/config-lines.js';
import { safeText } from '../ui/safe-text.js';

export default class ConfigShow extends BaseCommand {
  static override summary = 'Show the configuration that a run would use.';
  static override description = `Variables are replaced, defaults filled in, secrets hidden. Beside each value stands where it comes from: the file, the environment (with the variable's name), or a default.
Without FILE the configuration is looked for as "run" does. With --json: {file, chosen, values: [{path, value, origin, variables}]}.`;
  static override examples = ['<%= config.bin %> config show', '<%= config.bin %> config show @examples/basic_multi --json'];
  static override args = { file: Args.string({ description: 'A file, @examples/NAME, or a name in ~/.config/massgen/agents', ignoreStdin: true }) };
  static override flags = { json: Flags.boolean({ description: 'Print JSON' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigShow);
    const { showConfig } = await import('../../compose/config-show.js');
    const { formatPath } = await import('../../orchestrator/config/path.js');
    const { warnings, ...shown } = await showConfig(args.file);
    for (const warning of warnings) remark(safeText(warning));
    const values = shown.values.map((each) => ({ ...each, path: formatPath(each.path) }));
    await print(flags.json ? JSON.stringify({ ...shown, values }, null, 2) : safeText(configLines(shown).join('\n')));
  }
}
