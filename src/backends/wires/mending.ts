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

/** Of a request that is wrong in the vendor's eyes. */
function refusalIn(error: unknown): string | undefined {
  return error instanceof Error && 'status' in error && (error.status === 400 || error.status === 422) ? error.message : undefined;
}

/** The same without one field. */
export const without = (body: Body, name: string): Body => Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));

const SAMPLING = ['temperature', 'top_p', 'top_k', 'presence_penalty', 'frequency_penalty', 'stop', 'seed'] as const;

const camel = (name: string): string => name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

/** What only this request wants and the model does not have: "Unsupported value: 'temperature' does not support 0.7 with this model", "Model grok-4.3 does not support parameter presencePenalty." What the configuration says is the user's to mend. */
function unsampled(body: Body, said: string, { sampling }: BackendRequest): Body | undefined {
  if (sampling === undefined || !/support|deprecated|not permitted|not allowed|unknown|unrecogni[sz]ed/i.test(said)) return undefined;
  const refused = SAMPLING.find((name) => name in body && sampling[name] !== undefined && new RegExp(`(?:['"\`]|parameter |argument |model: )(?:${name}|${camel(name)})\\b`, 'i').test(said));
  return refused === undefined ? undefined : without(body, refused);
}

export const UNSAMPLED: Mend = { apply: unsampled, lasting: true };

/** "The tool specified in `tool_choice` does not match any of the specified `tools`": the next request may name one that is there. */
const MISNAMED = /not found|does not match any|no such/i;

/** A sender that sends a refused request (400, 422) once more, mended, as often as there is something to mend. Each mend takes away what it looks for. What lasts is learnt of a request that was taken, but for a mend after which the same was said again and another helped. */
export function mending(send: Sender, mends: readonly Mend[]): Sender {
  const learnt = new Map<Mend, Set<string>>();
  return async (given, request, signal) => {
    let body = mendedBefore(learnt, given as Body, request);
    const tried = new Map<string, Mend>();
    for (;;) {
      try {
        const response = await send(body, request, signal);
        for (const [said, mend] of tried) {
          if (mend.lasting && !MISNAMED.test(said)) learnt.set(mend, (learnt.get(mend) ?? new Set<string>()).add(said));
        }
        return response;
      } catch (error) {
        const said = refusalIn(error);
        const next = said === undefined ? undefined : firstOf(mends, body, said, request);
        if (said === undefined || next === undefined) throw error;
        tried.set(said, next.mend);
        body = next.body;
      }
    }
  };
}

/** One refusal may name several fields, which are taken away one at a time. */
function mendedBefore(learnt: ReadonlyMap<Mend, ReadonlySet<string>>, given: Body, request: BackendRequest): Body {
  let body = given;
  for (const [mend, refusals] of learnt) {
    for (const said of refusals) {
      for (let next = mend.apply(body, said, request); next !== undefined; next = mend.apply(body, said, request)) body = next;
    }
  }
  return body;
}

function firstOf(mends: readonly Mend[], body: Body, said: string, request: BackendRequest): { readonly mend: Mend; readonly body: Body } | undefined {
  for (const mend of mends) {
    const mended = mend.apply(body, said, request);
    if (mended !== undefined) return { mend, body: mended };
  }
  return undefined;
}
