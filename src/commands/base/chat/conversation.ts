import { ulid } from 'ulid';
import type * as massgen from '../../../index.js';
import type { OpenRun, RunOptions, RunResult, SessionPlace, StartedRun } from '../../../index.js';
import type { HistoryMessage } from '../../../orchestrator/index.js';

/** A team and what was said with it. */
export interface Conversation {
  readonly team: () => OpenRun;
  /** What every agent is told before the next question. */
  readonly history: () => readonly HistoryMessage[];
  /** The session's directory; null before the first turn, and when nothing is logged. */
  readonly directory: () => string | null;
  /** The number of the next turn. */
  readonly nextTurn: () => number;
  /** Asks the team. Throws what `OpenRun.start` throws. */
  readonly begin: (question: string, signal: AbortSignal) => StartedRun;
  /** Takes up what came of a turn; to be called once for each. Returns what a person should know. */
  readonly end: (question: string, started: StartedRun, result: RunResult) => Promise<readonly string[]>;
  /** Begins anew: the next question is the first of another session. */
  readonly forget: () => void;
  /** Goes on with another team: of a configuration, or without one the team that is found now. Throws as `openRun` does, and then nothing has changed. */
  readonly change: (team: Pick<RunOptions, 'config' | 'source'>) => Promise<void>;
}

const NEW: SessionPlace = { id: '' };

const OF_TEAM: ReadonlySet<string> = new Set<keyof RunOptions>(['config', 'agent', 'backend', 'model', 'baseUrl', 'agents', 'session', 'source']);

/** Options of a run without those that choose its team or its session. */
const withoutTeam = (options: RunOptions): RunOptions => Object.fromEntries(Object.entries(options).filter(([name]) => !OF_TEAM.has(name)));

/** A conversation with the team that the options say, which goes on with their session if they name one. */
export async function openConversation({ openRun, continueSession }: typeof massgen, options: RunOptions): Promise<Conversation> {
  let team = await openRun(options);
  let place: SessionPlace = team.session ?? NEW;
  const nextTurn = (): number => place.turn ?? 1;
  return {
    team: () => team,
    history: () => place.history ?? [],
    directory: () => place.directory ?? null,
    nextTurn,
    begin: (question, signal) => {
      if (place.id === '') place = { id: ulid() };
      return team.start(question, { session: place, signal });
    },
    end: async (question, { place: { sessionId, logDirectory }, turn }, { final_answer: answer }) => {
      if (logDirectory === null) {
        const said: readonly HistoryMessage[] = [{ role: 'user', text: question }, { role: 'assistant', text: answer === '' ? '[No answer.]' : answer }];
        place = { id: sessionId, turn: turn + 1, history: [...(place.history ?? []), ...said] };
        return [];
      }
      const { remarks, ...session } = await continueSession(team.logRoot, logDirectory, { withoutConfig: true });
      place = session;
      return remarks.filter((remark) => remark.startsWith(`turn ${String(turn)} `));
    },
    forget: () => {
      place = NEW;
    },
    change: async (wanted) => {
      team = await openRun({ ...withoutTeam(options), ...wanted });
    },
  };
}
