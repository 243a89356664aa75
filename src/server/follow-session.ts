import { toErrorData } from '../errors.js';
import type { ServerDeps } from './deps.js';
import type { ReplySink } from './http/reply-sink.js';
import { createSse, type SseWriter } from './http/sse.js';
import type { ServedSession } from './runs/sessions.js';

const POLL_MS = 50;

/** An event of a session: numbers begin anew with each of its turns. */
interface EventPlace {
  readonly turn: number;
  readonly seq: number;
}

const BEGINNING: EventPlace = { turn: 1, seq: 0 };

/** What clients send back to go on behind an event: `SEQ` in the first turn, which is the only one of most sessions, `TURN.SEQ` in those after it. */
const idOf = ({ turn, seq }: EventPlace): string => (turn === 1 ? String(seq) : `${String(turn)}.${String(seq)}`);

/** The event that an id is of; the beginning for what is no id. */
function placeOf(id: string): EventPlace {
  const [, turn = '1', seq] = /^(?:([1-9]\d{0,5})\.)?(\d{1,15})$/u.exec(id.trim()) ?? [];
  return seq === undefined ? BEGINNING : { turn: Number(turn), seq: Number(seq) };
}

type Following = Pick<ServerDeps, 'sessions' | 'turnsIn' | 'follow' | 'report' | 'settings'>;

interface Reader {
  readonly id: string;
  readonly sink: ReplySink;
  readonly sse: SseWriter;
  readonly after: EventPlace;
}

/** Sends a turn to its end. One that cannot be read does not hide those after it. */
async function sendTurn(directory: string, turn: number, { id, sink, sse, after }: Reader, { sessions, follow, report }: Following): Promise<void> {
  if (sink.gone.aborted) return;
  const since = turn === after.turn ? after.seq : 0;
  const runsHere = (): boolean => sessions.running().some((each) => each.id === id && each.turn === turn && each.place !== null);
  try {
    for await (const events of follow({ directory, turn, runsHere }, sink.gone)) {
      sse.write(events.filter(({ seq }) => seq > since).map((event) => `id: ${idOf({ turn, seq: event.seq })}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
      const behind = sink.behind();
      if (behind !== undefined) await behind;
    }
  } catch (thrown) {
    report(toErrorData(thrown));
    sse.comment(`turn ${String(turn)} cannot be read`);
  }
}

/**
 * Sends the events of all turns of a session as server-sent events, in order: those of the past, then each as it comes, until none
 * of its turns runs or waits. `lastId`: of the event to go on behind.
 */
export async function followSession(session: ServedSession, sink: ReplySink, deps: Following, lastId = ''): Promise<void> {
  const { sessions, turnsIn, settings } = deps;
  const { id, owner } = session;
  const sse = createSse(sink, { heartbeatMs: settings.heartbeatMs });
  const reader: Reader = { id, sink, sse, after: placeOf(lastId) };
  sse.comment(`session ${id}`);
  let directory: string | null = null;
  for (let next = reader.after.turn; !sink.gone.aborted; ) {
    // Asked before the log is looked at: what begins in between is seen the next time.
    const isComing = sessions.running().some((each) => each.id === id && each.place === null);
    const newest = sessions.find(id, owner) ?? session;
    directory = newest.place?.logDirectory ?? newest.logged;
    const ahead = directory === null ? [] : turnsIn(directory).filter((turn) => turn >= next);
    if (ahead.length === 0 && !isComing) break;
    if (ahead.length === 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    for (const turn of ahead) {
      next = turn + 1;
      if (directory !== null) await sendTurn(directory, turn, reader, deps);
    }
  }
  sse.end(directory === null ? ': this session has no log\n\n' : '');
}
