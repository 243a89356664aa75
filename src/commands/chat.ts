import { writeSync } from 'node:fs';
import path from 'node:path';
import { Args } from '@oclif/core';
import type { OpenRun } from '../index.js';
import { BaseCommand } from './base/base-command.js';
import { chatFlags, namesTeam, type ChatFlagValues } from './base/chat/chat-flags.js';
import { chatSignals, type ChatSignals } from './base/chat/chat-signals.js';
import type { Conversation } from './base/chat/conversation.js';
import type { ChatInput } from './base/chat/input.js';
import { chooseDisplay } from './base/choose-display.js';
import { isCi } from './base/live-display.js';
import { openQuestions, type Questions } from './base/questions.js';
import { toRunOptions } from './base/run-options.js';
import { processScreen, type ProcessScreen } from './base/screen.js';
import { safeText } from './ui/safe-text.js';

/** Questions of the program, asked where the lines are written while no view has the terminal. */
function hosted(questions: Questions | undefined, { ask }: ChatInput): Questions | undefined {
  if (questions === undefined) return undefined;
  questions.host(ask);
  return {
    ...questions,
    host: (view) => {
      questions.host(view ?? ask);
    },
  };
}

/** How to take the conversation up again; undefined when there is nothing to take up. */
function goOn(conversation: Conversation | undefined, flags: ChatFlagValues): string | undefined {
  const directory = conversation?.directory() ?? null;
  if (directory === null) return undefined;
  const where = flags['log-dir'] === undefined || flags['log-dir'] === process.env['MASSGEN_LOG_DIR'] ? '' : ` --log-dir ${flags['log-dir']}`;
  return `massgen: to go on: massgen chat --continue${where} (later: --session-id ${path.basename(directory)})\n`;
}

const welcome = ({ source, team }: OpenRun): readonly string[] => [`${source}: ${team.agents.map(({ id, backend, model }) => `${id} (${backend} ${model})`).join(', ')}`, 'ask anything; /help lists the commands, Ctrl-D leaves'];

export default class Chat extends BaseCommand {
  static override summary = 'Talk with a team of agents: question after question, each with all that was said before.';
  static override description = `On a terminal "massgen" alone is the same. Lines have history (Ctrl-R searches it), """ begins and ends several lines, @path lets the agents read a file, Tab completes, /help lists the commands. While the agents work the keys of the live view hold, and Enter writes them a message.
Ctrl-C stops the agents and keeps their best answer, a second one leaves; at the prompt it clears the line, on an empty line twice it leaves; so do Ctrl-D and /quit.
Without a terminal each line of standard input is a question, """ and commands included, and the answers alone go to stdout. With --accessible, TERM=dumb or in a CI nothing is redrawn.`;
  static override examples = [
    '<%= config.bin %>',
    '<%= config.bin %> chat --config @examples/offline_demo',
    '<%= config.bin %> chat --model gpt-5-mini "Explain monads to a cook"',
    '<%= config.bin %> chat --continue',
    '<%= config.bin %> chat --config team.yaml < questions.txt > answers.md',
  ];
  static override args = { prompt: Args.string({ description: 'The first question', ignoreStdin: true }) };
  static override flags = chatFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Chat);
    if (process.stdin.isTTY && process.stderr.isTTY && !namesTeam(flags) && !isCi(process.env)) {
      const [{ offerOnce }, { historyFile }] = await Promise.all([import('./base/chat/offer-once.js'), import('./base/chat/open-input.js')]);
      await offerOnce(historyFile());
    }
    const signals = chatSignals();
    const screen = await processScreen(() => {
      signals.gone.abort('nobody reads the output');
    });
    try {
      process.exitCode = await this.talk(args.prompt, flags, signals, screen);
    } finally {
      signals.release();
    }
  }

  /** Resolves to the exit code. */
  private async talk(first: string | undefined, flags: ChatFlagValues, { gone, interrupts, busy }: ChatSignals, screen: ProcessScreen): Promise<number> {
    const [{ openInput }, { openConversation }, { converse }, library] = await Promise.all([import('./base/chat/open-input.js'), import('./base/chat/conversation.js'), import('./base/chat/chat-loop.js'), import('../index.js')]);
    const accessible = flags.accessible === true;
    let conversation: Conversation | undefined;
    const agents = (): readonly string[] => conversation?.team().team.agents.map(({ id }) => id) ?? [];
    // From now on what is typed ahead waits for the first line.
    const input = await openInput({ redraws: chooseDisplay('auto', { accessible }) === 'live', screen, agents, signal: gone.signal, interrupts });
    process.once('exit', () => {
      const text = input.isPerson ? goOn(conversation, flags) : undefined;
      // At the end of the process nothing else is written any more.
      if (text !== undefined) writeSync(process.stderr.fd, safeText(text));
    });
    const questions = input.isPerson ? hosted(openQuestions(screen), input) : undefined;
    try {
      conversation = await openConversation(library, { ...toRunOptions(flags), cliArguments: { ...flags }, ...(questions === undefined ? {} : { ask: questions.confirm, askText: questions.line }) });
      const open = conversation.team();
      const display = flags.display === 'auto' && open.plan.display === 'silent' ? 'silent' : chooseDisplay(flags.display, { accessible, configured: open.plan.display });
      for (const line of [...open.warnings, ...open.notes, ...(input.isPerson ? welcome(open) : [])]) screen.progress(`massgen: ${safeText(line)}\n`);
      return await converse({ library, conversation, input, display, screen, questions, gone: gone.signal, busy }, first, open.prompt);
    } finally {
      input.close();
    }
  }
}
