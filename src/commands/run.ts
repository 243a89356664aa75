import { Args } from '@oclif/core';
import type { OpenRun } from '../index.js';
import { automationDisplay, createAutomation } from './base/automation.js';
import { BaseCommand } from './base/base-command.js';
import { configAlias } from './base/config-aliases.js';
import { chooseDisplay } from './base/choose-display.js';
import { deliver } from './base/deliver.js';
import { findPrompt } from './base/find-prompt.js';
import { onInterrupt, type Interrupt } from './base/interrupt.js';
import { refuseUnwritable } from './base/output-file.js';
import { runFlags, type RunFlagValues } from './base/run-flags.js';
import { toRunOptions } from './base/run-options.js';
import { openQuestions } from './base/questions.js';
import { processScreen, type ProcessScreen } from './base/screen.js';
import { sessionAlias } from './base/session-flags.js';
import { interruptSelf, watchRun } from './base/watch-run.js';
import { planLines } from './ui/plan-lines.js';
import { safeJson, safeText } from './ui/safe-text.js';
import type { Display } from './ui/show-run.js';

function displayOf(flags: RunFlagValues, { plan }: OpenRun): Display {
  const forScripts = automationDisplay(flags);
  if (forScripts !== undefined) return forScripts;
  if (flags.display === 'auto' && plan.display === 'silent') return 'silent';
  return chooseDisplay(flags.display, { accessible: flags.accessible === true, configured: plan.display });
}

function showPlan(open: OpenRun, prompt: string, display: Display, screen: ProcessScreen): Promise<void> | undefined {
  const plan = { source: open.source, agents: open.team.agents, settings: open.plan.settings, prompt, logRoot: open.logRoot };
  const lines = display === 'json' ? [safeJson({ type: 'plan', ...plan })] : planLines(plan);
  return screen.out(lines.map((line) => `${line}\n`).join(''));
}

export default class Run extends BaseCommand {
  static override summary = 'Ask a team of agents: they answer, read each other, vote, and the winner presents one answer.';
  static override description = `Progress goes to stderr and the final answer alone to stdout, so the answer can be piped and redirected.
Without a configuration the team is made from the API keys that are set (environment or .env) or from local model servers that answer; with none of them the offline demo runs.
Exit codes: 0 answered, 1 configuration or usage, 2 execution failed, 3 time limit without an answer, 4 interrupted. Ctrl-C once stops the agents and keeps the best answer so far; twice leaves at once.`;
  static override examples = [
    '<%= config.bin %> run "Which is heavier, a litre of water or a litre of oil?"',
    '<%= config.bin %> run --config @examples/basic_multi "Plan a week in Lisbon" > plan.md',
    'git diff | <%= config.bin %> run --model gpt-5-mini "Review this change"',
    '<%= config.bin %> run --continue "And in winter?"',
    '<%= config.bin %> run --automation --config team.yaml "..." # see docs/logs.md',
    '<%= config.bin %> run --config team.yaml --max-cost 0.50 --timeout 120 --prompt-file question.md',
  ];
  // oclif would read standard input itself, trimmed, and give up on it after 10 ms.
  static override args = { prompt: Args.string({ description: 'What to ask; - reads it from standard input', ignoreStdin: true }) };
  static override flags = runFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run);
    const alias = sessionAlias(flags) ?? configAlias(flags, args.prompt);
    if (alias !== undefined) {
      await this.config.runCommand(alias.id, [...alias.argv]);
      return;
    }
    const interrupt = onInterrupt();
    try {
      process.exitCode = await this.ask(args.prompt, flags, interrupt);
    } finally {
      interrupt.release();
    }
  }

  /** Resolves to the exit code. */
  private async ask(argument: string | undefined, flags: RunFlagValues, interrupt: Interrupt): Promise<number> {
    const { openRun, toResult } = await import('../index.js');
    const screen = await processScreen(() => {
      // A script may read where the run is logged, and leave: the answer is on the disk.
      if (flags.automation !== true) interrupt.stop('nobody reads the output');
    });
    if (flags['output-file'] !== undefined) await refuseUnwritable(flags['output-file']);
    const questions = flags.automation === true || flags['dry-run'] === true ? undefined : openQuestions(screen);
    const open = await openRun({ ...toRunOptions(flags), cliArguments: { ...flags }, ...(questions === undefined ? {} : { ask: questions.confirm, askText: questions.line }) });
    const display = displayOf(flags, open);
    const remarks = [...open.warnings, ...open.notes];
    const remark = (): void => {
      for (const text of remarks.splice(0)) screen.progress(`massgen: ${safeText(text)}\n`);
    };
    // What is typed is the user's own; what is read from a file or a pipe may be anybody's.
    const typed = argument === undefined || argument === '-' ? argument : await open.takePaths(argument);
    const prompt = await findPrompt({ argument: typed, flags, configured: open.prompt, tell: screen.progress, beforeAsking: remark });
    remark();
    if (flags['dry-run'] === true) {
      await showPlan(open, prompt, display, screen);
      return 0;
    }
    interrupt.begin(screen.progress);
    const started = open.start(prompt, { signal: interrupt.signal });
    const automation = automationDisplay(flags) === undefined ? undefined : createAutomation(started, display, screen);
    const result = toResult(await watchRun(started.events, { display, screen, place: { source: open.source, log: started.place.logDirectory }, steering: started.control, interrupt: interruptSelf, onlooker: automation?.see, questions }), started.place);
    const warning = started.logWarning();
    if (warning !== undefined) screen.progress(`massgen: ${safeText(warning)}\n`);
    return deliver(result, { display, outputFile: flags['output-file'], automation }, screen);
  }
}
