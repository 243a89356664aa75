import type { AgentId, RunEvent } from '../../../protocol.js';
import type { ToolReport } from '../report.js';
import { inSeconds } from './call-times.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** Follows what tools agents use: their vendors' own, and those of the workflow. */
export interface ToolDigest {
  readonly take: (event: RunEvent) => void;
  readonly tools: () => readonly ToolReport[];
}

interface Sum {
  readonly tool: string;
  readonly kind: ToolReport['kind'];
  readonly agents: Set<AgentId>;
  calls: number;
  ms: number | null;
}

const WORKFLOW: ReadonlySet<string> = new Set(['new_answer', 'vote', 'submit', 'restart_orchestration']);

export function createToolDigest(): ToolDigest {
  const sums = new Map<string, Sum>();
  const running = new Map<string, number>();
  const sumOf = (tool: string, kind: ToolReport['kind'], agent: AgentId): Sum => {
    const sum = sums.get(`${kind} ${tool}`) ?? { tool, kind, agents: new Set(), calls: 0, ms: null };
    sums.set(`${kind} ${tool}`, sum);
    sum.agents.add(agent);
    return sum;
  };
  const provider = ({ agent, turn, call, id, name, status, t }: EventOf<'provider-tool'>): void => {
    const sum = sumOf(name, 'provider', agent);
    const key = `${String(turn)} ${String(call)} ${id} ${agent}`;
    const startedAt = running.get(key);
    if (status === 'start') running.set(key, t);
    else running.delete(key);
    // Some vendors tell of the end only.
    if (status === 'start' || startedAt === undefined) sum.calls += 1;
    if (status === 'end' && startedAt !== undefined) sum.ms = (sum.ms ?? 0) + Math.max(0, t - startedAt);
  };
  return {
    take: (event) => {
      if (event.type === 'provider-tool') provider(event);
      if (event.type !== 'call-end') return;
      for (const { name } of event.toolCalls) sumOf(name, WORKFLOW.has(name) ? 'workflow' : 'other', event.agent).calls += 1;
    },
    tools: () => [...sums.values()].map(({ tool, kind, agents, calls, ms }) => ({ tool, kind, agents: [...agents], calls, failures: 0, total_seconds: ms === null ? null : inSeconds(ms) })),
  };
}
