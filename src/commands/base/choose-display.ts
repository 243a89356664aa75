import { MassgenError } from '../../errors.js';
import type { Display } from '../ui/show-run.js';
import { noLiveView } from './live-display.js';

export interface DisplayWish {
  /** Nothing that is written may change: `--accessible`. */
  readonly accessible: boolean;
  /** `ui.display_type` of the configuration. */
  readonly configured?: string;
}

/** How to show a run: what was asked for, else live where a terminal can, else in plain lines. Throws `usage-invalid` for a live view where there can be none. */
export function chooseDisplay(wanted: Display | 'auto', { accessible, configured }: DisplayWish): Display {
  if (wanted !== 'auto' && wanted !== 'live') return wanted;
  const isAccessible = accessible || !['', '0', 'false'].includes(process.env['MASSGEN_ACCESSIBLE'] ?? '');
  const why = isAccessible || process.env['INK_SCREEN_READER'] === 'true' ? 'plain lines are asked for (--accessible)' : noLiveView(process.env, process.stderr);
  if (wanted === 'live' && why !== undefined) throw new MassgenError('usage-invalid', `--display live cannot be: ${why}; use --display plain`);
  return why === undefined && configured !== 'simple' ? 'live' : 'plain';
}
