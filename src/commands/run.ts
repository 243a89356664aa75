import { Args } from '@oclif/core';
import { BaseCommand } from './base/base-command.js';
import { deliver, exitCodeOf } from './base/deliver.js';
import { findPrompt } from './base/find-prompt.js';
import { onInterrupt } from './base/interrupt.js';
import { runFlags, type RunFlagValues } from './base/run-flags.js';
import { toRunOptions } from './base/run-options.js';
import { processScreen } from './base/screen.js';
import { planLines } from './ui/plan-lines.js';
import { showRun } from './ui/show-run.js';

export default class Run extends BaseCommand {
  static override summary = 'Ask a team of agents: they answer, read each other, vote, and the winner presents one answer.';
  static override description = `Progress goes to stderr and the final answer alone to stdout, so the answer can be piped and redirected.
Without a configuration the team is made from the API keys that are set (environment or .env) or from local model servers that answer; with none of them the offline demo runs.
Exit codes: 0 answered, 1 configuration or usage, 2 execution failed, 3 time limit without an answer, 4 interrupted. Ctrl-C once stops the agents and keeps the best answer so far; twice leaves at once.`;
  static override examples = [
    '<%= config.bin %> run "Which is heavier, a litre of water or a litre of oil?"',
    '<%= config.bin %> run --config @examples/basic_multi "Plan a week in Lisbon" > plan.md',
    'git diff | <%= config.bin %> run --model gpt-5-mini "Review this change"',
    '<%= config.bin %> run --config team.yaml --max-cost 0.50 --timeout 120 --prompt-file question.md',
  ];
  static override args = { prompt: Args.string({ description: 'What to ask; - reads it from standard input' }) };
  static override flags = runFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run);
    const interrupt = onInterrupt((text) => process.stderr.write(text));
    try {
      await this.ask(args.prompt, flags, interrupt.signal, interrupt.stop);
    } finally {
      interrupt.release();
    }
  }

  private async ask(argument: string | undefined, flags: RunFlagValues, signal: AbortSignal, stop: (reason: string) => void): Promise<void> {
    const { openRun, toResult } = await import('../index.js');
    const display = flags.display === 'auto' ? 'plain' : flags.display;
    const screen = await processScreen(() => {
      stop('stdout closed');
    });
    const open = await openRun(toRunOptions(flags));
    for (const text of [...open.warnings, ...open.notes]) screen.progress(`massgen: ${text}\n`);
    const prompt = await findPrompt({ argument, flags, configured: open.prompt, tell: screen.progress });
    if (flags['dry-run'] === true) {
      for (const text of planLines({ source: open.source, agents: open.team.agents, settings: open.plan.settings, prompt, logRoot: open.logRoot })) screen.out(`${text}\n`);
      return;
    }
    const { events, place } = open.start(prompt, { signal });
    const result = toResult(await showRun(events, display, screen), place);
    await deliver(result, display, screen, flags['output-file']);
    process.exitCode = exitCodeOf(result);
  }
}
