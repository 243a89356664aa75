import { createHash } from 'node:crypto';
import { MassgenError } from '../../errors.js';
import { createStop, type StopController } from '../../orchestrator/index.js';
import type { ReplySink } from '../http/reply-sink.js';

/** A reply that is kept for requests with the same key: it is written once and read by all. */
interface Recording {
  readonly hash: string;
  readonly expires: number;
  status: number;
  headers: Readonly<Record<string, string>>;
  readonly pieces: string[];
  length: number;
  ended: boolean;
  readonly readers: Set<ReplySink>;
  readonly left: StopController;
}

/** A reply that is this request's own to write. */
export interface ClaimedReply {
  readonly sink: ReplySink;
  /** The run behind it has failed, whatever status was sent: whoever reads it reads it to its end, a later request is answered anew. */
  readonly discard: () => void;
}

/** What makes two requests the same. */
interface RequestIdentity {
  readonly method: string;
  readonly path: string;
  /** The session that it goes on with. */
  readonly session: string;
  readonly body: unknown;
}

export interface IdempotencyStore {
  /**
   * A sink that keeps what is written for others with this key, when the request is the first; undefined when it is a twin, which
   * then gets the first one's reply. Throws `request-conflict` for another request under the same key.
   */
  readonly claim: (owner: string, key: string, request: RequestIdentity, sink: ReplySink) => ClaimedReply | undefined;
}

const KEPT_MS = 24 * 60 * 60 * 1000;
/** All kept replies together, in characters. */
const KEPT_LENGTH = 64 * 1024 * 1024;

const hashOf = ({ method, path, session, body }: RequestIdentity): string => createHash('sha256').update(JSON.stringify([method, path, session, body])).digest('hex');

/** Sends what is recorded, and what will be. */
function attach(recording: Recording, sink: ReplySink): void {
  if (recording.status !== 0) {
    sink.begin(recording.status, { 'idempotency-replayed': 'true', ...recording.headers });
    for (const piece of recording.pieces) sink.write(piece);
    if (recording.ended) {
      sink.end();
      return;
    }
  }
  recording.readers.add(sink);
  sink.gone.addEventListener('abort', () => {
    recording.readers.delete(sink);
    if (recording.readers.size === 0 && !recording.ended) recording.left.abort('the client left');
  }, { once: true });
}

/** Writes to everybody who reads. The slowest of them sets the pace. */
function recordingSink(recording: Recording, ended: () => void): ReplySink {
  const { readers, pieces, left } = recording;
  const keep = (text: string): void => {
    pieces.push(text);
    recording.length += text.length;
  };
  return {
    gone: left.signal,
    begun: () => recording.status !== 0,
    begin: (status, headers) => {
      recording.status = status;
      recording.headers = headers;
      for (const reader of readers) reader.begin(status, headers);
    },
    write: (text) => {
      keep(text);
      for (const reader of readers) reader.write(text);
    },
    end: (text = '') => {
      keep(text);
      recording.ended = true;
      for (const reader of readers) reader.end(text);
      readers.clear();
      ended();
    },
    behind: () => {
      const waits = [...readers].flatMap((reader) => reader.behind() ?? []);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
    },
  };
}

export function createIdempotency(now: () => number): IdempotencyStore {
  const kept = new Map<string, Recording>();
  const trim = (): void => {
    let length = 0;
    for (const recording of kept.values()) length += recording.length;
    for (const [key, recording] of kept) {
      const isOld = recording.expires <= now();
      if (!recording.ended || (length <= KEPT_LENGTH && !isOld)) continue;
      kept.delete(key);
      length -= recording.length;
    }
  };
  return {
    claim: (owner, key, request, sink) => {
      const place = `${owner}\n${key}`;
      const hash = hashOf(request);
      const known = kept.get(place);
      if (known !== undefined && known.expires > now() && !known.left.signal.aborted) {
        if (known.hash !== hash) throw new MassgenError('request-conflict', 'this Idempotency-Key was sent with another request (its path, its session or its body); use a new key for a new request');
        attach(known, sink);
        return undefined;
      }
      const recording: Recording = { hash, expires: now() + KEPT_MS, status: 0, headers: {}, pieces: [], length: 0, ended: false, readers: new Set(), left: createStop() };
      kept.set(place, recording);
      const discard = (): void => {
        if (kept.get(place) === recording) kept.delete(place);
      };
      recording.left.signal.addEventListener('abort', discard, { once: true });
      attach(recording, sink);
      return { sink: recordingSink(recording, trim), discard };
    },
  };
}
