import type { SessionSummary } from '../../orchestrator/index.js';
import type { Choice } from '../ui/live/browser.js';
import { chooseDisplay } from './choose-display.js';
import { processScreen } from './screen.js';

/** More than anybody looks through; a search by `massgen logs list` finds the rest. */
const MANY = 500;

/** Whether there is somebody to browse: keys to hear and a screen to draw on. */
export const canBrowse = (): boolean => process.stdin.isTTY && process.stdout.isTTY && chooseDisplay('auto', { accessible: false }) === 'live';

/** Shows the sessions to choose one from. Undefined when there are none. */
export async function browseSessions(sessions: AsyncIterable<SessionSummary>): Promise<Choice | undefined> {
  const list: SessionSummary[] = [];
  for await (const session of sessions) if (list.push(session) >= MANY) break;
  if (list.length === 0) return undefined;
  const [{ browse }, { processTerminal }, { glyphsFor }, screen] = await Promise.all([import('../ui/live/browse.js'), import('../ui/live/terminal.js'), import('../ui/live/glyphs.js'), processScreen(() => undefined)]);
  return browse(list, processTerminal(process.stderr, process.stdin), screen.paint, glyphsFor(process.env, process.platform));
}

/** The command and arguments that a choice stands for; undefined to do nothing. */
export function commandOf(choice: Choice): { readonly id: string; readonly argv: readonly string[] } | undefined {
  switch (choice.type) {
    case 'leave':
      return undefined;
    case 'diff':
      return { id: 'logs:diff', argv: choice.ids };
    default:
      return { id: `logs:${choice.type}`, argv: [choice.id] };
  }
}
