import { createBackend } from '../../src/backends/create.js';
import type { Backend } from '../../src/backends/contract.js';
import type { BackendConfig } from '../../src/backends/spec.js';
import { describeBackend, type Scenario } from './backend-contract.js';
import { recording, replay, type Reply } from './backend-replay.js';

/** How the HTTP wires are put under the contract: recordings, and refusals that repeat the key. */
export interface HttpSubject {
  readonly name: string;
  /** Folder of the recordings. */
  readonly wire: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini-generate';
  readonly config: BackendConfig;
  readonly keyEnv: string;
}

const SECRET = 'sk-test-Zx9_very/secret+1';

const refusal = (status: number, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { message: `no, ${SECRET}\nnot now`, type: 'some_error', code: null } }),
});

function replyTo(wire: string, scenario: Scenario): Reply {
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
    default:
      return { body: recording(`${wire}/${scenario}.sse`) };
  }
}

export function describeHttpBackend({ name, wire, config, keyEnv }: HttpSubject): void {
  const make = (scenario: Scenario): Backend => createBackend(config, { env: { [keyEnv]: SECRET }, fetch: replay(replyTo(wire, scenario)).fetch });
  const makeWithoutKey = (): Backend =>
    createBackend(config, {
      env: {},
      fetch: () => {
        throw new Error('called without a key');
      },
    });
  describeBackend({ name, make, makeWithoutKey, secret: SECRET });
}
