import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseLines } from './massgen-process.js';
import { AGREED, ECHO, looped } from './scripts.js';
import { onTerminal, type TerminalRun } from './terminal.js';

/** One agent that repeats what it is asked. */
const COUNTS = { agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text: 'answer to <{{task}}>' }] } } };
const slowly = { pace: 0.05, answer: 'word '.repeat(600) };
const TALKATIVE = { agents: [{ id: 'one', backend: { type: 'scripted', loop: true, script: [{ answer: 'The first answer.' }, slowly] } }, { id: 'two', backend: { type: 'scripted', loop: true, script: [slowly] } }] };
const HOSTILE = { agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text: 'a \u001b]0;owned\u0007 b \u001b[2J c \u001b[200~ d \u009b31m e \u001bP1q\u001b\\ f' }] } } };

/** Teams to talk with, by file. */
export const CHAT_FILES = { 'counts.json': COUNTS, 'agreed.json': looped(AGREED), 'talk.json': TALKATIVE, 'hostile.json': HOSTILE, 'echo.json': ECHO, 'notes.txt': 'the text of the notes\n' };

type Setting = NonNullable<Parameters<typeof onTerminal>[1]>;

/** What stands below the line that is being written. */
const READY = 'Ctrl-D leave  """';

/** Starts a conversation with a team, or with null `massgen` alone. */
export const startChat = (config: string | null, args: readonly string[] = [], setting: Setting = {}): TerminalRun =>
  onTerminal([...(config === null ? [] : ['chat', '--config', `${config}.json`]), ...args], { files: CHAT_FILES, columns: 110, ...setting, env: { NO_COLOR: '1', ...setting.env } });

/** Waits until a line can be written, after what the terminal got so far. */
export const ready = (run: TerminalRun, from = 0): Promise<void> => run.shows(READY, from);

/** Waits for what the terminal gets from a place in the output on, and for the prompt after it. */
export async function readyAfter(run: TerminalRun, shows: string | RegExp, from: number): Promise<void> {
  await run.shows(shows, from);
  // The prompt stood there while the line was written: the next one comes after what was shown.
  const text = run.output().slice(from);
  const at = typeof shows === 'string' ? text.indexOf(shows) : text.search(shows);
  await run.shows(READY, from + at);
}

/** Writes a line and waits for what it shows and for the next prompt; resolves to what the terminal got meanwhile. */
export async function ask(run: TerminalRun, line: string, shows: string | RegExp): Promise<string> {
  const from = run.output().length;
  run.send(`${line}\r`);
  await readyAfter(run, shows, from);
  return run.output().slice(from);
}

/** Whether the cursor is shown and pastes are no longer marked. */
export const isRestored = (output: string): boolean => output.lastIndexOf('\u001b[?25h') > output.lastIndexOf('\u001b[?25l') && output.lastIndexOf('\u001b[?2004l') > output.lastIndexOf('\u001b[?2004h');

export const sessionsOf = ({ cwd }: Pick<TerminalRun, 'cwd'>): readonly string[] => readdirSync(path.join(cwd, '.massgen/massgen_logs')).sort();

interface TurnStart {
  readonly task: string;
  readonly history: readonly { readonly role: string; readonly text: string }[];
}

/** What the turns of a session began with. */
export function turnsOf(run: Pick<TerminalRun, 'cwd'>, session = 0): readonly TurnStart[] {
  const directory = path.join(run.cwd, '.massgen/massgen_logs', sessionsOf(run)[session] ?? '');
  const starts = readdirSync(directory).filter((name) => /^turn_\d+$/u.test(name)).sort();
  return starts.map((turn) => parseLines(readFileSync(path.join(directory, turn, 'events.jsonl'), 'utf8')).find(({ type }) => type === 'run-start') as unknown as TurnStart);
}
