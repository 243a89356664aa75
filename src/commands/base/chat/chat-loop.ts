import { MassgenError } from '../../../errors.js';
import { questionOf } from '../../ui/chat/question-text.js';
import { SLASH_COMMANDS, readSlash } from '../../ui/chat/slash-commands.js';
import { paintLine } from '../../ui/live/spans.js';
import { wrapText } from '../../ui/live/wrap.js';
import { plural } from '../../ui/logs-format.js';
import { safeText } from '../../ui/safe-text.js';
import type { Said } from './command-world.js';
import { takeTurn, type TurnWorld } from './take-turn.js';

export interface ChatWorld extends TurnWorld {
  /** Aborted when there is nobody to talk to any more. */
  readonly gone: AbortSignal;
  /** Told while the agents work, since Ctrl-C is theirs then. */
  readonly busy: (isBusy: boolean) => void;
}

const NARROWEST = 20;

const widthOf = (): number => Math.max(NARROWEST, process.stderr.columns || 100);

function print(said: Said, { screen, input }: ChatWorld): void {
  const text = said.flatMap((each) => (typeof each === 'string' ? (input.isPerson ? wrapText(safeText(each), widthOf()) : safeText(each)) : paintLine(each.map((span) => ({ ...span, text: safeText(span.text) })), screen.paint)));
  screen.progress(text.map((each) => `${each}\n`).join(''));
}

function statusOf({ conversation }: ChatWorld): readonly string[] {
  const { team } = conversation.team();
  const asked = conversation.history().filter(({ role }) => role === 'user').length;
  return [plural(team.agents.length, 'agent'), asked === 0 ? 'new conversation' : plural(asked, 'exchange'), '/help', 'Ctrl-D leave', '""" several lines', '@ file', 'Tab completes', 'Ctrl-R search'];
}

/** Does a command; false to leave. */
async function obey(line: string, world: ChatWorld): Promise<boolean> {
  const read = readSlash(line);
  if (read.type === 'question') return true;
  if (read.type === 'unknown') {
    const { didYouMean } = await import('../../../orchestrator/config/nearest.js');
    const names = SLASH_COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases.filter((alias) => alias.length > 3 && !name.startsWith(alias))]).map((name) => `/${name}`);
    throw new MassgenError('usage-invalid', `there is no command /${read.name}; ${didYouMean(`/${read.name}`, names) ?? '/help lists them'} To ask the agents that, write //${read.name}`);
  }
  if (read.command.name === 'quit') return false;
  const { runCommand } = await import('./commands.js');
  const { conversation, input, display } = world;
  print(await runCommand(read.command, read.rest, { conversation, input, display, width: widthOf() }), world);
  return true;
}

/** What became of a line: go on, or leave with an exit code. */
interface Outcome { readonly code: number; readonly leaves: boolean }

async function answer(question: string, world: ChatWorld): Promise<Outcome> {
  world.busy(true);
  try {
    const { code, signal } = await takeTurn(question, world);
    // Ctrl-C stops the agents, not the conversation; the other signals are for the program.
    return { code, leaves: signal !== undefined && signal !== 'SIGINT' };
  } finally {
    world.busy(false);
  }
}

async function take(line: string, world: ChatWorld): Promise<Outcome> {
  const text = questionOf(line);
  if (text.trim() === '') return { code: 0, leaves: false };
  try {
    const read = readSlash(text);
    return read.type === 'question' ? await answer(read.text, world) : { code: 0, leaves: !(await obey(text, world)) };
  } catch (thrown) {
    if (!(thrown instanceof MassgenError)) throw thrown;
    world.screen.progress(`massgen: ${safeText(thrown.message)}\n`);
    return { code: thrown.exitCode, leaves: false };
  }
}

/** Asks question after question until there is none any more. Resolves to an exit code: for a person that of leaving, else that of the last question without an answer. */
export async function converse(world: ChatWorld, first: string | undefined, prefilled: string | undefined): Promise<number> {
  const { input, gone } = world;
  let failed = 0;
  let line = first;
  let initial = prefilled;
  for (;;) {
    line ??= await input.next(statusOf(world), initial);
    if (line === undefined) break;
    const { code, leaves } = await take(line, world);
    if (code !== 0) failed = code;
    if (leaves) return gone.aborted || code === 4 ? 4 : input.isPerson ? 0 : failed;
    [line, initial] = [undefined, undefined];
  }
  if (gone.aborted) return 4;
  return input.isPerson ? 0 : failed;
}
