import type { ChalkInstance } from 'chalk';
import type { Screen } from '../ui/show-run.js';

/** Writes to a stream whose reader may have gone: that is the reader's business, and quiet. */
function forgiving(stream: NodeJS.WriteStream, onGone: () => void): (text: string) => void {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    if (!gone) onGone();
    gone = true;
  });
  return (text) => {
    if (!gone) stream.write(text);
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

/** The process's own streams. Colours follow stderr, where progress goes, and NO_COLOR. `onGone` is called when nobody reads stdout any more. */
export async function processScreen(onGone: () => void): Promise<Screen> {
  const { chalkStderr } = await import('chalk');
  const noColour = (process.env['NO_COLOR'] ?? '') !== '';
  const plain: Screen['paint'] = (text) => text;
  return {
    out: forgiving(process.stdout, onGone),
    progress: forgiving(process.stderr, () => undefined),
    paint: noColour || chalkStderr.level === 0 ? plain : painter(chalkStderr),
  };
}
