import type { BackendRequest } from '../contract.js';

export type Body = Readonly<Record<string, unknown>>;

/** Sends one request and returns the response as soon as its headers are there; a refusal is thrown with its status. */
type Sender = (body: object, request: BackendRequest, signal: AbortSignal) => Promise<Response>;

/** What may be left out of a refused request, or said in other words. */
export interface Mend {
  /** The request to send instead. Undefined where the refusal is about something else, or the request holds nothing of it. */
  readonly apply: (body: Body, said: string, request: BackendRequest) => Body | undefined;
  /** What was refused once would be refused again: it is left out of every request from then on. */
  readonly lasting?: true;
}

function refusalIn(error: unknown): string | undefined {
  return error instanceof Error && 'status' in error && error.status === 400 ? error.message : undefined;
}

/** A sender that sends a refused request (400) once more, mended, as often as there is something to mend. Each mend takes away what it looks for. */
export function mending(send: Sender, mends: readonly Mend[]): Sender {
  const learnt = new Map<Mend, string>();
  return async (given, request, signal) => {
    let body = given as Body;
    for (const [mend, said] of learnt) body = mend.apply(body, said, request) ?? body;
    for (;;) {
      try {
        return await send(body, request, signal);
      } catch (error) {
        const said = refusalIn(error);
        const next = said === undefined ? undefined : firstOf(mends, body, said, request);
        if (said === undefined || next === undefined) throw error;
        if (next.mend.lasting) learnt.set(next.mend, said);
        body = next.body;
      }
    }
  };
}

function firstOf(mends: readonly Mend[], body: Body, said: string, request: BackendRequest): { readonly mend: Mend; readonly body: Body } | undefined {
  for (const mend of mends) {
    const mended = mend.apply(body, said, request);
    if (mended !== undefined) return { mend, body: mended };
  }
  return undefined;
}
