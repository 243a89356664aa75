import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { Flags } from '@oclif/core';
import { ERRORS, MassgenError } from '../../errors.js';
import type { TurnReport } from '../../orchestrator/index.js';
import { onInterrupt, type Interrupt } from '../base/interrupt.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { runFlags } from '../base/run-flags.js';
import { toRunOptions } from '../base/run-options.js';
import type { ProcessScreen } from '../base/screen.js';
import { systemReason } from '../base/system-reason.js';
import { logsJson } from '../ui/logs-json.js';
import { safeText } from '../ui/safe-text.js';
import { showRun } from '../ui/show-run.js';

const REPORT = 'ANALYSIS_REPORT.md';

/** Throws when the report cannot be written, before anything is paid for. */
async function refuse({ directory }: TurnReport, force: boolean): Promise<void> {
  const file = path.join(directory, REPORT);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere && !force) throw new MassgenError('usage-invalid', `${file} is there already; --force replaces it`);
  await access(directory, constants.W_OK).catch((thrown: unknown) => {
    throw new MassgenError('usage-invalid', `cannot write ${file}: ${systemReason(thrown as Error)}`, { cause: thrown });
  });
}

export default class LogsAnalyze extends LogsCommand {
  static override summary = `Let a team of agents judge a run, and write what they find to its ${REPORT}.`;
  static override description = 'Takes the team flags of massgen run. The report goes to stdout and into the directory of the turn; the log of the analysis into its folder `analysis`.';
  static override examples = ['<%= config.bin %> logs analyze', '<%= config.bin %> logs analyze latest --model gpt-5-mini --force'];
  static override args = { session: sessionArgument };
  static override flags = {
    turn: turnFlag,
    force: Flags.boolean({ description: 'Replace a report that is there' }),
    config: runFlags.config,
    agent: runFlags.agent,
    backend: runFlags.backend,
    model: runFlags.model,
    'base-url': runFlags['base-url'],
    agents: runFlags.agents,
    'system-message': runFlags['system-message'],
    'max-cost': runFlags['max-cost'],
    timeout: runFlags.timeout,
    display: runFlags.display,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsAnalyze);
    const session = await this.read(flags['log-dir'], args.session, flags.turn ?? 'newest');
    const [turn] = session.turns;
    if (turn === undefined) throw new MassgenError('usage-invalid', `${session.id} has no turns`);
    await refuse(turn, flags.force);
    const options = toRunOptions(flags);
    const interrupt = onInterrupt();
    try {
      await this.print((screen) => this.analyse(session.id, turn, options, { json: flags.json, isSilent: flags.display === 'silent', interrupt }, screen));
    } finally {
      interrupt.release();
    }
  }

  private async analyse(id: string, turn: TurnReport, options: ReturnType<typeof toRunOptions>, how: { readonly json: boolean; readonly isSilent: boolean; readonly interrupt: Interrupt }, screen: ProcessScreen): Promise<void> {
    const { analyseTurn } = await import('../../compose/logs-analyze.js');
    how.interrupt.begin(screen.progress);
    const { result, file } = await analyseTurn({ id }, turn, { ...options, signal: how.interrupt.signal }, (events, remarks) => {
      for (const text of remarks) screen.progress(`massgen: ${safeText(text)}\n`);
      return showRun(events, how.isSilent ? 'silent' : 'plain', screen);
    });
    if (how.json) await screen.out(`${logsJson({ id, turn: turn.turn, file, report: result.final_answer, cost: result.cost, log_directory: result.log_directory })}\n`);
    else if (file !== null) await screen.out(process.stdout.isTTY ? safeText(`${result.final_answer.trimEnd()}\n`) : `${result.final_answer.trimEnd()}\n`);
    if (file !== null) screen.progress(`massgen: written to ${file}\n`);
    if (result.error !== undefined) screen.progress(`massgen: ${safeText(result.error.message)}\n`);
    if (result.status !== 'completed') process.exitCode = result.error === undefined ? 2 : ERRORS[result.error.code].exitCode;
  }
}
