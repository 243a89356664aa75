import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend, BackendEvent, BackendRequest, FinishReason, Usage } from '../../src/backends/contract.js';
import type { ErrorCode, ErrorData } from '../../src/errors.js';

/** One step of a reply: an event, ms to wait, or something to do. */
export type Step = BackendEvent | number | ((signal: AbortSignal) => void | Promise<void>);

export interface FakeBackend extends Backend {
  readonly requests: readonly BackendRequest[];
  /** The signals of its calls, in order. */
  readonly signals: readonly AbortSignal[];
  /** When its calls began, ms of `performance.now()`. */
  readonly times: readonly number[];
  /** How many events were taken from it. */
  readonly spoken: () => number;
}

export const finish = (reason: FinishReason = 'stop'): BackendEvent => ({ type: 'finish', reason });
export const text = (said: string): BackendEvent => ({ type: 'text-delta', text: said });
export const usage = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): BackendEvent => ({ type: 'usage', usage: { inputTokens, outputTokens, ...more } });
export const error = (code: ErrorCode, more: Partial<ErrorData> = {}): BackendEvent => ({ type: 'error', error: { code, message: `${code}!`, ...more } });

/** A tool call in pieces of so many characters. */
export function toolCall(name: string, given: unknown, pieceLength = 7, id = `${name}_1`): readonly BackendEvent[] {
  const argumentsText = typeof given === 'string' ? given : JSON.stringify(given);
  const pieces = argumentsText.match(new RegExp(`[\\s\\S]{1,${pieceLength}}`, 'gu')) ?? [];
  return [{ type: 'tool-call-start', id, name }, ...pieces.map((piece): BackendEvent => ({ type: 'tool-call-delta', id, argumentsText: piece })), { type: 'tool-call-end', id, name, argumentsText }];
}

export const answer = (content: string): readonly Step[] => [...toolCall('new_answer', { content }), usage(10, 5), finish('tool-calls')];
export const vote = (agentId: string): readonly Step[] => [...toolCall('vote', { agent_id: agentId, reason: 'right' }), usage(20, 2), finish('tool-calls')];
export const say = (said: string): readonly Step[] => [text(said), usage(10, 5), finish()];

/** Says nothing more until it is aborted, and then ends without a word. */
export const hang: Step = (signal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => {
      resolve();
    });
  });

/** Neither speaks nor obeys. */
export const deaf: Step = () => new Promise<void>(() => undefined);

/** A backend that says one list of steps a call; asked more often, it repeats the last. */
export function fakeBackend(...replies: readonly (readonly Step[])[]): FakeBackend {
  const requests: BackendRequest[] = [];
  const signals: AbortSignal[] = [];
  const times: number[] = [];
  let spoken = 0;
  return {
    id: 'fake',
    model: 'm',
    requests,
    signals,
    times,
    spoken: () => spoken,
    async *stream(request, signal) {
      const steps = replies[Math.min(requests.length, replies.length - 1)] ?? [];
      requests.push(request);
      signals.push(signal);
      times.push(performance.now());
      for (const step of steps) {
        if (typeof step === 'number') await sleep(step);
        else if (typeof step === 'function') await step(signal);
        else {
          spoken += 1;
          yield step;
        }
      }
    },
  };
}
