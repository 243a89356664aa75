import { bodyOf, framesOf, type TestServer } from './server.js';

/** What is looked at of an item. */
export interface SeenItem {
  readonly type: string;
  readonly id: string;
  readonly status?: string;
  readonly summary: readonly { readonly text: string }[];
  readonly content: readonly { readonly text: string }[];
  readonly arguments?: string;
}

/** What is looked at of a response, or of an error in its place. */
export interface SeenResponse {
  readonly id: string;
  readonly status: string;
  readonly output: readonly SeenItem[];
  readonly previous_response_id: string | null;
  readonly error: { readonly message: string; readonly code: string; readonly param?: string | null };
  readonly text: { readonly format: unknown };
}

export interface SeenEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly output_index?: number;
  readonly item: SeenItem;
  readonly response: SeenResponse;
}

export async function respond({ post }: Pick<TestServer, 'post'>, body: object, init?: RequestInit): Promise<SeenResponse> {
  return (await bodyOf(await post('/v1/responses', body, init))) as SeenResponse;
}

/** The events of a streamed response, without `[DONE]`. */
export const eventsOf = async (response: Response): Promise<readonly SeenEvent[]> => framesOf(await response.text()).flatMap(({ data }) => (data === '[DONE]' ? [] : [data as SeenEvent]));

/** How a streamed response ended. */
export async function lastOf(response: Response): Promise<SeenResponse> {
  const events = await eventsOf(response);
  return events.at(-1)!.response;
}

/** Asks again until the response has ended. */
export async function ended({ get }: Pick<TestServer, 'get'>, id: string): Promise<SeenResponse> {
  for (;;) {
    const body = (await bodyOf(await get(`/v1/responses/${id}`))) as SeenResponse;
    if (body.status !== 'queued' && body.status !== 'in_progress') return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The answer in a response. */
export const textOf = ({ output }: SeenResponse): string => output.flatMap(({ type, content }) => (type === 'message' ? content.map(({ text }) => text) : [])).join('');
/** How the answer came to be. */
export const reasoningOf = ({ output }: SeenResponse): string => output.flatMap(({ type, summary }) => (type === 'reasoning' ? summary.map(({ text }) => text) : [])).join('');

/** A status and the error with it. */
export async function errorOf(response: Response): Promise<readonly unknown[]> {
  return [response.status, ((await bodyOf(response)) as SeenResponse).error];
}

/** Without what is different every time. */
export const steadyResponse = (text: string): string =>
  text
    .replaceAll(/resp_[0-9a-f]{48}/gu, 'resp_ID')
    .replaceAll(/_[0-9a-f]{48}([io]\d+)/gu, '_ID$1')
    .replaceAll(/api_session_\d{8}_\d{6}_[0-9a-f]{32}/gu, 'api_session_ID')
    .replaceAll(/log_\d{8}_\d{6}_\d{6}/gu, 'log_STAMP')
    .replaceAll(/"(created_at|completed_at)":\d+/gu, '"$1":0')
    .replaceAll(/"duration_seconds":[\d.e-]+/gu, '"duration_seconds":0');
