import { Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import { LogsCommand } from '../base/logs-command.js';
import { parseTime } from '../base/logs-time.js';
import { bytesText, plural } from '../ui/logs-format.js';

export default class LogsPrune extends LogsCommand {
  static override summary = 'Delete old sessions.';
  static override description = `Only directories directly in the log directory whose name is a session's are ever deleted. Symbolic links and runs that are going on stay.
With both flags a session goes only if it is older and not among the newest. Exit code 2 when something could not be deleted.`;
  static override examples = ['<%= config.bin %> logs prune --older-than 30d --dry-run', '<%= config.bin %> logs prune --keep 100'];
  static override flags = {
    'older-than': Flags.string({ description: 'Delete sessions begun before a date (2026-01-30) or longer ago than an age (12h, 7d, 2w)', helpValue: 'TIME' }),
    keep: Flags.integer({ description: 'Keep this many of the newest sessions, whatever their age', min: 0, helpValue: 'N' }),
    'dry-run': Flags.boolean({ description: 'Delete nothing, say what would be' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LogsPrune);
    const { 'older-than': olderThan, keep, 'dry-run': dryRun } = flags;
    if (olderThan === undefined && keep === undefined) throw new MassgenError('usage-invalid', 'say what may go: --older-than 30d, --keep 100, or both');
    const [{ findLogRoot }, { pruneSessions }] = await Promise.all([import('../../orchestrator/session/read/log-root.js'), import('../../orchestrator/session/read/prune-sessions.js')]);
    const root = await findLogRoot(flags['log-dir']);
    const report = await pruneSessions(root, { ...(olderThan === undefined ? {} : { before: parseTime('older-than', olderThan, Date.now()) }), ...(keep === undefined ? {} : { keep }), dryRun });
    await this.printEither(flags.json, report, () => [...report.deleted.map(({ id, bytes }) => `${id}  ${bytesText(bytes)}`), `${plural(report.deleted.length, 'session')} (${bytesText(report.bytes)}) ${dryRun ? 'would be deleted' : 'deleted'}, ${plural(report.kept, 'session')} kept`]);
    for (const { id, reason } of report.skipped) this.remark(`${id} stays: ${reason}`);
    if (report.skipped.some(({ failed }) => failed)) process.exitCode = 2;
  }
}
