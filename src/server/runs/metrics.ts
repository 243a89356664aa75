import type { RunStatus } from '../../orchestrator/index.js';
import type { Queue } from './queue.js';

/** What `/metrics` tells. */
export interface ServerMetrics {
  readonly request: (method: string, route: string, status: number, seconds: number) => void;
  readonly runEnded: (kind: 'team' | 'agent', status: RunStatus, seconds: number, usage: { readonly prompt_tokens: number; readonly completion_tokens: number }) => void;
  readonly firstByte: (seconds: number) => void;
  /** A listener's queue, to be looked at when somebody asks. */
  readonly watch: (listener: string, queue: Queue) => void;
  readonly text: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Metrics of one server, in a registry of its own. */
export async function createMetrics(): Promise<ServerMetrics> {
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];
  const requests = new Histogram({ name: 'massgen_http_request_duration_seconds', help: 'HTTP requests, to the end of the response', labelNames: ['method', 'route', 'status'], buckets: seconds, registers });
  const runs = new Histogram({ name: 'massgen_session_duration_seconds', help: 'Sessions, to their end', labelNames: ['kind', 'status'], buckets: seconds, registers });
  const tokens = new Counter({ name: 'massgen_tokens_total', help: 'Tokens of all sessions', labelNames: ['direction'], registers });
  const first = new Histogram({ name: 'massgen_first_byte_seconds', help: 'From a request to the first byte of its streamed reply', buckets: seconds, registers });
  const queues = new Map<string, Queue>();
  const gauge = (name: string, help: string, value: (queue: Queue) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['listener'],
      registers,
      collect() {
        for (const [listener, queue] of queues) this.set({ listener }, value(queue));
      },
    });
  };
  gauge('massgen_sessions_running', 'Sessions that run now', (queue) => queue.running());
  gauge('massgen_requests_waiting', 'Requests that wait for a place', (queue) => queue.waiting());
  return {
    request: (method, route, status, taken) => {
      requests.observe({ method, route, status: String(status) }, taken);
    },
    runEnded: (kind, status, taken, usage) => {
      runs.observe({ kind, status }, taken);
      tokens.inc({ direction: 'input' }, usage.prompt_tokens);
      tokens.inc({ direction: 'output' }, usage.completion_tokens);
    },
    firstByte: (taken) => {
      first.observe(taken);
    },
    watch: (listener, queue) => {
      queues.set(listener, queue);
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
