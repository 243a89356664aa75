import type { TurnSummary } from '../report.js';
import type { FoundTurn } from '../summarise-events.js';
import { agentsOf, costOf, deliveredBy, durationOf, errorOf, questionOf, runIdOf, startOf, statusOf } from './facts.js';
import { finalAnswerFile, foreignPlace } from './places.js';
import { readTextPart } from './read-part.js';
import { readParts, readStatus, type ForeignParts } from './read-parts.js';

/** The summary that a turn's files allow. */
export function summariseParts(turn: number, turnDirectory: string, parts: ForeignParts, now: number): TurnSummary {
  const status = statusOf(parts, now);
  return {
    turn,
    directory: turnDirectory,
    source: 'files',
    status,
    question: questionOf(parts),
    agents: agentsOf(parts),
    winner: deliveredBy(parts),
    started_at: startOf(parts),
    duration_seconds: durationOf(parts),
    cost: costOf(parts),
    error: errorOf(parts, status),
    session_id: runIdOf(parts),
  };
}

/** A turn without events of ours, from the files that MassGen writes. Undefined when there are none. Never throws. */
export async function summariseFiles(turn: number, turnDirectory: string, now: number): Promise<FoundTurn | undefined> {
  const place = foreignPlace(turnDirectory);
  if (place === undefined) return undefined;
  const quick = readStatus(place);
  const parts = quick !== undefined && questionOf(quick) !== null ? quick : await readParts(place);
  const answer = (): string => {
    const final = finalAnswerFile(place);
    return final === undefined ? '' : (readTextPart(final.directory, 'answer.txt').content ?? '');
  };
  return { summary: summariseParts(turn, turnDirectory, parts, now), answer };
}
