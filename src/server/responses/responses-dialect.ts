import type { ErrorData } from '../../errors.js';
import { errorBody, statusOf } from '../http/envelope.js';
import type { Dialect, Failure } from '../runs/dialect.js';
import type { ServeEvent } from '../runs/serve-event.js';
import type { ServeRequest } from '../runs/serve-request.js';
import type { ResponseJob } from './response-job.js';
import type { SaidPiece } from './response-record.js';
import { frameOf, resourceOf, ResponseStream, STREAM_END, type StreamEvent } from './response-stream.js';

const frames = (events: readonly StreamEvent[]): string => events.map(frameOf).join('');

/** What an event adds to a response. An agent's own tool calls are told in the reasoning: as items, clients would make them again. */
function pieceOf(event: Exclude<ServeEvent, { type: 'failed' | 'done' }>): SaidPiece | undefined {
  if (event.type === 'citation') return [event.type, event.source];
  if (event.type !== 'tool-call') return [event.type, event.text];
  return event.whose === 'caller' ? ['call', event.call] : undefined;
}

/** A conversation that is too long for an agent's model is the request's fault in this API. */
function failureOf(error: ErrorData): Failure {
  const told: ErrorData = error.code === 'context-overflow' ? { code: 'request-invalid', message: error.message, param: 'input', reason: 'context_length_exceeded' } : error;
  return { status: statusOf(told), body: errorBody(told) };
}

/** OpenAI's Responses, for one request that has been read: what is said of it goes into its job. */
export const responsesDialect = (job: ResponseJob, asked: ServeRequest): Dialect => ({
  name: 'responses',
  read: () => asked,
  reply: (served, head) => {
    const { reasoning, content, sources, toolCalls } = served;
    void job.begin(head);
    if (reasoning !== '') job.say(['reasoning', reasoning]);
    if (content !== '') job.say(['content', content]);
    for (const source of sources) job.say(['citation', source]);
    for (const call of toolCalls) job.say(['call', call]);
    job.done(served);
    return resourceOf(job.record());
  },
  fail: (error, head) => {
    // Who asked for a response in the background has its answer already; one that a filter withheld is a response, too.
    if (!job.record().background && error.code !== 'reply-filtered') return failureOf(error);
    void job.begin(head);
    job.fail(error);
    return { status: 200, body: resourceOf(job.record()) };
  },
  stream: (head) => {
    let stream: ResponseStream | undefined;
    const begun = (): ResponseStream => {
      void job.begin(head);
      stream ??= new ResponseStream(job.record());
      return stream;
    };
    let opened = false;
    // Numbers follow the order in which events are made, so the first ones are made first.
    const open = (): string => {
      if (opened) return '';
      opened = true;
      return frames(begun().open());
    };
    const end = (): string => {
      const { ending } = job.record();
      return ending === null ? '' : `${frames(begun().end(ending))}${STREAM_END}`;
    };
    return {
      open,
      event: (event) => {
        const first = open();
        if (event.type === 'done') {
          job.done(event);
          return `${first}${end()}`;
        }
        const piece = pieceOf(event);
        if (piece === undefined) return first;
        job.say(piece);
        return `${first}${frames(begun().say(piece))}`;
      },
      fail: (error) => {
        const first = open();
        job.fail(error);
        return `${first}${end()}`;
      },
    };
  },
});
