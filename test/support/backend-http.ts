import { createBackend } from '../../src/backends/create.js';
import type { Backend } from '../../src/backends/contract.js';
import type { BackendConfig, Environment, FetchLike } from '../../src/backends/spec.js';
import { describeBackend, type Scenario } from './backend-contract.js';
import { recording, replay, type Replay, type Reply } from './backend-replay.js';

/** How the HTTP wires are put under the contract: recordings, and refusals that repeat the key. */
export interface HttpSubject {
  readonly name: string;
  /** Folder of the recordings. */
  readonly wire: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini-generate';
  readonly config: BackendConfig;
  /** Absent: it needs none, and is given one by its configuration. */
  readonly keyEnv?: string;
}

const SECRET = 'sk-test-Zx9_very/secret+1';

const refusal = (status: number, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { message: `no, ${SECRET}\nnot now`, type: 'some_error', code: null } }),
});

/** What each wire has for a reply that was withheld. */
const WITHHELD: Readonly<Record<HttpSubject['wire'], string>> = { 'openai-chat': 'filtered', 'openai-responses': 'filtered', 'anthropic-messages': 'refusal', 'gemini-generate': 'filtered' };

function replyTo(wire: HttpSubject['wire'], scenario: Scenario): Reply {
  const text = recording(`${wire}/text.sse`);
  const half = text.subarray(0, Math.floor(text.length * 0.6));
  switch (scenario) {
    case 'cut-short':
      return { body: half };
    case 'reset':
      return { body: half, then: 'reset' };
    case 'silence':
      return { body: half, then: 'silence' };
    case 'unauthorized':
      return refusal(401);
    case 'rate-limited':
      return refusal(429, { 'retry-after': '3' });
    case 'unavailable':
      return refusal(503);
    case 'withheld':
      return { body: recording(`${wire}/${WITHHELD[wire]}.sse`) };
    default:
      return { body: recording(`${wire}/${scenario}.sse`) };
  }
}

/** Servers on this machine are asked for their models first. */
const MODELS: Reply = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model' }] }) };

export function describeHttpBackend({ name, wire, config, keyEnv }: HttpSubject): void {
  let last: Replay | undefined;
  const fetchFor = (scenario: Scenario): FetchLike => {
    const replayed = replay(replyTo(wire, scenario));
    const models = replay(MODELS);
    last = replayed;
    return (url, init) => ((init?.method ?? 'GET') === 'GET' ? models : replayed).fetch(url, init);
  };
  const keyed = keyEnv === undefined ? { ...config, api_key: SECRET } : config;
  const env: Environment = keyEnv === undefined ? {} : { [keyEnv]: SECRET };
  const makeWithoutKey = (): Backend =>
    createBackend(config, {
      env: {},
      fetch: () => {
        throw new Error('called without a key');
      },
    });
  const keyless = { reason: 'it needs no key', tests: ['says a missing key before any call is made'] };
  describeBackend({
    name,
    make: (scenario) => createBackend(keyed, { env, fetch: fetchFor(scenario) }),
    makeWithoutKey,
    secret: SECRET,
    heard: () => JSON.stringify(last?.sent.at(-1)?.body),
    skip: keyEnv === undefined ? [keyless] : [],
  });
}
