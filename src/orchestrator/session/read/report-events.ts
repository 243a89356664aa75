import { existsSync } from 'node:fs';
import path from 'node:path';
import { finalAnswerFile } from './foreign/places.js';
import { createDigest } from './digest/digest.js';
import { isAlive } from './is-alive.js';
import { createProblemList } from './problem-list.js';
import { readEvents } from './read-events.js';
import type { TurnReport } from './report.js';
import { CRASHED, summariseEvents, type FoundTurn } from './summarise-events.js';

/** The files that a run leaves beside its events; each can be made again from them. */
const DERIVED = ['execution_metadata.yaml', 'status.json', 'coordination_events.json', 'coordination_table.txt', 'metrics_summary.json', 'metrics_events.json', 'agent_outputs'] as const;

/** What an ended run should have and does not. */
function missingParts(directory: string, report: Pick<TurnReport, 'final_answer' | 'attempts'>): readonly string[] {
  const attempt = path.join(directory, `attempt_${String(report.attempts)}`);
  const place = { directory: attempt, turnDirectory: directory, attempts: report.attempts };
  const derived = DERIVED.filter((name) => ![directory, attempt].some((each) => existsSync(path.join(each, name))));
  return report.final_answer === null || finalAnswerFile(place) !== undefined ? derived : [...derived, 'final'];
}

/** How a turn without an end stands: that depends on whether somebody still writes it. */
function openStanding({ summary, header }: FoundTurn, t: number, now: number): Pick<TurnReport, 'status' | 'duration_seconds' | 'error'> {
  if (isAlive(summary.directory, header, now)) return { status: 'running', duration_seconds: summary.duration_seconds, error: null };
  return { status: 'crashed', duration_seconds: t / 1000, error: CRASHED };
}

/**
 * Everything that a turn's events.jsonl says, read in one pass without holding it. Undefined when there is no such file or it is not ours.
 * Throws `log-refused` for a version that is not known, and what the file system throws.
 */
export async function reportEvents(turn: number, directory: string, now: number): Promise<TurnReport | undefined> {
  const found = summariseEvents(turn, directory, now);
  if (found === undefined) return undefined;
  const problems = createProblemList();
  const digest = createDigest();
  for await (const batch of readEvents(path.join(directory, 'events.jsonl'), problems)) for (const event of batch) digest.take(event);
  const { ending, t, timelineLost, ...report } = digest.report();
  if (timelineLost > 0) problems.add(`the timeline leaves out its last ${String(timelineLost)} entries`);
  return {
    turn,
    directory,
    source: 'events',
    ...report,
    ...(ending === null ? openStanding(found, t, now) : { status: ending.status, duration_seconds: ending.durationMs / 1000, error: ending.error?.message ?? null }),
    missing: ending === null ? [] : missingParts(directory, report),
    problems: problems.all(),
  };
}
