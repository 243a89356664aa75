import type { ErrorReport, FinalAnswer, TurnReport } from '../report.js';
import { entriesOf, foreignAnswers, foreignResults, foreignTimeline, foreignVotes, sinceStart } from './coordination.js';
import { agentErrors, namedWinner } from './facts.js';
import { lostEvents } from './lost-events.js';
import { asObject, asText } from './loose.js';
import { foreignAgents, foreignRounds, foreignTimes, foreignTools, foreignTotals } from './metrics.js';
import { finalAnswerFile, foreignPlace, type ForeignPlace } from './places.js';
import { readTextPart } from './read-part.js';
import { readParts, type ForeignParts } from './read-parts.js';
import { summariseParts } from './summarise-files.js';

function finalAnswer(place: ForeignPlace): FinalAnswer | null {
  const file = finalAnswerFile(place);
  const text = file === undefined ? undefined : readTextPart(file.directory, 'answer.txt').content;
  return file === undefined || text === undefined ? null : { agent: file.agent, label: 'final', source: null, marks: [], text };
}

function errorsOf(parts: ForeignParts): readonly ErrorReport[] {
  const told = agentErrors(parts).map(({ agent, code, message, timestamp }): ErrorReport => ({ seconds: sinceStart(parts, timestamp), agent, kind: 'agent', code, message }));
  const logged = entriesOf(parts).flatMap(({ type, agent, details, at }): readonly ErrorReport[] => (type === 'agent_error' || type === 'agent_timeout' ? [{ seconds: sinceStart(parts, at), agent, kind: 'agent', code: type, message: details }] : []));
  return [...told, ...logged.filter(({ agent }) => !told.some((error) => error.agent === agent))];
}

function writtenBy({ metadata }: ForeignParts): string | null {
  const version = asText(metadata?.['massgen_version']);
  return version === null ? (metadata?.['python_version'] === undefined ? null : 'MassGen (Python)') : `MassGen ${version}${metadata?.['python_version'] === undefined ? '' : ' (Python)'}`;
}

function outcomesOf(parts: ForeignParts): TurnReport['outcomes'] {
  const outcomes = asObject(asObject(parts.metrics?.['rounds'] ?? parts.status?.['rounds'])['by_outcome']);
  return Object.fromEntries(Object.entries(outcomes).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0));
}

/** Everything that the files of a turn say, where there are no events of ours. Undefined when there are none. Never throws. */
export async function reportFiles(turn: number, turnDirectory: string, now: number): Promise<TurnReport | undefined> {
  const place = foreignPlace(turnDirectory);
  if (place === undefined) return undefined;
  const parts = await readParts(place);
  const [votes, rounds, final, lost] = [foreignVotes(parts), foreignRounds(parts), finalAnswer(place), lostEvents(parts)];
  return {
    ...summariseParts(turn, turnDirectory, parts, now),
    written_by: lost.writtenBy ?? writtenBy(parts),
    attempts: place.attempts,
    final_answer: final,
    vote_results: foreignResults(votes, namedWinner(parts)),
    answers: foreignAnswers(parts),
    votes,
    per_agent: foreignAgents(parts, votes, rounds),
    rounds,
    outcomes: outcomesOf(parts),
    timeline: foreignTimeline(parts),
    tools: foreignTools(parts),
    errors: errorsOf(parts),
    totals: foreignTotals(parts),
    call_times: foreignTimes(parts),
    missing: [...lost.missing, ...parts.missing, ...(final === null ? ['final'] : [])],
    problems: [...lost.problems, ...parts.flaws.map((message) => ({ line: null, message }))],
  };
}
