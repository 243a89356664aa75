import type { Backend } from '../backends/contract.js';
import { performCall } from '../orchestrator/engine/perform-call.js';
import type { AskModel } from '../orchestrator/tools/mcp/sampler.js';
import type { Pricing } from './prices.js';

export interface AskedModel {
  readonly agent: string;
  readonly backend: Backend;
  readonly pricing: Pricing | undefined;
  readonly idleMs: number;
}

/** An agent's model, for what others than the agent ask it: no tools, no conversation but theirs. */
export function modelOf({ agent, backend, pricing, idleMs }: AskedModel): AskModel {
  let count = 0;
  return async ({ messages, sampling }, signal) => {
    const controller = new AbortController();
    const stop = (): void => controller.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const request = { messages, sampling, tools: [], toolChoice: 'none' as const, callIndex: count++ };
    const { end, error, reason, text, usage, usageSource } = await performCall({ backend, request, ref: { agent, turn: 0, call: count }, controller, idleMs, drafts: false, show: () => undefined, ready: () => undefined });
    signal.removeEventListener('abort', stop);
    const costMicros = usage.costMicros ?? (await pricing?.cost(usage).catch(() => null)) ?? null;
    const failed = end === 'finish' ? undefined : (error?.message ?? 'it was broken off');
    return { text, reason: reason ?? 'aborted', model: usage.by?.model ?? backend.model, spent: { usage, costMicros, ...(usageSource === 'estimated' ? { estimated: true } : {}) }, ...(failed === undefined ? {} : { error: failed }) };
  };
}
