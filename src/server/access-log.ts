import type { AccessLine } from './deps.js';

/** Lines on stderr for whoever runs the server. */
export interface ServerLog {
  readonly access: (line: AccessLine) => void;
  readonly report: (message: string) => void;
}

export type LogLevel = 'quiet' | 'normal';

/** One line for each request, and what went wrong. `quiet` leaves out requests. */
export async function createServerLog(level: LogLevel): Promise<ServerLog> {
  const { default: winston } = await import('winston');
  const { combine, printf, timestamp } = winston.format;
  const logger = winston.createLogger({
    level: level === 'quiet' ? 'warn' : 'http',
    format: combine(timestamp(), printf(({ timestamp: at, message }) => `${String(at)} ${String(message)}`)),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'http'] })],
  });
  return {
    access: ({ method, path, status, ms, requestId }) => {
      if (level === 'quiet') return;
      logger.http(`${method} ${path.slice(0, 200)} ${String(status)} ${ms.toFixed(1)} ms ${requestId}`);
    },
    report: (message) => {
      logger.warn(message);
    },
  };
}
