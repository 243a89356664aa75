import type { SessionReport, TurnReport } from '../../../orchestrator/index.js';
import { findSession, type FoundPlace } from '../../../orchestrator/session/read/find-session.js';
import { readSession, type TurnChoice } from '../../../orchestrator/session/read/read-session.js';
import { foldView } from '../../ui/live/fold-view.js';
import { EMPTY_VIEW, type ViewState } from '../../ui/live/view-state.js';
import { openTurn } from '../logs-events.js';

const placeOf = (directory: string): Promise<FoundPlace> => findSession(directory, directory);

/** What a live view knew at the end of a turn of a session; the newest without a number. Throws `usage-invalid` for a turn that is not there. */
export async function viewOfTurn(directory: string, turn: number | undefined): Promise<ViewState> {
  const { batches } = await openTurn(await placeOf(directory), turn);
  let view = EMPTY_VIEW;
  for await (const events of batches) view = events.reduce(foldView, view);
  return view;
}

/** A session as `massgen logs` reads it. */
export const reportOf = async (directory: string, choice: TurnChoice): Promise<SessionReport> => readSession(await placeOf(directory), choice);

/** One turn of it. */
export async function turnReport(directory: string, turn: number | undefined): Promise<{ readonly session: SessionReport; readonly turn: TurnReport | undefined }> {
  const session = await reportOf(directory, turn ?? 'newest');
  return { session, turn: session.turns[0] };
}
