import { Flags } from '@oclif/core';
import { BaseCommand } from './base/base-command.js';
import { print } from './base/config-output.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Say which keys are set, which model servers answer, and what each missing thing would unlock.';
  static override description = 'Asks this machine only; of a key its last characters are shown. With --json it is {node, keys, servers, parts}.';
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json'];
  static override flags = { json: Flags.boolean({ description: 'Print it as JSON' }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const { diagnose } = await import('../compose/doctor.js');
    const diagnosis = await diagnose(process.env);
    if (flags.json) return print(JSON.stringify(diagnosis, null, 2));
    const { doctorLines } = await import('./ui/doctor-lines.js');
    return print(doctorLines(diagnosis).join('\n'));
  }
}
