import { lastWritten } from '../is-alive.js';
import type { TurnStatus } from '../report.js';
import { asCount, asList, asNumber, asObject, asText, asTime, type Loose } from './loose.js';
import { finalAnswerFile } from './places.js';
import type { ForeignParts } from './read-parts.js';

/** MassGen rewrites status.json every two seconds while it runs. */
const SILENCE_MS = 60_000;

const meta = (parts: ForeignParts): Loose => asObject(parts.status?.['meta']);
const session = (parts: ForeignParts): Loose => asObject(parts.coordination?.['session_metadata']);
const results = (parts: ForeignParts): Loose => asObject(parts.status?.['results']);

export const statusAgents = (parts: ForeignParts): Loose => asObject(parts.status?.['agents']);
export const metricsAgents = (parts: ForeignParts): Loose => asObject(parts.metrics?.['agents']);

export function questionOf(parts: ForeignParts): string | null {
  const metricsMeta = asObject(parts.metrics?.['meta']);
  return asText(meta(parts)['question']) ?? asText(parts.metadata?.['query']) ?? asText(session(parts)['user_prompt']) ?? asText(metricsMeta['question']);
}

/** Ours only: a run's own id. */
export const runIdOf = (parts: ForeignParts): string | null => asText(meta(parts)['run_id']);

/** In the order in which the files name them. */
export function agentsOf(parts: ForeignParts): readonly string[] {
  const listed = asList(session(parts)['agent_ids']).filter((id) => typeof id === 'string');
  if (listed.length > 0) return listed;
  const [fromStatus, fromMetrics] = [Object.keys(statusAgents(parts)), Object.keys(metricsAgents(parts))];
  return fromStatus.length > 0 ? fromStatus : fromMetrics;
}

/** Whom the files call the winner. */
export function namedWinner(parts: ForeignParts): string | null {
  return asText(results(parts)['winner']) ?? asText(asObject(parts.metrics?.['meta'])['winner']) ?? asText(session(parts)['final_winner']);
}

/** Whose answer was delivered: `winner` is set before there is one, the file is not. */
export const deliveredBy = (parts: ForeignParts): string | null => finalAnswerFile(parts.place)?.agent ?? null;

export function startOf(parts: ForeignParts): string | null {
  const timestamp = parts.metadata?.['timestamp'];
  const local = typeof timestamp === 'string' || timestamp instanceof Date ? new Date(timestamp) : null;
  return asTime(meta(parts)['start_time']) ?? asTime(session(parts)['start_time']) ?? (local === null || Number.isNaN(local.getTime()) ? null : local.toISOString());
}

/** Wall time: never the sum of what ran at the same time. */
export function durationOf(parts: ForeignParts): number | null {
  const [start, end] = [asNumber(session(parts)['start_time']), asNumber(session(parts)['end_time'])];
  return start !== null && end !== null ? Math.max(0, end - start) : asNumber(meta(parts)['elapsed_seconds']);
}

/** MassGen writes 0 for models whose price it does not know; 0 with tokens used is unknown. */
export function costOf(parts: ForeignParts): number | null {
  const [totals, costs] = [asObject(parts.metrics?.['totals']), asObject(parts.status?.['costs'])];
  const cost = asNumber(totals['estimated_cost']) ?? asNumber(costs['total_estimated_cost']);
  const tokens = asCount(totals['input_tokens']) + asCount(totals['output_tokens']) + asCount(costs['total_input_tokens']) + asCount(costs['total_output_tokens']);
  return cost === 0 && tokens > 0 ? null : cost;
}

/** What status.json says went wrong, agent by agent. */
export function agentErrors(parts: ForeignParts): readonly { readonly agent: string; readonly code: string | null; readonly message: string; readonly timestamp: number | null }[] {
  return Object.entries(statusAgents(parts)).flatMap(([agent, value]) => {
    const error = asObject(asObject(value)['error']);
    const message = asText(error['message']);
    return message === null ? [] : [{ agent, code: asText(error['type']), message, timestamp: asNumber(error['timestamp']) }];
  });
}

/**
 * How a run of MassGen's stands. Its `finish_reason: completed` is set before the final answer exists, and on total failure
 * too, so a run completed only if its answer is on disk.
 */
export function statusOf(parts: ForeignParts, now: number): TurnStatus {
  const finished = asText(parts.status?.['finish_reason']);
  if (finished === 'timeout') return 'timeout';
  if (finished === 'error') return 'failed';
  if (finished === 'cancelled') return 'cancelled';
  if (deliveredBy(parts) !== null) return 'completed';
  if (finished === 'completed') return 'failed';
  if (finished === null && parts.status === undefined) return asNumber(session(parts)['end_time']) === null ? 'unknown' : 'failed';
  return now - lastWritten(parts.place.directory, ['status.json', 'events.jsonl']) < SILENCE_MS ? 'running' : 'crashed';
}

/** Why it did not complete, in a sentence. */
export function errorOf(parts: ForeignParts, status: TurnStatus): string | null {
  if (status === 'completed' || status === 'running' || status === 'unknown') return null;
  if (status === 'crashed') return 'the process ended without finishing its log';
  const said = agentErrors(parts).map(({ agent, message }) => `${agent}: ${message}`).join('; ');
  const details = parts.status?.['finish_reason'] === 'completed' ? null : asText(parts.status?.['finish_reason_details']);
  return details ?? (said === '' ? 'there is no final answer' : said);
}
