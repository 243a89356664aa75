import { setTimeout as sleep } from 'node:timers/promises';
import { MassgenError, type ErrorData } from '../../errors.js';
import type { BackendEvent, BackendRequest } from '../contract.js';
import { isRefusal } from '../failure.js';
import type { Endpoint, ScriptStep, Wire } from '../spec.js';
import { checkScript } from './script-check.js';
import { faultError, stepFinish, stepPieces, stepUsage } from './script-reply.js';

/**
 * The scripted backend: replies written in the config (`script: [step, …]`), for demonstrations, examples and tests. A
 * reply depends on the agent's script and `request.callIndex` alone, so a resumed run hears the same. Asked more often than
 * it has steps the call fails with `script-mismatch`; asked more or less often, its `complaint` fails the run. With `loop` the steps repeat.
 */
export function scripted(): Wire {
  return (endpoint: Endpoint) => {
    const steps = checkScript(endpoint.config.script, endpoint.agent);
    const loop = endpoint.config.loop ?? false;
    const mismatch = (asked: number): ErrorData => ({
      code: 'script-mismatch',
      message: `agent ${endpoint.agent} was asked ${times(asked)}, its script has ${String(steps.length)} ${steps.length === 1 ? 'step' : 'steps'}`,
    });
    return {
      async *stream(request, signal) {
        const step = steps[loop ? request.callIndex % steps.length : request.callIndex];
        if (step) yield* play(step, request, signal);
        else yield [{ type: 'error', error: mismatch(request.callIndex + 1) }];
      },
      complaint: (calls) => (loop || calls === steps.length ? undefined : mismatch(calls)),
    };
  };
}

const times = (count: number): string => (count === 0 ? 'never' : count === 1 ? 'once' : `${String(count)} times`);

async function pause(seconds: number | undefined, signal: AbortSignal): Promise<void> {
  if (seconds !== undefined && seconds > 0) await sleep(seconds * 1000, undefined, { signal });
}

async function* play(step: ScriptStep, request: BackendRequest, signal: AbortSignal): AsyncGenerator<readonly BackendEvent[]> {
  await pause(step.delay, signal);
  const pieces = stepPieces(step, request);
  const spoken = step.fault === undefined ? pieces : pieces.slice(0, step.after ?? 0);
  for (const [place, piece] of spoken.entries()) {
    if (place > 0) await pause(step.pace, signal);
    if (signal.aborted) return;
    yield [piece];
  }
  if (step.fault === 'silence') await untilAborted(signal);
  else if (step.fault !== undefined) yield [fault(faultError(step))];
  else yield [{ type: 'usage', usage: stepUsage(step, request, pieces) }, { type: 'finish', reason: stepFinish(step) }];
}

/** A status comes in place of a reply, as a real one would. */
const fault = (error: ErrorData): BackendEvent => (isRefusal(error) ? { type: 'error', error, refused: true } : { type: 'error', error });

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(new MassgenError('run-cancelled', 'the silence was broken off'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
