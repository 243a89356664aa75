import { MassgenError } from '../../errors.js';
import type { RunEvent } from '../../orchestrator/index.js';
import type { FoundPlace } from '../../orchestrator/session/read/find-session.js';
import type { FollowOptions } from '../../orchestrator/session/read/follow-events.js';
import type { Problem } from '../../orchestrator/session/read/report.js';

/** The events of one turn, to be read once, and what was wrong with them, to be asked for afterwards. */
export interface TurnEvents {
  readonly turn: number;
  readonly directory: string;
  readonly batches: AsyncGenerator<readonly RunEvent[], void, undefined>;
  readonly problems: () => readonly Problem[];
}

/** Opens a turn's events: as they are, or with `follow` as they come. Throws `log-refused`, when they are first read, for a turn without events of ours. */
export async function openTurn(place: FoundPlace, wanted: number | undefined, follow?: FollowOptions): Promise<TurnEvents> {
  const [{ chooseTurns, eventsOfTurn }, { createProblemList }] = await Promise.all([import('../../orchestrator/session/read/read-session.js'), import('../../orchestrator/session/read/problem-list.js')]);
  const [chosen] = chooseTurns(place, wanted ?? 'newest');
  if (chosen === undefined) throw new MassgenError('usage-invalid', `${place.id} has no turns`);
  const problems = createProblemList();
  return { ...chosen, batches: eventsOfTurn(chosen.directory, problems, follow), problems: problems.all };
}
