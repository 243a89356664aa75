/** Times of events as the derived files write them: local to where the log was begun, whatever the zone of whoever rebuilds them. */
export interface LogClock {
  /** `YYYYMMDD_HHMMSS_ffffff`; the last three digits are the event's number, so that two names of one millisecond differ. */
  readonly stamp: (at: string, seq: number) => string;
  /** `HH:MM:SS` */
  readonly time: (at: string) => string;
  /** `YYYY-MM-DD HH:MM:SS` */
  readonly dateTime: (at: string) => string;
  /** `YYYY-MM-DDTHH:MM:SS.mmm`, without a zone. */
  readonly iso: (at: string) => string;
}

let parsed = { at: '', seconds: 0 };

/** Seconds since 1970, to the millisecond. Events of one tick share their time, so the last one is kept. */
export function unixSeconds(at: string): number {
  if (parsed.at !== at) parsed = { at, seconds: Date.parse(at) / 1000 };
  return parsed.seconds;
}

/** The clock of a log that was begun `offset` minutes east of Greenwich. */
export function createLogClock(offset: number): LogClock {
  let known = '';
  let local = '';
  const iso = (at: string): string => {
    if (at !== known) {
      const ms = Date.parse(at);
      [known, local] = [at, new Date(Number.isNaN(ms) ? 0 : ms + offset * 60_000).toISOString().slice(0, 23)];
    }
    return local;
  };
  return {
    iso,
    time: (at) => iso(at).slice(11, 19),
    dateTime: (at) => iso(at).slice(0, 19).replace('T', ' '),
    stamp: (at, seq) => `${iso(at).slice(0, 19).replace(/[-:]/gu, '').replace('T', '_')}_${iso(at).slice(20)}${String(seq % 1000).padStart(3, '0')}`,
  };
}
