import type { AgentId, RunEvent } from '../../../protocol.js';
import type { ToolReport } from '../report.js';
import { toolKind } from '../../../tool-words.js';
import { inSeconds } from './call-times.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** Follows what tools agents use: their vendors', those of the workflow, and their own. */
export interface ToolDigest {
  readonly take: (event: RunEvent) => void;
  readonly tools: () => readonly ToolReport[];
}

interface Sum {
  readonly tool: string;
  readonly kind: ToolReport['kind'];
  readonly agents: Set<AgentId>;
  calls: number;
  failures: number;
  ms: number | null;
}

const WORKFLOW: ReadonlySet<string> = new Set(['new_answer', 'vote', 'submit', 'restart_orchestration']);

export function createToolDigest(): ToolDigest {
  const sums = new Map<string, Sum>();
  const running = new Map<string, number>();
  const sumOf = (tool: string, kind: ToolReport['kind'], agent: AgentId): Sum => {
    const sum = sums.get(`${kind} ${tool}`) ?? { tool, kind, agents: new Set(), calls: 0, failures: 0, ms: null };
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
  /** Agents whose other calls are of tools of their own, and counted when they end. */
  const equipped = new Set<AgentId>();
  const own = ({ agent, name, status, durationMs }: EventOf<'tool-end'>): void => {
    const sum = sumOf(name, toolKind(name), agent);
    sum.calls += 1;
    if (status !== 'ok') sum.failures += 1;
    sum.ms = (sum.ms ?? 0) + durationMs;
  };
  const called = (agent: AgentId, names: readonly { readonly name: string }[]): void => {
    for (const { name } of names) sumOf(name, WORKFLOW.has(name) ? 'workflow' : 'other', agent).calls += 1;
  };
  return {
    take: (event) => {
      if (event.type === 'provider-tool') provider(event);
      else if (event.type === 'tools-offer') equipped.add(event.agent);
      else if (event.type === 'tool-end') own(event);
      else if (event.type === 'call-end') called(event.agent, equipped.has(event.agent) ? event.toolCalls.filter(({ name }) => WORKFLOW.has(name)) : event.toolCalls);
      else if (event.type === 'answer-final' && equipped.has(event.agent)) called(event.agent, event.toolCalls ?? []);
    },
    tools: () => [...sums.values()].map(({ tool, kind, agents, calls, failures, ms }) => ({ tool, kind, agents: [...agents], calls, failures, total_seconds: ms === null ? null : inSeconds(ms) })),
  };
}
