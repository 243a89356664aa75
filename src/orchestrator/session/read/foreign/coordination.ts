import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { AnswerReport, TimelineEntry, VoteReport, VoteOutcome } from '../report.js';
import { asList, asNumber, asObject, asText, type Loose } from './loose.js';
import { readTextPart } from './read-part.js';
import type { ForeignParts } from './read-parts.js';

interface Entry {
  readonly type: string;
  readonly agent: string | null;
  readonly details: string;
  readonly context: Loose;
  readonly at: number | null;
}

/** The events of coordination_events.json, with what is no event left out. */
export function entriesOf({ coordination }: ForeignParts): readonly Entry[] {
  return asList(coordination?.['events']).flatMap((value) => {
    const event = asObject(value);
    const type = asText(event['event_type']);
    if (type === null) return [];
    return { type, agent: asText(event['agent_id']), details: asText(event['details']) ?? '', context: asObject(event['context']), at: asNumber(event['timestamp']) };
  });
}

/** Seconds from the session's start, for Unix seconds. */
export function sinceStart(parts: ForeignParts, at: number | null): number | null {
  const start = asNumber(asObject(parts.coordination?.['session_metadata'])['start_time']) ?? asNumber(asObject(parts.status?.['meta'])['start_time']);
  return start === null || at === null ? null : Math.round(Math.max(0, at - start) * 1000) / 1000;
}

/** A file that the directory names, if it is really inside it. */
function readInside(directory: string, name: string): string | undefined {
  try {
    const [root, file] = [realpathSync(directory), realpathSync(path.join(directory, name))];
    return file.startsWith(root + path.sep) ? readTextPart(path.dirname(file), path.basename(file)).content : undefined;
  } catch {
    return undefined;
  }
}

function snapshotText(parts: ForeignParts, label: string): string {
  const file = asText(asObject(parts.mappings?.[label])['path']);
  return file === null ? '' : (readInside(parts.place.directory, file) ?? '');
}

/** Answers by label; the text of one whose snapshot is gone is empty. */
export function foreignAnswers(parts: ForeignParts): readonly AnswerReport[] {
  const given = entriesOf(parts).flatMap(({ type, agent, context, details, at }) => {
    const label = asText(context['label']) ?? /\S+\.\d+/u.exec(details)?.[0] ?? null;
    return type === 'new_answer' && agent !== null && label !== null ? [{ label, agent, seconds: sinceStart(parts, at), text: snapshotText(parts, label) }] : [];
  });
  return given.map((answer, index) => ({ ...answer, current: !given.slice(index + 1).some(({ agent }) => agent === answer.agent) }));
}

/** All votes; an agent's newest is the one that counted. */
export function foreignVotes(parts: ForeignParts): readonly VoteReport[] {
  const cast = entriesOf(parts).flatMap(({ type, agent, context, at }) => {
    if (type !== 'vote_cast' || agent === null) return [];
    return { voter: agent, target: asText(context['voted_for']), label: asText(context['voted_for_label']), reason: asText(context['reason']) ?? '', seconds: sinceStart(parts, at) };
  });
  return cast.map((vote, index) => ({ ...vote, standing: cast.slice(index + 1).some(({ voter }) => voter === vote.voter) ? 'superseded' : 'counted' }));
}

/** The vote as the newest ballots make it: the files count superseded ones too. */
export function foreignResults(votes: readonly VoteReport[], winner: string | null): VoteOutcome | null {
  const targets = votes.flatMap(({ standing, target }) => (standing === 'counted' && target !== null ? [target] : []));
  if (winner === null || targets.length === 0) return null;
  const counts = Object.fromEntries([...new Set(targets)].map((agent) => [agent, targets.filter((target) => target === agent).length]));
  const most = Math.max(...Object.values(counts));
  const leaders = Object.values(counts).filter((count) => count === most).length;
  return { winner, counts, total: targets.length, basis: null, unanimous: leaders === 1 && most === targets.length, tie: leaders > 1 };
}

/** Counting rounds of the loop, not things that happened. */
const DULL = new Set(['iteration_start', 'iteration_end', 'status_change']);

export function foreignTimeline(parts: ForeignParts): readonly TimelineEntry[] {
  return entriesOf(parts).flatMap(({ type, agent, details, at }) => (DULL.has(type) ? [] : { seconds: sinceStart(parts, at) ?? 0, agent, event: type, text: details === '' ? type : details }));
}
