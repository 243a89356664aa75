import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { MassgenError } from '../../../errors.js';
import type { BackendEvent } from '../../contract.js';
import { oneLine } from '../../one-line.js';
import { masked } from '../../secrets.js';
import type { BackendConfig, Endpoint, Environment, Wire } from '../../spec.js';
import { isObject } from '../json.js';
import { childEnvironment } from '../process/child-environment.js';
import { beating } from '../process/heartbeat.js';
import { endGroup, startGroup, tailOf } from '../process/process-group.js';
import { agentsOf } from './agents-config.js';
import { bridgeFile } from './bridge-file.js';
import { readLine } from './bridge-reading.js';
import { bridgeRequest } from './bridge-request.js';
import { withKeys, type Keyed } from './llm-keys.js';

/** For executors that have something to put away, a container for one. */
const GRACE_MS = 3000;

/** AG2's agents as a backend: Python, one process a call, over JSON lines. Its keys are looked up here; the child's environment holds none. */
export function pythonBridge(): Wire {
  return (endpoint: Endpoint) => {
    const keyed = withKeys(agentsOf(endpoint), endpoint.env, endpoint.agent);
    return {
      async *stream(request, signal) {
        const folder = await mkdtemp(path.join(tmpdir(), 'massgen-ag2-'));
        const workDir = endpoint.config.cwd === undefined ? folder : path.resolve(endpoint.config.cwd);
        await mkdir(workDir, { recursive: true });
        const child = startGroup(pythonOf(endpoint.config, endpoint.env), [bridgeFile()], { cwd: workDir, env: { ...childEnvironment(endpoint.env), PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' } });
        const end = (): void => {
          endGroup(child, GRACE_MS);
        };
        signal.addEventListener('abort', end);
        if (signal.aborted) end();
        child.stdin.write(`${JSON.stringify(bridgeRequest(keyed.config, request, workDir))}\n`);
        try {
          // AG2 does not stream: how long a reply may take is for the `timeout` of its llm_config.
          yield* beating(said(child, endpoint, keyed), () => true, end);
        } finally {
          signal.removeEventListener('abort', end);
          await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
        }
      },
    };
  };
}

/** `python` of the block, else MASSGEN_PYTHON, else the usual name. */
export const pythonOf = ({ python }: Pick<BackendConfig, 'python'>, env: Environment): string => [python, env['MASSGEN_PYTHON']?.trim()].find(Boolean) ?? (process.platform === 'win32' ? 'python' : 'python3');

async function* said(child: ChildProcessWithoutNullStreams, endpoint: Endpoint, { keys, atVendors }: Keyed): AsyncGenerator<readonly BackendEvent[]> {
  const complaints = tailOf(child);
  const gone = new Promise<unknown>((resolve) => {
    child.once('close', () => {
      resolve(undefined);
    });
    child.once('error', resolve);
  });
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
    if (line === '') continue;
    const events = readLine(line, { endpoint, keys, atVendors });
    if (events.length > 0) yield events;
  }
  throw notStarted(await gone, endpoint) ?? new MassgenError('backend-unavailable', oneLine(`AG2's Python ended before it was done: ${masked(complaints(), keys)}`));
}

function notStarted(error: unknown, { agent, config, env }: Endpoint): MassgenError | undefined {
  if (!isObject(error) || error['code'] !== 'ENOENT') return undefined;
  return new MassgenError('backend-unsupported', `agent ${agent}: ag2 needs Python, and there is no "${pythonOf(config, env)}"; install Python 3.10 or newer and run: pip install "ag2[openai]<1", or name an interpreter with python: in the backend or MASSGEN_PYTHON`);
}
