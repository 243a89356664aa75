import { hostname } from 'node:os';

/** What a run's surroundings were. Events hold no paths; the header line of their file does, and the derived files take them from there. */
export interface LogContext {
  /** The configuration as it was named: a path, `@examples/NAME`, or what the team was made from. */
  readonly config_path: string | null;
  /** Flags and arguments, or what an embedding program says instead. */
  readonly cli_args: Readonly<Record<string, unknown>> | null;
  /** The repository that the working directory is in. */
  readonly git: { readonly commit: string | null; readonly branch: string | null } | null;
  readonly massgen_version: string | null;
  readonly working_directory: string | null;
}

/** The first line of every events.jsonl. Readers refuse versions they do not know and ignore fields they do not know. */
export interface LogHeader {
  readonly type: 'log-header';
  readonly format: 'massgen-events';
  readonly version: 1;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Local time less UTC where the log was begun: every local time in a derived file is made with it. */
  readonly utc_offset_minutes: number;
  readonly pid: number | null;
  readonly host: string | null;
  /** The name of the session's directory, `log_<stamp>`. */
  readonly session_directory: string;
  /** The turn's directory, absolute. */
  readonly log_directory: string;
  readonly node_version: string | null;
  readonly context: LogContext;
}

export const NO_CONTEXT: LogContext = { config_path: null, cli_args: null, git: null, massgen_version: null, working_directory: null };

export interface HeaderPlace {
  readonly session: string;
  readonly directory: string;
}

/** The header of a log that this process begins now. */
export function newHeader(now: Date, { session, directory }: HeaderPlace, context: LogContext): LogHeader {
  return {
    type: 'log-header',
    format: 'massgen-events',
    version: 1,
    created: now.toISOString(),
    utc_offset_minutes: -now.getTimezoneOffset(),
    pid: process.pid,
    host: hostname(),
    session_directory: session,
    log_directory: directory,
    node_version: process.version,
    context,
  };
}

/** A header line with what it lacks filled in: logs of the first massgen say only format and version. */
export function readHeaderLine(line: string, { session, directory }: HeaderPlace): LogHeader {
  const written = JSON.parse(line) as Partial<LogHeader>;
  const bare: LogHeader = {
    type: 'log-header',
    format: 'massgen-events',
    version: 1,
    created: '1970-01-01T00:00:00.000Z',
    utc_offset_minutes: 0,
    pid: null,
    host: null,
    session_directory: session,
    log_directory: directory,
    node_version: null,
    context: NO_CONTEXT,
  };
  return { ...bare, ...written, context: { ...NO_CONTEXT, ...written.context } };
}
