import { readdirSync } from 'node:fs';
import path from 'node:path';

const TURN = /^turn_([1-9]\d{0,5})$/u;
const ATTEMPT = /^attempt_([1-9]\d{0,5})$/u;

function numbered(directory: string, pattern: RegExp): readonly number[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const number = pattern.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    })
    .sort((one, other) => one - other);
}

/** The turns of a session, ascending. Throws what the file system throws. */
export const turnNumbers = (session: string): readonly number[] => numbered(session, TURN);

/** The attempts that have a directory of their own, ascending; none when there was only one run, or nothing can be read. */
export function attemptNumbers(turn: string): readonly number[] {
  try {
    return numbered(turn, ATTEMPT);
  } catch {
    return [];
  }
}

/** Built ten thousand times at a stretch, so without `path.join`. */
export const turnDirectory = (session: string, turn: number): string => `${session}${path.sep}turn_${String(turn)}`;

/** The number of a turn's directory, or undefined when it is none. */
export function turnOf(directory: string): number | undefined {
  const number = TURN.exec(path.basename(directory))?.[1];
  return number === undefined ? undefined : Number(number);
}

const SESSION = /^log_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)(?:_\d{1,6})?$/u;

/** `log_YYYYMMDD_HHMMSS_ffffff`; old MassGen left the microseconds out. */
export const isSessionName = (name: string): boolean => SESSION.test(name);

/** The local time that a session's name says; undefined for another name. */
export function timeOfName(name: string): Date | undefined {
  const [year, month = 0, day = 0, hour = 0, minute = 0, second = 0] = SESSION.exec(name)?.slice(1).map(Number) ?? [];
  return year === undefined ? undefined : new Date(year, month - 1, day, hour, minute, second);
}
