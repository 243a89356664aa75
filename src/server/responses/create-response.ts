import type { Request, Response } from 'express';
import { MassgenError, toErrorData } from '../../errors.js';
import { createStop } from '../../orchestrator/index.js';
import type { ServerDeps } from '../deps.js';
import { callerOf } from '../http/auth.js';
import { errorBody, errorHeaders, isPrivate, statusOf } from '../http/envelope.js';
import type { ReplySink } from '../http/reply-sink.js';
import { claimReply, openVisit } from '../runs/visit.js';
import { serveRun, runVisit } from '../runs/serve-run.js';
import { earlierItems, newItems } from './earlier-items.js';
import { followResponse } from './follow-response.js';
import { readBody, readResponseRequest } from './read-response.js';
import type { ResponseJob } from './response-job.js';
import { newResponseId } from './response-record.js';
import { echoOf } from './response-resource.js';
import { resourceOf } from './response-stream.js';
import { responsesDialect } from './responses-dialect.js';
import type { Dialect } from '../runs/dialect.js';
import type { ResponseBody } from './response-types.js';

interface Opened {
  readonly body: ResponseBody;
  readonly job: ResponseJob;
  readonly dialect: Dialect;
}

/** Reads a request, and what it goes on with. Throws what is wrong with it. */
async function open(request: Request, owner: string, { responses }: ServerDeps): Promise<Opened> {
  const body = readBody(request.body);
  const id = newResponseId();
  const previous = body.previous_response_id ?? null;
  const earlier = previous === null ? [] : await earlierItems(responses, owner, previous);
  const input = await newItems(responses, owner, body.input, id);
  const asked = readResponseRequest(body, earlier, input);
  const customTools = (body.tools ?? []).flatMap(({ type, name }) => (type === 'custom' && name != null ? [name] : []));
  const job = responses.open(owner, { version: 1, id, created: 0, model: asked.model, previous, background: body.background ?? false, store: body.store ?? true, echo: echoOf(body), customTools, input, said: [], ending: null });
  return { body, job, dialect: responsesDialect(job, asked) };
}

/** Errors of the shared path name the fields of chat completions. */
function renamed(thrown: unknown): unknown {
  if (!(thrown instanceof MassgenError) || thrown.data.param === undefined) return thrown;
  const inOurWords = (text: string): string => text.replaceAll('response_format.json_schema', 'text.format').replace(/^messages(?=$|\[)/u, 'input');
  const { code, message, param, ...more } = thrown.data;
  return new MassgenError(code, inOurWords(message), { ...more, param: inOurWords(param), cause: thrown });
}

/** Where a run in the background writes: nowhere, what is said goes into its job. */
function jobSink(job: ResponseJob): ReplySink {
  let begun = false;
  return {
    gone: createStop().signal,
    begun: () => begun,
    begin: () => {
      begun = true;
    },
    write: () => undefined,
    end: () => job.leave(),
    behind: () => undefined,
  };
}

function sendJson(sink: ReplySink, status: number, body: object, headers: Readonly<Record<string, string>>): void {
  sink.begin(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  sink.end(JSON.stringify(body));
}

/** Answers at once; the run goes on whether or not somebody reads of it. */
async function answerInBackground(request: Request, response: Response, deps: ServerDeps, { body, job, dialect }: Opened): Promise<void> {
  const claimed = claimReply(request, response, deps);
  if (claimed === undefined) return;
  const { sink, discard } = claimed;
  try {
    const visit = await openVisit(request, response, deps, dialect, { sink: jobSink(job), discard });
    if (visit === undefined) return;
    const { session, stop, head } = visit;
    await job.begin(head, {
      isQueued: () => session.status === 'queued',
      cancel: (reason) => {
        stop.abort(reason);
      },
    });
    void runVisit(visit).catch((thrown: unknown) => {
      discard();
      job.fail(toErrorData(thrown));
      deps.report(toErrorData(thrown));
    });
    if (body.stream === true) await followResponse(job, sink, deps, -1);
    else sendJson(sink, 200, resourceOf(job.record(), true), { 'x-massgen-session': head.session });
  } catch (thrown) {
    discard();
    job.leave();
    const error = toErrorData(renamed(thrown));
    if (isPrivate(error)) deps.report(thrown instanceof Error ? thrown : error);
    sendJson(sink, statusOf(error), errorBody(error), errorHeaders(error));
  }
}

/** `POST /v1/responses`. */
export async function createResponse(request: Request, response: Response, deps: ServerDeps): Promise<void> {
  const opened = await open(request, callerOf(response).owner, deps);
  if (opened.body.background === true) {
    await answerInBackground(request, response, deps, opened);
    return;
  }
  try {
    await serveRun(request, response, deps, opened.dialect);
  } catch (thrown) {
    throw renamed(thrown);
  } finally {
    opened.job.leave();
  }
}
