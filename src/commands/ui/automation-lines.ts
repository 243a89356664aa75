import { agentList, folderNames, type RunEvent, type RunState } from '../../orchestrator/index.js';
import { oneLine } from './logs-format.js';
import { plural } from './plain-lines.js';

/** Where a script finds what it waits for; paths as they are to be printed. */
export interface AutomationPlace {
  /** The session's directory; null when nothing is logged. */
  readonly logDirectory: string | null;
  /** The turn's directory, which holds status.json. */
  readonly turnDirectory: string | null;
  /** The directory of the final answer, when that is in its file; null before, and where it could not be written. */
  readonly finalDirectory: () => string | null;
  /** A continued session's directory is known already, so it is not said again. */
  readonly isNewSession: boolean;
}

/** The lines that `--automation` prints on stdout, in order: a contract with scripts, so their words never change. */
export interface AutomationLines {
  /** Call with each event and the state after it. */
  readonly take: (event: RunEvent, state: RunState) => readonly string[];
  /** What follows once the answer is delivered; `outputFile` is where it was saved, if it was. An answer that is in no file is among it, whole. */
  readonly rest: (outputFile?: string) => readonly string[];
}

const REASON = 50;
const PREVIEW = 200;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)}s`;

/** The first characters of a text, with `...` where it goes on. */
function beginning(text: string, length: number): string {
  const line = oneLine(text);
  if (line.length <= length) return line;
  const last = line.charCodeAt(length - 1);
  return `${line.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)}...`;
}

/** Votes that chose the winner; those that later answers overtook are not among them. */
function votes(state: RunState): readonly string[] {
  const { heads, order, selection } = state;
  return agentList(state).flatMap(({ info, ballot, failed }) => {
    if (ballot?.target == null || failed !== null) return [];
    const counted = selection?.basis === 'current' ? order.every((id) => ballot.seen[id] === heads[id]) : selection?.basis === 'standing' && ballot.rev === heads[ballot.target];
    if (!counted) return [];
    return [`  [VOTE] ${oneLine(info.id)} -> ${oneLine(ballot.target)}`, ...(ballot.reason === '' ? [] : [`         Reason: ${beginning(ballot.reason, REASON)}`])];
  });
}

function results({ selection, final }: RunState): readonly string[] {
  const tally = selection?.tally ?? [];
  const winner = final?.agent;
  const all = winner === undefined || tally.some(({ agent }) => agent === winner) ? tally : [{ agent: winner, votes: 0 }, ...tally];
  const marked = ` (winner)${selection?.tie === true ? ' (tie-broken)' : ''}`;
  return ['  [RESULTS]', ...all.map(({ agent, votes: count }) => `    ${oneLine(agent)}: ${plural(count, 'vote')}${agent === winner ? marked : ''}`)];
}

function answerFile(state: RunState, finalDirectory: string | null): readonly string[] {
  const winner = state.final?.agent;
  const folder = winner === undefined ? undefined : folderNames(state.order).get(winner);
  return finalDirectory === null || folder === undefined ? [] : [`ANSWER_FILE: ${finalDirectory}/${folder}/answer.txt`];
}

function ending(state: RunState, durationMs: number, finalDirectory: string | null): readonly string[] {
  const { final } = state;
  const won =
    final === null
      ? []
      : ['', `WINNER: ${oneLine(final.agent)}`, ...answerFile(state, finalDirectory), `DURATION: ${seconds(durationMs)}`, '', 'TIMELINE:', ...votes(state), ...results(state), `ANSWER_PREVIEW: ${beginning(final.text, PREVIEW)}`];
  return [...won, '', `COMPLETED: ${plural(agentList(state).length, 'agent')}, ${seconds(durationMs)} total`];
}

/** The last lines, which say where the answer is, or are it. */
function whereabouts(answer: string | null, finalDirectory: string | null, outputFile: string | undefined): readonly string[] {
  const saved = outputFile === undefined ? [] : [`OUTPUT_FILE: ${outputFile}`];
  if (answer === null) return saved;
  if (finalDirectory !== null) return [...saved, `FINAL_DIR: ${finalDirectory}`];
  return outputFile === undefined ? ['ANSWER:', answer.replace(/\n$/u, '')] : saved;
}

export function createAutomationLines({ logDirectory, turnDirectory, finalDirectory, isNewSession }: AutomationPlace): AutomationLines {
  let answer: string | null = null;
  const take: AutomationLines['take'] = (event, state) => {
    switch (event.type) {
      case 'run-start': {
        const places = logDirectory === null || turnDirectory === null || !isNewSession ? [] : [`LOG_DIR: ${logDirectory}`, `STATUS: ${turnDirectory}/status.json`];
        return [...places, `QUESTION: ${oneLine(event.task)}`, '[Coordination in progress - monitor status.json for real-time updates]'];
      }
      case 'attempt-start':
        return [`RESTART: Attempt ${event.attempt}/${state.settings.maxRestarts + 1}`];
      case 'run-end':
        answer = state.final?.text ?? null;
        return ending(state, event.durationMs, finalDirectory());
      default:
        return [];
    }
  };
  return {
    take,
    rest: (outputFile) => whereabouts(answer, finalDirectory(), outputFile),
  };
}

/** The two lines about places, for stderr, when stdout belongs to the events. */
export const placeLines = ({ logDirectory, turnDirectory }: Pick<AutomationPlace, 'logDirectory' | 'turnDirectory'>): readonly string[] => (logDirectory === null || turnDirectory === null ? [] : [`LOG_DIR: ${logDirectory}`, `STATUS: ${turnDirectory}/status.json`]);
