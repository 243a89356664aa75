import type { ChalkInstance } from 'chalk';
import type { Screen } from '../ui/show-run.js';

/** The process's own streams: a Screen that also knows how its output fared. */
export interface ProcessScreen extends Screen {
  /** Resolves once stdout is written; with the error that lost some of it, unless its reader just left. */
  readonly flush: () => Promise<Error | undefined>;
  /** Progress to stderr waits until what comes back is called, with what is to stand first: somebody is to answer a question that stands there. */
  readonly hold: () => (first?: string) => void;
  /** Progress goes to `take` from now on, or with null to stderr again. */
  readonly divert: (take: ((text: string) => void) | null) => void;
  /** Nobody reads stdout any more. */
  readonly isGone: () => boolean;
}

// The reader of a pipe, or the terminal, has left: that is its business, and quiet.
const LEFT = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

interface Output {
  /** False when the reader is behind. */
  readonly write: (text: string) => boolean;
  readonly drained: () => Promise<void>;
  readonly flush: () => Promise<Error | undefined>;
  readonly isGone: () => boolean;
}

function outputTo(stream: NodeJS.WriteStream, onGone: () => void): Output {
  let lost: NodeJS.ErrnoException | undefined;
  // oclif listens too, and throws.
  stream.removeAllListeners('error');
  stream.on('error', (error) => {
    if (lost === undefined) onGone();
    lost ??= error;
  });
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done).off('error', done);
        resolve();
      };
      stream.on('drain', done).on('error', done);
    });
  return {
    write: (text) => lost !== undefined || stream.write(text),
    drained,
    flush: async () => {
      await new Promise((resolve) => stream.write('', resolve));
      return LEFT.has(lost?.code ?? '') ? undefined : lost;
    },
    isGone: () => lost !== undefined,
  };
}

const AGENT_COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue', 'red'] as const;

function painter(chalk: ChalkInstance): Screen['paint'] {
  return (text, tone, agent) => {
    switch (tone) {
      case 'name': {
        const colour = agent < 0 ? undefined : AGENT_COLOURS[agent % AGENT_COLOURS.length];
        return colour === undefined ? chalk.bold(text) : chalk[colour](text);
      }
      case 'text':
        return chalk.dim(text);
      case 'warning':
        return chalk.yellow(text);
      case 'good':
        return chalk.bold(text);
      case 'normal':
        return text;
    }
  };
}

/** Colours follow stderr, where progress goes, and NO_COLOR. `onGone` is called when stdout cannot be written any more. What happens to stderr stops nothing. */
export async function processScreen(onGone: () => void): Promise<ProcessScreen> {
  const { chalkStderr } = await import('chalk');
  const noColour = (process.env['NO_COLOR'] ?? '') !== '';
  const plain: Screen['paint'] = (text) => text;
  let diverted: ((text: string) => void) | null = null;
  let held: string[] | null = null;
  const [out, progress] = [outputTo(process.stdout, onGone), outputTo(process.stderr, () => undefined)];
  const tell = (text: string): void => {
    if (diverted !== null) diverted(text);
    else if (held !== null) held.push(text);
    else progress.write(text);
  };
  return {
    out: (text) => (out.write(text) ? undefined : out.drained()),
    progress: tell,
    hold: () => {
      held ??= [];
      return (first) => {
        const texts = [...(first === undefined ? [] : [first]), ...(held ?? [])];
        held = null;
        for (const text of texts) tell(text);
      };
    },
    divert: (take) => {
      diverted = take;
    },
    paint: noColour || chalkStderr.level === 0 ? plain : painter(chalkStderr),
    flush: out.flush,
    isGone: out.isGone,
  };
}
