import { MassgenError } from '../../../errors.js';
import { glyphsFor } from '../../ui/live/glyphs.js';
import { answersLines } from '../../ui/live/panels/answers.js';
import { costLines } from '../../ui/live/panels/cost.js';
import { timelineLines } from '../../ui/live/panels/timeline.js';
import { votesLines } from '../../ui/live/panels/votes.js';
import type { ViewState } from '../../ui/live/view-state.js';
import { showLines } from '../../ui/logs-show-text.js';
import { summaryLines } from '../../ui/logs-summary-text.js';
import { NO_TURN, type Handler, type Said } from './command-world.js';

type Panel = 'inspect' | 'votes' | 'answers' | 'timeline' | 'cost' | 'metrics' | 'events';

/** Events that `/events` shows without a number. */
const EVENTS = 5;

function numberOf(rest: string): number | undefined {
  if (rest === '') return undefined;
  const value = Number(rest);
  if (!Number.isInteger(value) || value < 1) throw new MassgenError('usage-invalid', `give a number from 1, not "${rest}"`);
  return value;
}

function fromView(panel: Exclude<Panel, 'inspect' | 'metrics'>, view: ViewState, width: number, count: number): Said {
  const glyphs = glyphsFor(process.env, process.platform);
  switch (panel) {
    case 'votes':
      return votesLines(view, width, glyphs);
    case 'answers':
      return answersLines(view, width, glyphs);
    case 'cost':
      return costLines(view, width);
    case 'timeline':
      return timelineLines(view, width);
    case 'events':
      return timelineLines({ ...view, entries: view.entries.slice(-count) }, width);
  }
}

/** A command that shows something of a turn, from its log: the newest, or the one whose number is given. */
export function panelOf(panel: Panel): Handler {
  return async ({ conversation, width }, rest) => {
    const directory = conversation.directory();
    if (directory === null) throw new MassgenError('usage-invalid', conversation.history().length === 0 ? NO_TURN : 'nothing is logged (logging_enabled: false), so there is nothing to show');
    const { reportOf, turnReport, viewOfTurn } = await import('./past-turn.js');
    if (panel === 'inspect' && rest === 'all') {
      const session = await reportOf(directory, 'all');
      return session.turns.flatMap((turn, index) => [...(index === 0 ? [] : ['', '']), ...showLines(session, turn, width)]);
    }
    const number = numberOf(rest);
    if (panel === 'inspect' || panel === 'metrics') {
      const { session, turn } = await turnReport(directory, number);
      return turn === undefined ? [NO_TURN] : panel === 'inspect' ? showLines(session, turn, width) : summaryLines(session, turn);
    }
    const view = await viewOfTurn(directory, panel === 'events' ? undefined : number);
    return fromView(panel, view, width, number ?? EVENTS);
  };
}
