import type { ErrorData } from '../../errors.js';
import { createBatch, type Batch } from './batch.js';
import { isObject, objectOf, parseJson, stringOf, type Json } from './json.js';
import { brokenFrame, earlyEnd, unknownBody, type Reading } from './reading.js';
import { createResponsesEnding, type ResponsesEnding } from './responses-ending.js';
import { createOutputItems, framesOf, type OutputItems } from './responses-items.js';

export interface ResponsesReadingOptions {
  /** As whose items those of the reply are kept. */
  readonly wire: string;
  /** An error frame as our error. */
  readonly toError: (error: unknown) => ErrorData;
}

/** Reads the event stream of the Responses API (https://platform.openai.com/docs/api-reference/responses-streaming). */
export function createResponsesReading({ wire, toError }: ResponsesReadingOptions): Reading {
  const batch = createBatch();
  const items = createOutputItems(batch);
  const ending = createResponsesEnding(batch, items, wire, toError);
  const take = (frame: Json): void => {
    takeFrame(frame, batch, items, ending);
  };

  return {
    take: (payloads) => {
      for (const payload of payloads) {
        if (ending.isOver() || payload === '' || payload === '[DONE]') continue;
        const frame = parseJson(payload);
        if (isObject(frame)) take(frame);
        else if (frame === undefined) ending.fail(brokenFrame(payload));
      }
      return batch.drain();
    },
    whole: (body) => {
      const response = objectOf(body) ?? {};
      if (response['error']) take({ type: 'response.failed', response });
      else if (!Array.isArray(response['output'])) ending.fail(unknownBody(JSON.stringify(body)));
      else {
        framesOf(response['output']).forEach(take);
        take({ type: response['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed', response });
      }
      return batch.drain();
    },
    end: (head) => {
      ending.fail(earlyEnd(head));
      return batch.drain();
    },
  };
}

function takeFrame(frame: Json, batch: Batch, items: OutputItems, ending: ResponsesEnding): void {
  const type = stringOf(frame['type']);
  switch (type) {
    case 'response.output_text.delta':
      items.text(frame);
      return;
    case 'response.refusal.delta':
      ending.refuse();
      items.text(frame);
      return;
    case 'response.reasoning_summary_part.added':
      if (frame['summary_index'] !== 0) batch.reasoning('\n\n');
      return;
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      batch.reasoning(stringOf(frame['delta']));
      return;
    case 'response.function_call_arguments.delta':
      items.argumentsDelta(frame);
      return;
    case 'response.output_item.added':
      items.add(frame);
      return;
    case 'response.output_item.done':
      items.done(frame);
      return;
    case 'response.output_text.annotation.added':
      cite(frame['annotation'], batch);
      return;
    default:
      ending.take(type, frame);
  }
}

function cite(annotation: unknown, batch: Batch): void {
  if (!isObject(annotation) || annotation['type'] !== 'url_citation') return;
  const title = stringOf(annotation['title']);
  batch.push({ type: 'citation', url: stringOf(annotation['url']), ...(title === '' ? {} : { title }) });
}
