import { isMap } from '../json-map.js';
import type { AgentId } from '../protocol.js';
import type { ApprovalList } from '../tools/rules/approvals.js';

export interface PlannedAgent {
  readonly id: AgentId;
  /** The backend block as written, variables replaced and `extra_args` moved into `extra_body`. */
  readonly backend: Readonly<Record<string, unknown>> & { readonly type: string };
  /** What takes over when the backend fails, in this order. */
  readonly fallback?: readonly PlannedAgent['backend'][];
  /** Empty when there is none. */
  readonly systemMessage: string;
  /** The only tools it has, by name or glob; all that are configured if absent. */
  readonly toolChoice?: readonly string[];
  readonly approvals?: ApprovalList;
  /** Agents that it may ask. */
  readonly helpers?: readonly PlannedHelper[];
}

/** An agent that another one may ask, and what it is told of it. */
export interface PlannedHelper {
  readonly agent: PlannedAgent;
  readonly description: string;
}

/** A backend block as a run takes it. */
export function plannedBackend({ extra_args: extra, ...backend }: PlannedAgent['backend']): PlannedAgent['backend'] {
  const { extra_body: body } = backend;
  return isMap(extra) ? { ...backend, extra_body: { ...extra, ...(isMap(body) ? body : {}) } } : backend;
}
