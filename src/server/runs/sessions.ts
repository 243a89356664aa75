import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { RunPlace, RunStatus } from '../../orchestrator/index.js';

/** A run that a request made. */
export interface ServedSession {
  readonly id: string;
  readonly owner: string;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
  status: 'queued' | 'running' | RunStatus;
  place: RunPlace | null;
  /** The log directory of its turns before this one. */
  readonly logged: string | null;
  turn: number;
  ended: number | null;
  readonly cancel: (reason: string) => void;
}

export interface Sessions {
  readonly open: (session: Pick<ServedSession, 'owner' | 'model' | 'cancel'> & { readonly id?: string }) => ServedSession;
  /** Undefined for one that is not there, or belongs to somebody else. */
  readonly find: (id: string, owner: string) => ServedSession | undefined;
  /** The newest first. */
  readonly list: (owner: string) => readonly ServedSession[];
  readonly running: () => readonly ServedSession[];
  /** Ends what runs of a session, all its turns; says whether anything did. */
  readonly cancel: (id: string, reason: string) => boolean;
}

/** Ended sessions that are still told of; their logs stay. */
const KEPT = 1000;

const two = (value: number): string => String(value).padStart(2, '0');
const stamp = (date: Date): string =>
  `${String(date.getFullYear())}${two(date.getMonth() + 1)}${two(date.getDate())}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;

/** Binds an id to its owner, so that a server that has been restarted still knows whose it is. */
const mark = (secret: string, head: string): string => createHmac('sha256', secret).update(head).digest('hex').slice(0, 12);

/** 80 random bits of a UUID, in hex, without those that say which kind it is: node draws the bits of many at a time. */
function randomHex(): string {
  const hex = randomUUID().replaceAll('-', '');
  return `${hex.slice(0, 12)}${hex.slice(13, 16)}${hex.slice(17, 22)}`;
}

/** `api_session_<stamp>_<random>`: 80 random bits, then who may see it. */
export function newSessionId(owner: string, now: Date): string {
  const head = `api_session_${stamp(now)}_${randomHex()}`;
  return `${head}${mark(owner, head)}`;
}

/** The id was made for this owner. */
export function ownsSession(id: string, owner: string): boolean {
  if (!/^api_session_\d{8}_\d{6}_[0-9a-f]{32}$/u.test(id)) return false;
  return timingSafeEqual(Buffer.from(mark(owner, id.slice(0, -12))), Buffer.from(id.slice(-12)));
}

export function createSessions(now: () => Date): Sessions {
  const known = new Map<string, ServedSession>();
  /** Turns that ran when another one of their session began. */
  const earlier = new Set<ServedSession>();
  const running = (): readonly ServedSession[] => [...earlier, ...known.values()].filter(({ ended }) => ended === null);
  const makeWay = (before: ServedSession | undefined): void => {
    for (const each of earlier) if (each.ended !== null) earlier.delete(each);
    if (before?.ended === null) earlier.add(before);
  };
  const trim = (): void => {
    if (known.size <= KEPT) return;
    for (const [id, { ended }] of known) {
      if (ended === null) continue;
      known.delete(id);
      if (known.size <= KEPT) return;
    }
  };
  return {
    open: ({ owner, model, cancel, id = newSessionId(owner, now()) }) => {
      const before = known.get(id);
      const logged = before?.place?.logDirectory ?? before?.logged ?? null;
      const session: ServedSession = { id, owner, model, cancel, created: Math.floor(now().getTime() / 1000), status: 'queued', place: null, logged, turn: 1, ended: null };
      makeWay(before);
      known.delete(id);
      known.set(id, session);
      trim();
      return session;
    },
    find: (id, owner) => {
      const session = known.get(id);
      return session?.owner === owner ? session : undefined;
    },
    list: (owner) => [...known.values()].filter((session) => session.owner === owner).toReversed(),
    running,
    cancel: (id, reason) => {
      const turns = running().filter((session) => session.id === id);
      for (const { cancel } of turns) cancel(reason);
      return turns.length > 0;
    },
  };
}
