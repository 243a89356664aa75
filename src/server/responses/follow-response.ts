import type { ServerDeps } from '../deps.js';
import type { ReplySink } from '../http/reply-sink.js';
import { createSse } from '../http/sse.js';
import type { ResponseJob } from './response-job.js';
import type { ResponseRecord } from './response-record.js';
import { frameOf, ResponseStream, STREAM_END, type StreamEvent } from './response-stream.js';
import { isJob } from './responses.js';

/** Events made before they are sent. */
const BATCH = 500;

/** Sends the stream of a response from its beginning, without the events up to number `after`: those of the past, then each as it comes, to its end. */
export async function followResponse(found: ResponseJob | ResponseRecord, sink: ReplySink, { settings }: Pick<ServerDeps, 'settings'>, after: number): Promise<void> {
  const read = (): ResponseRecord => (isJob(found) ? found.record() : found);
  const sse = createSse(sink, { heartbeatMs: settings.heartbeatMs });
  const send = (events: readonly StreamEvent[]): void => {
    sse.write(events.filter(({ sequence_number }) => sequence_number > after).map(frameOf).join(''));
  };
  sse.comment(`response ${read().id}`);
  let wake = (): void => undefined;
  sink.gone.addEventListener('abort', () => wake(), { once: true });
  const stream = new ResponseStream(read());
  send(stream.open());
  for (let next = 0; !sink.gone.aborted; ) {
    const { said, ending } = read();
    const changed = isJob(found) ? found.changed() : Promise.resolve();
    for (const piece of said.slice(next, next + BATCH)) send(stream.say(piece));
    next = Math.min(said.length, next + BATCH);
    const behind = sink.behind();
    if (behind !== undefined) await behind;
    if (next < said.length) continue;
    if (ending !== null) {
      send(stream.end(ending));
      break;
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
      void changed.then(resolve);
    });
  }
  sse.end(STREAM_END);
}
