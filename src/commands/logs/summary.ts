import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { summaryLines } from '../ui/logs-summary-text.js';

export default class LogsSummary extends LogsCommand {
  static override summary = 'A session in numbers: cost, tokens, rounds, times, tools.';
  static override examples = ['<%= config.bin %> logs summary', '<%= config.bin %> logs summary latest --json'];
  static override args = { session: sessionArgument };
  static override flags = { turn: turnFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsSummary);
    const { id, directory, turn_count, turns } = await this.read(flags['log-dir'], args.session, flags.turn ?? 'newest');
    const [turn] = turns;
    if (turn === undefined) return;
    const { totals, outcomes, call_times, tools, per_agent, missing } = turn;
    const { status, question, winner, started_at, duration_seconds, error, vote_results, rounds, errors } = turn;
    const summary = { id, directory, turn: turn.turn, status, question, winner, started_at, duration_seconds, error, vote_results, totals, rounds: { total: rounds.length, by_outcome: outcomes }, call_times, errors: errors.length, tools, per_agent, missing };
    await this.printEither(flags.json, summary, () => summaryLines({ id, turn_count }, turn));
  }
}
