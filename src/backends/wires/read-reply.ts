import type { BackendEvent } from '../contract.js';
import { MassgenError } from '../../errors.js';
import { createSseReader } from '../transport/sse.js';
import { parseJson } from './json.js';
import type { Reading } from './reading.js';

const isTerminal = (event: BackendEvent | undefined): boolean => event?.type === 'finish' || event?.type === 'error';

/** The I/O half of a wire: reads a response's body through a reading, one batch per socket read. */
export async function* readReply(response: Response, reading: Reading): AsyncGenerator<readonly BackendEvent[]> {
  const kind = response.headers.get('content-type') ?? '';
  if (/\bjson\b/.test(kind) && !kind.includes('stream')) {
    const text = await response.text();
    const body = parseJson(text);
    yield body === undefined ? reading.end(text.slice(0, 300)) : reading.whole(body);
    return;
  }
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (!body) throw new MassgenError('backend-truncated', 'the reply has no body');
  const frames = createSseReader();
  for await (const bytes of body) {
    const events = reading.take(frames.take(bytes));
    if (events.length === 0) continue;
    yield events;
    if (isTerminal(events.at(-1))) return;
  }
  // Some servers leave out the blank line after their last frame; a frame cut in half is not a frame.
  const rest = reading.take(frames.end().filter((payload) => payload === '[DONE]' || parseJson(payload) !== undefined));
  yield rest;
  if (!isTerminal(rest.at(-1))) yield reading.end(frames.head());
}
