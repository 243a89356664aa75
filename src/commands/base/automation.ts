import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedRun } from '../../index.js';
import type { RunEvent, RunState } from '../../orchestrator/index.js';
import { createAutomationLines, placeLines } from '../ui/automation-lines.js';
import type { Display } from '../ui/show-run.js';
import type { RunFlagValues } from './run-flags.js';
import type { ProcessScreen } from './screen.js';

/** What is said to a script that watches a run. */
export interface Automation {
  /** Call with each event and the state after it; returns a promise when the reader is behind. */
  readonly see: (event: RunEvent, state: RunState) => Promise<void> | undefined;
  /** Says the rest, once the answer is delivered; `outputFile` is where it was saved, if it was. */
  readonly end: (outputFile?: string) => void;
}

/** What automation leaves for people: nothing, or progress on stderr; or all events as JSON lines on stdout. Undefined without automation. */
export function automationDisplay(flags: RunFlagValues): Display | undefined {
  if (flags['stream-events'] === true) return 'json';
  if (flags.automation !== true) return undefined;
  return flags.display === 'json' || flags.display === 'plain' ? flags.display : 'silent';
}

/** As a script in the working directory would name it. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}

const PATIENCE_MS = 1000;
const LOOK_MS = 10;

/** A run's first status.json is written a moment after its first event, and whoever reads where it is opens it at once. */
async function untilThere(file: string): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS && !existsSync(file); waited += LOOK_MS) await sleep(LOOK_MS);
}

/** Speaks to a script: the documented lines on stdout; where events have stdout, the places on stderr. */
export function createAutomation({ place, turn }: StartedRun, display: Display, screen: ProcessScreen): Automation {
  const { logDirectory: log } = place;
  const [logDirectory, turnDirectory] = log === null ? [null, null] : [shown(log), shown(path.join(log, `turn_${String(turn)}`))];
  const finalDirectory = (): string | null => (place.finalAnswerPath === null ? null : shown(place.finalAnswerPath));
  const isNewSession = turn === 1;
  const where = { logDirectory, turnDirectory, finalDirectory, isNewSession };
  const tell = (lines: readonly string[]): void => {
    for (const line of lines) screen.progress(`${line}\n`);
  };
  const view = createAutomationLines(where);
  const say = (lines: readonly string[]): Promise<void> | undefined => (display === 'json' || lines.length === 0 ? undefined : screen.out(lines.map((line) => `${line}\n`).join('')));
  const begin = async (lines: readonly string[]): Promise<void> => {
    if (turnDirectory !== null) await untilThere(path.join(turnDirectory, 'status.json'));
    // MassGen says nothing on stdout of where a continued session is, and a script has to know.
    if (display === 'json' || !isNewSession) tell(placeLines(where));
    await say(lines);
  };
  return {
    see: (event, state) => (event.type === 'run-start' ? begin(view.take(event, state)) : say(view.take(event, state))),
    end: (outputFile) => {
      const file = outputFile === undefined ? undefined : path.resolve(outputFile);
      if (display !== 'json') void say(view.rest(file));
      else if (file !== undefined) tell([`OUTPUT_FILE: ${file}`]);
    },
  };
}
