import type { ErrorData } from '../../../errors.js';
import type { BackendEvent, Usage } from '../../contract.js';
import { httpFailure } from '../../http-failure.js';
import { oneLine } from '../../one-line.js';
import type { Endpoint } from '../../spec.js';
import { masked } from '../../secrets.js';
import { countOf, isObject, parseJson, stringOf, type Json } from '../json.js';

interface Reader {
  readonly endpoint: Endpoint;
  /** Not to be seen in what is said of a failure. */
  readonly keys: readonly string[];
  /** AG2's own reckoning of the cost holds. */
  readonly atVendors: boolean;
}

/** What one line of bridge.py means. Pure. */
export function readLine(line: string, reader: Reader): readonly BackendEvent[] {
  const said = parseJson(line);
  if (!isObject(said)) return [{ type: 'error', error: { code: 'backend-garbage', message: oneLine(`AG2's bridge does not speak its protocol: ${line}`) } }];
  switch (said['type']) {
    case 'text':
      return [{ type: 'text-delta', text: stringOf(said['text']) }];
    case 'reasoning':
      return [{ type: 'reasoning-delta', text: stringOf(said['text']) }];
    case 'code':
      return [{ type: 'provider-tool', id: stringOf(said['id']), name: 'code_execution', status: said['status'] === 'end' ? 'end' : 'start', detail: stringOf(said['detail']) }];
    case 'tool_call':
      return toolCall(stringOf(said['id']), stringOf(said['name']), stringOf(said['arguments']));
    case 'usage':
      return [{ type: 'usage', usage: usageOf(said, reader.atVendors) }];
    case 'done':
      return [{ type: 'finish', reason: said['reason'] === 'tool-calls' ? 'tool-calls' : 'stop' }];
    case 'error':
      return [{ type: 'error', error: failureOf(said, reader) }];
    default:
      return [];
  }
}

const toolCall = (id: string, name: string, argumentsText: string): readonly BackendEvent[] => [
  { type: 'tool-call-start', id, name },
  { type: 'tool-call-delta', id, argumentsText },
  { type: 'tool-call-end', id, name, argumentsText },
];

/** Millionths; where AG2 has no price for a model it says 0, which says nothing. */
function usageOf(said: Json, atVendors: boolean): Usage {
  const dollars = countOf(said['cost']);
  return { inputTokens: countOf(said['input']), outputTokens: countOf(said['output']), ...(atVendors && dollars > 0 ? { costMicros: Math.ceil(Number((dollars * 1e6).toFixed(6))) } : {}) };
}

function failureOf(said: Json, { endpoint, keys }: Reader): ErrorData {
  const message = oneLine(masked(stringOf(said['message']), keys));
  const status = countOf(said['status']);
  if (status >= 400) {
    const header = (name: string): string | null => (name === 'retry-after' && typeof said['retry_after'] === 'string' ? said['retry_after'] : null);
    return httpFailure({ status, header, error: { message }, now: Date.now() }, endpoint);
  }
  if (said['kind'] === 'missing') return { code: 'backend-unsupported', message: `agent ${endpoint.agent}: ${message}` };
  if (said['kind'] === 'unreachable') return { code: 'backend-unreachable', message: `AG2 cannot reach its model (${endpoint.model}): ${message}; check base_url in llm_config and the network` };
  return { code: 'backend-unavailable', message: `AG2 failed: ${message}` };
}
