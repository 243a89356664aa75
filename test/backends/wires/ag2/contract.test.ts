import { mkdtempSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createBackend } from '../../../../src/backends/create.js';
import type { BackendConfig } from '../../../../src/backends/spec.js';
import { AG2_PYTHON, ag2Reason } from '../../../support/ag2.js';
import { describeBackend, type Scenario } from '../../../support/backend-contract.js';
import { closeServers, serve } from '../../../support/backend-servers.js';
import { removeFolder } from '../../../support/remove-folder.js';

const SECRET = 'sk-test-Zx9_very/secret+1';
const home = mkdtempSync(path.join(tmpdir(), 'massgen-test-ag2-'));
let origin = '';
let heard = '';

const TEXT = 'Grüße, 世界 👋 — done.';
const call = (id: string, name: string, given: object): object => ({ id, type: 'function', function: { name, arguments: JSON.stringify(given) } });
const CALLS = [call('a', 'new_answer', { content: 'Grüße, 世界' }), call('b', 'vote', { agent_id: 'agent2', reason: 'clearer' })];

/** A whole reply, as AG2 asks for it. */
function bodyFor(scenario: string): string {
  const calls = scenario === 'tool-call' ? CALLS.slice(0, 1) : scenario === 'parallel-tool-calls' ? CALLS : [];
  const message = { role: 'assistant', content: calls.length > 0 ? null : TEXT, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  return JSON.stringify({ id: 'r', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop', message }], usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 } });
}

const STATUS: Readonly<Record<string, number>> = { unauthorized: 401, unavailable: 503, 'rate-limited': 429 };

/** One byte at a time; the first part of the path says what the vendor does. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const scenario = (request.url ?? '').split('/')[1] ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  heard = Buffer.concat(chunks).toString();
  if (scenario === 'silence') return;
  const status = STATUS[scenario] ?? 200;
  const body = Buffer.from(status === 200 ? bodyFor(scenario) : JSON.stringify({ error: { message: `no, ${SECRET}`, type: 'some_error' } }));
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 ? { 'retry-after': '3' } : {}) });
  response.socket?.setNoDelay(true);
  for (const byte of body) response.write(Buffer.of(byte));
  response.end();
}

function configOf(scenario: Scenario): BackendConfig {
  const llm_config = { config_list: [{ api_type: 'openai', model: 'gpt-4o', base_url: `${origin}/${scenario}/v1`, api_key: SECRET, max_retries: 0 }] };
  return { type: 'ag2', agent_config: { type: 'assistant', name: 'coder', llm_config } };
}

if (ag2Reason === undefined) {
  beforeAll(async () => {
    origin = await serve((request, response) => void answer(request, response));
  });
  afterAll(async () => {
    await closeServers();
    await removeFolder(home);
  });
  describeBackend({
    name: 'ag2',
    make: (scenario) => createBackend(configOf(scenario), { env: { PATH: process.env['PATH'] ?? '', HOME: home, MASSGEN_PYTHON: AG2_PYTHON }, agent: 'a' }),
    makeWithoutKey: () => createBackend({ type: 'ag2', agent_config: { llm_config: { api_type: 'openai', model: 'gpt-4o' } } }, { env: { MASSGEN_PYTHON: AG2_PYTHON }, agent: 'a' }),
    secret: SECRET,
    heard: () => heard,
    timeoutMs: 120_000,
    skip: [
      { reason: 'AG2 hears whole replies of its models, and tells a message at a time', tests: ['streams text', 'tells reasoning from text', 'reasoning', 'takes an abort for a finish', 'can be left at any event'] },
      { reason: 'AG2 does not say why a model stopped', tests: ['says why a reply ended early', 'says that a reply was withheld', 'length', 'withheld'] },
      { reason: 'AG2’s own client reads its models’ replies, and names no such thing', tests: ['takes a stream cut short for an error, not for a finish', 'takes a broken connection for a reset', 'takes a frame it cannot read for garbage', 'cut-short', 'reset', 'garbage'] },
    ],
  });
} else {
  describe('ag2 keeps the contract of backends', () => {
    it.skip(`is not seen here${ag2Reason}`, () => undefined);
  });
}
