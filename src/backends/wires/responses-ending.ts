import type { ErrorData } from '../../errors.js';
import type { BackendEvent, FinishReason } from '../contract.js';
import type { Batch } from './batch.js';
import { isObject, listOf, objectOf, type Json } from './json.js';
import type { OutputItems } from './responses-items.js';
import { responsesUsage } from './responses-usage.js';

/** How a response ends: the one place that says its terminal event. */
export interface ResponsesEnding {
  /** Takes a frame that ends the response; any other is passed over. */
  take(type: string, frame: Json): void;
  fail(error: ErrorData): void;
  refuse(): void;
  isOver(): boolean;
}

export function createResponsesEnding(batch: Batch, items: OutputItems, wire: string, toError: (error: unknown) => ErrorData): ResponsesEnding {
  let refused = false;
  let over = false;

  const outputOf = (response: Json): readonly unknown[] => {
    const output = listOf(response['output']);
    return output.length > 0 ? output : items.all();
  };

  const close = (response: Json, event: BackendEvent): void => {
    over = true;
    const usage = responsesUsage(response['usage'], outputOf(response));
    if (usage) batch.push({ type: 'usage', usage });
    batch.push(event);
  };

  function conclude(response: Json, reason: FinishReason): void {
    const called = items.close();
    const spoken = refused ? 'refusal' : called ? 'tool-calls' : 'stop';
    const kept = outputOf(response).map((item) => ({ wire, item }));
    close(response, { type: 'finish', reason: reason === 'stop' ? spoken : reason, ...(kept.length > 0 ? { items: kept } : {}) });
  }

  const failed = (response: Json, error: unknown): void => {
    close(response, { type: 'error', error: toError(error ?? { message: 'the response failed' }) });
  };

  return {
    take: (type, frame) => {
      const response = objectOf(frame['response']) ?? {};
      if (type === 'response.completed') conclude(response, 'stop');
      else if (type === 'response.incomplete') conclude(response, incompleteReason(response));
      else if (type === 'response.failed') failed(response, response['error']);
      else if (type === 'error') failed({}, isObject(frame['error']) ? frame['error'] : frame);
      else if (type === '' && frame['error']) failed({}, frame['error']);
    },
    fail: (error) => {
      close({}, { type: 'error', error });
    },
    refuse: () => {
      refused = true;
    },
    isOver: () => over,
  };
}

function incompleteReason(response: Json): FinishReason {
  return objectOf(response['incomplete_details'])?.['reason'] === 'content_filter' ? 'content-filter' : 'length';
}
