import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MassgenError } from '../../../errors.js';
import type { BackendEvent, BackendRequest } from '../../contract.js';
import { oneLine } from '../../one-line.js';
import type { Endpoint, Line, Wire } from '../../spec.js';
import { beating } from '../process/heartbeat.js';
import { endGroup, startGroup, tailOf } from '../process/process-group.js';
import { agentSdkLoader, type AgentSdk } from './agent-sdk.js';
import { promptBlocks } from './conversation.js';
import { queryOptions, workingFolder } from './options.js';
import { AgentReading } from './reading.js';

/** An agent that is ended may still write down a login that it renewed. */
const GRACE_MS = 1000;

interface SpawnRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One call: its process, what that complained of, and how it is ended. */
interface Call {
  readonly folder: string;
  readonly stop: AbortController;
  readonly load: () => Promise<AgentSdk>;
  child?: ChildProcessWithoutNullStreams;
  complaints?: () => string;
}

/** Claude Code as a backend: one process a call, begun with the whole conversation, with tools of its own and those of the call. */
export function agentProcess(): Wire {
  return (endpoint: Endpoint) => ({ stream: streamOf(endpoint, agentSdkLoader(endpoint.env, endpoint.agent)) });
}

function streamOf(endpoint: Endpoint, load: () => Promise<AgentSdk>): Line['stream'] {
  return async function* stream(request, signal) {
      const call: Call = { folder: await mkdtemp(path.join(tmpdir(), 'massgen-claude-code-')), stop: new AbortController(), load };
      const end = (): void => {
        if (call.child !== undefined) endGroup(call.child, GRACE_MS);
        call.stop.abort();
      };
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      const reading = new AgentReading(endpoint);
      try {
        yield* beating(messages(endpoint, request, reading, call), () => reading.working, end);
      } finally {
        signal.removeEventListener('abort', end);
        // The process may be writing its last; what stays is a temporary file.
        await rm(call.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
      }
  };
}

async function* messages(endpoint: Endpoint, request: BackendRequest, reading: AgentReading, call: Call): AsyncGenerator<readonly BackendEvent[]> {
  const sdk = await call.load();
  const cwd = workingFolder(endpoint.config.cwd) ?? path.join(call.folder, 'work');
  const config = path.join(call.folder, 'config');
  await Promise.all([cwd, config].map((each) => mkdir(each, { recursive: true })));
  if (call.stop.signal.aborted) return;
  const spawnClaudeCodeProcess = ({ command, args, env, cwd: at }: SpawnRequest): ChildProcessWithoutNullStreams => {
    call.child = startGroup(command, args, { env, ...(at === undefined ? {} : { cwd: at }) });
    call.complaints = tailOf(call.child);
    return call.child;
  };
  const options = { ...queryOptions(endpoint, request, { cwd, config }), abortController: call.stop, spawnClaudeCodeProcess };
  try {
    for await (const message of sdk.query({ prompt: prompt(request), options })) {
      const events = reading.take(message);
      if (events.length > 0) yield events;
      if (reading.over) return;
    }
  } catch (thrown) {
    throw ended(thrown, call.complaints?.() ?? '', endpoint);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of one message
async function* prompt({ messages: said }: BackendRequest): AsyncGenerator {
  yield { type: 'user', message: { role: 'user', content: promptBlocks(said) }, parent_tool_use_id: null };
}

/** A process that ended without a result says why on its standard error, if anywhere. */
function ended(thrown: unknown, complaints: string, { model }: Endpoint): MassgenError {
  if (thrown instanceof MassgenError) return thrown;
  const why = complaints === '' ? (thrown instanceof Error ? thrown.message : String(thrown)) : complaints;
  const refused = /cannot be used with root/i.test(why);
  const remedy = refused ? '; run massgen as another user, or choose another permission_mode' : '';
  return new MassgenError(refused ? 'backend-rejected' : 'backend-unavailable', oneLine(`Claude Code (${model}) ended before it was done: ${why}${remedy}`), { cause: thrown });
}
