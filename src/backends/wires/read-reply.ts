import type { BackendEvent } from '../contract.js';
import { MassgenError } from '../../errors.js';
import type { Body } from '../transport/body.js';
import { createSseReader } from '../transport/sse.js';
import { parseJson } from './json.js';
import type { Reading } from './reading.js';

const isTerminal = (event: BackendEvent | undefined): boolean => event?.type === 'finish' || event?.type === 'error';

/** Sends a request; the response comes as soon as its headers are there. */
export type Ask = () => Promise<Response>;

/**
 * The I/O half of a wire: reads a response's body through a reading, one batch per socket read. A vendor may break a reply
 * in two: `again` says how to ask for the rest, which the same reading reads on. One generator does all of it: each more
 * would cost every batch.
 */
export async function* readReply(ask: Ask, reading: Reading, again: () => Ask | undefined = () => undefined): AsyncGenerator<readonly BackendEvent[]> {
  const repeated = reading.repeated?.bind(reading);
  for (let next: Ask | undefined = ask; next !== undefined; next = again()) {
    const response = await next();
    const body: AsyncIterable<Uint8Array> | null = response.body;
    if (isWhole(response)) {
      yield await readWhole(response, reading);
      continue;
    }
    if (!body) throw new MassgenError('backend-truncated', 'the reply has no body');
    const frames = createSseReader();
    let isOver = false;
    try {
      for await (const bytes of body) {
        const events = reading.take(repeated === undefined ? frames.take(bytes) : frames.takeJoined(bytes, repeated));
        if (events.length === 0) continue;
        isOver = isTerminal(events.at(-1));
        yield events;
        if (isOver) return;
      }
      isOver = true;
    } finally {
      if (!isOver) (body as Partial<Body>).drop?.();
    }
    // Some servers leave out the blank line after their last frame; a frame cut in half is not a frame.
    const rest = reading.take(frames.end().filter((payload) => payload === '[DONE]' || parseJson(payload) !== undefined));
    yield rest;
    if (!isTerminal(rest.at(-1))) yield reading.end(frames.head());
  }
}

function isWhole({ headers }: Response): boolean {
  const kind = headers.get('content-type') ?? '';
  return /\bjson\b/.test(kind) && !kind.includes('stream');
}

async function readWhole(response: Response, reading: Reading): Promise<readonly BackendEvent[]> {
  const text = await response.text();
  const body = parseJson(text);
  return body === undefined ? reading.end(text.slice(0, 300)) : reading.whole(body);
}
