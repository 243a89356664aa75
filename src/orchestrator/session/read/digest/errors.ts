import type { AgentId, RunEvent } from '../../../protocol.js';
import type { ErrorReport } from '../report.js';
import { inSeconds } from './call-times.js';
import { createBoundedList } from './bounded-list.js';

/** Follows what went wrong. */
export interface ErrorDigest {
  readonly take: (event: RunEvent) => void;
  readonly errors: () => readonly ErrorReport[];
}

function toError(event: RunEvent): Omit<ErrorReport, 'seconds'> | undefined {
  switch (event.type) {
    case 'call-end':
      return event.error === undefined ? undefined : { agent: event.agent, kind: 'call', code: event.error.code, message: event.error.message };
    case 'answer-reject':
      return { agent: event.agent, kind: 'reply', code: event.reason, message: event.message };
    case 'agent-fail':
      return { agent: event.agent, kind: 'agent', code: event.error.code, message: event.error.message };
    case 'run-end':
      return event.error === undefined ? undefined : { agent: null, kind: 'run', code: event.error.code, message: event.error.message };
    case 'notice':
      return event.level === 'warning' ? { agent: null, kind: 'warning', code: null, message: event.message } : undefined;
    default:
      return undefined;
  }
}

export function createErrorDigest(): ErrorDigest {
  const list = createBoundedList<{ report: ErrorReport }>();
  /** Each agent's newest call that failed. */
  const failed = new Map<AgentId, { report: ErrorReport }>();
  return {
    take: (event) => {
      const again = event.type === 'retry-wait' || event.type === 'conversation-compact';
      const call = again || event.type === 'agent-fail' ? failed.get(event.agent) : undefined;
      if (again && call !== undefined) call.report = { ...call.report, kind: 'retried' };
      const error = toError(event);
      if (error === undefined) return;
      const entry = { report: { seconds: inSeconds(event.t), ...error } };
      // The call that made an agent fail and the failure are one thing.
      if (call?.report.message === error.message) call.report = entry.report;
      else list.add(entry);
      if (event.type === 'call-end') failed.set(event.agent, entry);
    },
    errors: () => list.all().map(({ report }) => report),
  };
}
