import { Args } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import { pickAnswer } from '../base/logs-answers.js';
import { LogsCommand } from '../base/logs-command.js';
import { parseDiffTarget } from '../base/logs-diff-target.js';
import type { DiffSide } from '../ui/logs-diff-text.js';

export default class LogsDiff extends LogsCommand {
  static override summary = 'Compare two runs, or two answers.';
  static override description = 'Each side is a session, compared with its facts and final answer; or SESSION:LABEL, an answer of it; or a LABEL alone, an answer of the newest session.';
  static override examples = ['<%= config.bin %> logs diff 101500_123456 latest', '<%= config.bin %> logs diff answer1.1 answer1.2', '<%= config.bin %> logs diff latest:answer2.1 latest:final'];
  static override args = {
    a: Args.string({ description: 'A session, SESSION:LABEL or LABEL', required: true, ignoreStdin: true }),
    b: Args.string({ description: 'A session, SESSION:LABEL or LABEL', required: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsDiff);
    const [a, b] = [await this.side(flags['log-dir'], args.a), await this.side(flags['log-dir'], args.b)];
    const { compareSides, diffLines } = await import('../ui/logs-diff-text.js');
    const report = compareSides(a, b);
    await this.printEither(flags.json, report, () => diffLines(report));
  }

  private async side(logDirectory: string | undefined, text: string): Promise<DiffSide> {
    const target = parseDiffTarget(text);
    const session = await this.read(logDirectory, target.session);
    const [turn] = session.turns;
    if (turn === undefined) throw new MassgenError('usage-invalid', `${session.id} has no turns`);
    const answer = pickAnswer(session, turn, target.label)?.text ?? '';
    return target.label === undefined ? { name: session.id, text: answer, run: turn } : { name: `${session.id}:${target.label}`, text: answer };
  }
}
