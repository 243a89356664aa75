import { MassgenError } from '../../errors.js';
import { itemId, responseOfItem, type ResponseRecord } from './response-record.js';
import { ResponseStream } from './response-stream.js';
import { isJob, type Responses } from './responses.js';
import type { InputItem, InputPart } from './response-types.js';

/** Responses that one conversation may go on over. */
const LONGEST_CHAIN = 1000;

const refusePrevious = (message: string, reason: string): never => {
  throw new MassgenError('request-invalid', message, { param: 'previous_response_id', reason });
};

async function recordOf(responses: Responses, owner: string, id: string): Promise<ResponseRecord | undefined> {
  const found = await responses.find(owner, id);
  if (found === undefined) return undefined;
  return isJob(found) ? found.record() : found;
}

/** What was said in a response and those before it, the oldest first. Throws `request-invalid` for one that is not there or has no answer. */
export async function earlierItems(responses: Responses, owner: string, id: string): Promise<readonly InputItem[]> {
  const turns: (readonly InputItem[])[] = [];
  for (let next: string | null = id; next !== null; ) {
    if (turns.length >= LONGEST_CHAIN) return refusePrevious(`more than ${String(LONGEST_CHAIN)} responses follow each other; begin a new conversation`, 'conversation_too_long');
    const record: ResponseRecord | undefined = await recordOf(responses, owner, next);
    if (record === undefined) return refusePrevious(`Previous response with id '${next.slice(0, 100)}' not found.`, 'previous_response_not_found');
    const { ending } = record;
    if (ending === null) return refusePrevious(`Previous response with id '${next}' is still in progress.`, 'previous_response_in_progress');
    if (ending.status !== 'completed' && ending.status !== 'incomplete') return refusePrevious(`Previous response with id '${next}' has no answer: its status is ${ending.status}.`, 'previous_response_without_answer');
    turns.push([...record.input, ...(ResponseStream.outputOf(record) as readonly InputItem[])]);
    next = record.previous;
  }
  return turns.toReversed().flat();
}

const partsOf = (content: NonNullable<InputItem['content']>, role: InputItem['role']): readonly InputPart[] => {
  if (typeof content !== 'string') return content.map((part) => (part.type === 'input_image' ? { detail: 'auto', ...part } : part.type === 'output_text' ? { annotations: [], ...part } : part));
  return [role === 'assistant' ? ({ type: 'output_text', text: content, annotations: [] } as InputPart) : { type: 'input_text', text: content }];
};

const PREFIXES: Readonly<Record<string, string>> = { message: 'msg', function_call: 'fc', function_call_output: 'fco', custom_tool_call: 'ctc', custom_tool_call_output: 'ctco', reasoning: 'rs' };

function normalised(item: InputItem, responseId: string, index: number): InputItem {
  const type = item.type ?? 'message';
  const id = item.id ?? itemId(PREFIXES[type] ?? 'item', responseId, 'i', index);
  if (type === 'reasoning') return { ...item, id, type };
  const whole = { ...item, id, type, status: (item as { readonly status?: unknown }).status ?? 'completed' };
  return type === 'message' && item.content != null ? { ...whole, content: partsOf(item.content, item.role) } : whole;
}

/** The item that a reference means. Throws `request-invalid` when there is none. */
async function referenced(responses: Responses, owner: string, id: string, param: string): Promise<InputItem> {
  const home = responseOfItem(id);
  const record = home === undefined ? undefined : await recordOf(responses, owner, home);
  const items = record === undefined ? [] : [...record.input, ...(ResponseStream.outputOf(record) as readonly InputItem[])];
  const found = items.find((item) => item.id === id);
  if (found === undefined) throw new MassgenError('request-invalid', `Item with id '${id.slice(0, 100)}' not found.`, { param, reason: 'item_not_found' });
  return found;
}

/** The items that a request adds, as they are kept: references resolved, each with its id. */
export async function newItems(responses: Responses, owner: string, input: string | readonly InputItem[] | undefined, responseId: string): Promise<readonly InputItem[]> {
  const given: readonly InputItem[] = typeof input === 'string' ? [{ role: 'user', content: input }] : (input ?? []);
  const items: InputItem[] = [];
  for (const [index, item] of given.entries()) {
    const isReference = item.type === 'item_reference' || (item.type == null && item.role == null && item.id != null);
    items.push(isReference ? await referenced(responses, owner, item.id ?? '', `input[${String(index)}].id`) : normalised(item, responseId, index));
  }
  return items;
}
