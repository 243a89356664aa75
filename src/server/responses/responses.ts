import type { ErrorData } from '../../errors.js';
import { createResponseFiles, type KeepLimits } from './response-files.js';
import { createJob, type ResponseJob } from './response-job.js';
import type { ResponseRecord } from './response-record.js';

/** Every response of a server: those that run, and those that are kept. */
export interface Responses {
  /** A new one. It is known by its id from its beginning on, if it is to be kept. */
  readonly open: (owner: string, draft: ResponseRecord) => ResponseJob;
  /** Undefined for one that is not there, or belongs to somebody else. */
  readonly find: (owner: string, id: string) => Promise<ResponseJob | ResponseRecord | undefined>;
  readonly remove: (owner: string, id: string) => Promise<boolean>;
  /** Resolves when everything that has ended is kept. */
  readonly settled: () => Promise<void>;
}

export interface ResponsesOptions {
  /** Where they are kept. */
  readonly folder: string;
  readonly now: () => Date;
  readonly report: (error: ErrorData | Error) => void;
  readonly limits?: KeepLimits;
}

export const isJob = (found: ResponseJob | ResponseRecord): found is ResponseJob => 'finished' in found;

/** A response that nobody works on any more has no answer to come: the server that did was stopped. */
const abandoned = (record: ResponseRecord): ResponseRecord =>
  record.ending === null ? { ...record, ending: { status: 'failed', at: record.created, error: { code: 'server_error', message: 'the server was stopped before the answer was there' }, usage: null } } : record;

export function createResponses({ folder, now, report, limits }: ResponsesOptions): Responses {
  const files = createResponseFiles(folder, () => now().getTime(), limits);
  const running = new Map<string, { readonly owner: string; readonly job: ResponseJob }>();
  const writes = new Map<string, Promise<void>>();

  const keep = async (owner: string, record: ResponseRecord): Promise<void> => {
    const write = files.write(owner, record).catch((thrown: unknown) => {
      report(thrown instanceof Error ? thrown : new Error(String(thrown)));
    });
    writes.set(record.id, write);
    await write;
    if (writes.get(record.id) === write) writes.delete(record.id);
  };

  return {
    open: (owner, draft) => {
      const { id, store, background } = draft;
      const job = createJob(draft, () => Math.floor(now().getTime() / 1000), {
        begun: async () => {
          if (store) running.set(id, { owner, job });
          // Whoever asks after a restart is told that it failed.
          if (store && background) await keep(owner, job.record());
        },
        ended: async () => {
          const isWanted = store && !job.isRemoved();
          if (isWanted) await keep(owner, job.record());
          running.delete(id);
        },
        dropped: () => running.delete(id),
      });
      return job;
    },
    find: async (owner, id) => {
      const live = running.get(id);
      if (live !== undefined) return live.owner === owner ? live.job : undefined;
      const record = await files.read(owner, id);
      return record === undefined ? undefined : abandoned(record);
    },
    remove: async (owner, id) => {
      const live = running.get(id);
      if (live !== undefined && live.owner !== owner) return false;
      live?.job.remove();
      running.delete(id);
      await writes.get(id);
      const wasKept = await files.remove(owner, id);
      return wasKept || live !== undefined;
    },
    settled: async () => {
      while (writes.size > 0) await Promise.all(writes.values());
    },
  };
}
