import { Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import type { SessionReport, TurnReport } from '../../orchestrator/index.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { pickAnswer } from '../base/logs-answers.js';
import { logsJson } from '../ui/logs-json.js';
import { safeText } from '../ui/safe-text.js';

const whyNone = ({ id }: SessionReport, turn: TurnReport): string => `turn ${String(turn.turn)} of ${id} has no final answer (${turn.status}${turn.error === null ? '' : `: ${turn.error}`})${turn.answers.length === 0 ? '' : `; --label gives one of ${turn.answers.map(({ label }) => label).join(', ')}`}`;

export default class LogsAnswer extends LogsCommand {
  static override summary = 'Print the final answer of a session, or any other answer of it.';
  static override examples = ['<%= config.bin %> logs answer > answer.md', '<%= config.bin %> logs answer latest --label answer2.1'];
  static override args = { session: sessionArgument };
  static override flags = { turn: turnFlag, label: Flags.string({ description: 'An answer by its label, such as answer2.1', helpValue: 'LABEL' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsAnswer);
    const session = await this.read(flags['log-dir'], args.session, flags.turn ?? 'newest');
    const [turn] = session.turns;
    if (turn === undefined) throw new MassgenError('usage-invalid', `${session.id} has no turns`);
    const answer = pickAnswer(session, turn, flags.label);
    if (answer === undefined) throw new MassgenError('usage-invalid', whyNone(session, turn));
    await this.print(async (screen) => {
      const text = process.stdout.isTTY ? safeText(answer.text) : answer.text;
      await screen.out(flags.json ? `${logsJson({ id: session.id, turn: turn.turn, ...answer })}\n` : text.endsWith('\n') ? text : `${text}\n`);
    });
  }
}
