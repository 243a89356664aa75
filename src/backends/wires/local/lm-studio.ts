import { setTimeout as sleep } from 'node:timers/promises';
import { MassgenError } from '../../../errors.js';
import type { BackendEvent } from '../../contract.js';
import { isLoopback } from '../../hosts.js';
import { oneLine } from '../../one-line.js';
import type { Endpoint, Wire } from '../../spec.js';
import { findLms, installer, runCommand } from './lms.js';
import { downloadedModels, modelNamed, type ServedModel } from './served-models.js';

const STARTS_WITHIN_MS = 30_000;
const LOOK_MS = 500;
const SHOW_MS = 1000;

type Said = AsyncGenerator<readonly BackendEvent[], void>;

/**
 * LM Studio's server on this machine, made ready before the first call: started if it is not up, the model loaded if it is
 * not, with its own command `lms`. Nothing is installed or downloaded but where the configuration says so.
 */
export function lmStudio(wire: Wire): Wire {
  return (endpoint: Endpoint) => {
    const line = wire(endpoint);
    const ours = isLoopback(new URL(endpoint.baseUrl).hostname);
    let ready = !ours;
    return {
      async *stream(request, signal) {
        if (!ready) yield* makeReady(endpoint, signal);
        ready = true;
        yield* line.stream(request, signal);
      },
    };
  };
}

async function* makeReady(endpoint: Endpoint, signal: AbortSignal): Said {
  let models = await downloadedModels(endpoint, signal);
  if (models === 'down') {
    yield* startServer(endpoint, signal);
    models = await downloadedModels(endpoint, signal);
  }
  if (typeof models === 'string') return;
  if (modelNamed(models, endpoint.model) === undefined) yield* download(endpoint, models, signal);
  yield* load(endpoint, signal);
}

/** What would have to be fetched before the first call, and the key that allows it. */
export interface Need {
  readonly key: 'auto_install' | 'auto_download';
  readonly what: string;
}

/** Whether the configuration lacks a yes. Asks this machine only. */
export async function needOf(endpoint: Endpoint, signal: AbortSignal): Promise<Need | undefined> {
  const { config, env, baseUrl, model } = endpoint;
  if (!isLoopback(new URL(baseUrl).hostname)) return undefined;
  const models = await downloadedModels(endpoint, signal);
  if (models === 'down') return config.auto_install === true || (await findLms(env)) !== undefined ? undefined : { key: 'auto_install', what: `install LM Studio's command line tool (${installer()[1].at(-1) ?? ''})` };
  if (typeof models === 'string' || config.auto_download === true || modelNamed(models, model) !== undefined) return undefined;
  return { key: 'auto_download', what: `download the model ${model} with LM Studio` };
}

const note = (message: string): readonly BackendEvent[] => [{ type: 'waiting', message }];

/** What a missing server needs: its command, or a yes to installing it. */
async function* startServer(endpoint: Endpoint, signal: AbortSignal): Said {
  const { env, config, baseUrl, agent } = endpoint;
  if ((await findLms(env)) === undefined) {
    if (config.auto_install !== true) throw new MassgenError('backend-unsupported', missingLms(baseUrl, agent));
    yield note('installs LM Studio');
    yield* run(...installer(), endpoint, 'installing LM Studio', signal);
  }
  yield note('starts the server of LM Studio');
  yield* run(await lmsOf(endpoint), ['server', 'start', '--port', new URL(baseUrl).port || '1234'], endpoint, 'starting the server of LM Studio', signal);
  const until = performance.now() + STARTS_WITHIN_MS;
  while ((await downloadedModels(endpoint, signal)) === 'down') {
    if (performance.now() > until) throw new MassgenError('backend-unreachable', `LM Studio was started but does not answer at ${baseUrl}`);
    await sleep(LOOK_MS, undefined, { signal });
    yield note('');
  }
}

const missingLms = (baseUrl: string, agent: string): string =>
  `LM Studio does not answer at ${new URL(baseUrl).host} and is not installed (agent ${agent}); start it, or set "auto_install: true" in the backend to have its command line tool installed`;

async function* download(endpoint: Endpoint, models: readonly ServedModel[], signal: AbortSignal): Said {
  const { model, config } = endpoint;
  if (config.auto_download !== true) throw new MassgenError('request-rejected', missingModel(model, models.map(({ id }) => id)));
  yield note(`downloads ${model}`);
  yield* run(await lmsOf(endpoint), ['get', model, '--yes'], endpoint, `downloading ${model}`, signal);
}

function missingModel(model: string, known: readonly string[]): string {
  const there = known.length === 0 ? 'it has none' : `it has ${known.slice(0, 10).join(', ')}`;
  return `LM Studio has no model "${model}" (${there}); set "auto_download: true" in the backend to have it downloaded, or run: lms get ${model}`;
}

/** Without its command the first request makes the server load the model, as its usual settings have it. */
async function* load(endpoint: Endpoint, signal: AbortSignal): Said {
  const models = await downloadedModels(endpoint, signal);
  const lms = await findLms(endpoint.env);
  if (lms === undefined || typeof models === 'string' || modelNamed(models, endpoint.model)?.loaded !== false) return;
  yield note(`loads ${endpoint.model}`);
  yield* run(lms, ['load', endpoint.model, '--yes'], endpoint, `loading ${endpoint.model}`, signal);
}

async function lmsOf({ env }: Endpoint): Promise<string> {
  const lms = await findLms(env);
  if (lms === undefined) throw new MassgenError('backend-unsupported', 'the command lms of LM Studio is not to be found; run: npx lmstudio install-cli');
  return lms;
}

/** Shows the progress of a command, a line a second at most. Throws when it fails: once more would not help. */
async function* run(file: string, args: readonly string[], { env }: Endpoint, what: string, signal: AbortSignal): Said {
  const lines = runCommand(file, args, env, signal);
  let shown = -SHOW_MS;
  for (;;) {
    const next = await lines.next();
    if (next.done === true) {
      if (next.value.code !== 0) throw new MassgenError('backend-unsupported', oneLine(`${what} failed: ${next.value.tail}`));
      return;
    }
    const now = performance.now();
    yield note(now - shown < SHOW_MS ? '' : next.value);
    if (now - shown >= SHOW_MS) shown = now;
  }
}
