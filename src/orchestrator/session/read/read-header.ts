import { MassgenError } from '../../../errors.js';

/** The only version of events.jsonl there is. */
const VERSION = 1;

export interface LogHeader {
  readonly version: number;
  /** Who writes the log, where the header says so. */
  readonly pid?: number;
  readonly host?: string;
}

interface Written {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly version?: unknown;
  readonly pid?: unknown;
  readonly host?: unknown;
}

function parse(line: string): Written | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** The header that a line is, or undefined for a line that is none of ours. Throws `log-refused` for a version that this program does not know. */
export function readHeader(line: string, file: string): LogHeader | undefined {
  const written = parse(line);
  if (written?.type !== 'log-header' || written.format !== 'massgen-events') return undefined;
  const { version, pid, host } = written;
  if (version !== VERSION) {
    throw new MassgenError('log-refused', `${file} has version ${String(version)} of the event log, and this massgen reads version ${String(VERSION)}; update massgen to read it`);
  }
  return { version: VERSION, ...(typeof pid === 'number' && Number.isInteger(pid) && pid > 0 ? { pid } : {}), ...(typeof host === 'string' ? { host } : {}) };
}

const BEGINNING = `{"type":"log-header","format":"massgen-events","version":${String(VERSION)}`;

/** Whether a line is, beyond doubt, a header of the version that this program knows; a quick look for who needs nothing of what it says. */
export const looksLikeHeader = (line: string): boolean => line.startsWith(BEGINNING) && /^[,}]/u.test(line.slice(BEGINNING.length, BEGINNING.length + 1));

/** How every header begins, as our writer puts it. */
export const HEADER_START = '{"type":"log-header"';

/** A file that is no event log of ours. */
export const notALog = (file: string): MassgenError => new MassgenError('log-refused', `${file} is not an event log of massgen: its first line is not the header`);
