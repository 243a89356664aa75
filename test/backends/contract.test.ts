import { describe, expect, it } from '@jest/globals';
import { CATALOG } from '../../src/backends/catalog.js';
import type { BackendConfig, BackendRow } from '../../src/backends/spec.js';
import { describeHttpBackend, type HttpSubject } from '../support/backend-http.js';

/** What each row speaks, where it is not chat completions. */
const WIRES: Readonly<Record<string, HttpSubject['wire']>> = { openai: 'openai-responses', grok: 'openai-responses', claude: 'anthropic-messages', gemini: 'gemini-generate' };

/** Where rows are that have no address, or would look for a program on this machine first. */
const ADDRESSES: Readonly<Record<string, string>> = { azure_openai: 'https://x.openai.azure.com', chatcompletion: 'https://llm.example.com/v1', lmstudio: 'http://studio.example.com:1234/v1' };

/** Programs: put under the same contract in tests of their own, with what they need. */
const isProgram = ({ program, ownModels }: BackendRow): boolean => program === true || ownModels === true;
const online = CATALOG.filter((row) => row.offline !== true && !isProgram(row));

function subjectOf(row: BackendRow, more: Partial<BackendConfig> = {}): HttpSubject {
  const base_url = ADDRESSES[row.id];
  const [keyEnv] = row.keyEnvs;
  return {
    name: row.id,
    wire: WIRES[row.id] ?? 'openai-chat',
    config: { type: row.id, model: row.defaultModel === undefined || row.defaultModel === 'auto' ? 'm' : row.defaultModel, ...(base_url === undefined ? {} : { base_url }), ...more },
    ...(row.keyRequired && keyEnv !== undefined ? { keyEnv } : {}),
  };
}

for (const row of online) describeHttpBackend(subjectOf(row));

// The same vendors' other dialects.
const row = (id: string): BackendRow => CATALOG.find((each) => each.id === id)!;
describeHttpBackend({ ...subjectOf(row('openai'), { api: 'chat' }), name: 'openai over chat completions', wire: 'openai-chat' });
describeHttpBackend({ ...subjectOf(row('azure_openai'), { enable_code_interpreter: true }), name: 'azure_openai with its code interpreter', wire: 'openai-responses' });
describeHttpBackend({ ...subjectOf(row('grok'), { api: 'chat' }), name: 'grok over chat completions', wire: 'openai-chat' });

describe('the contract', () => {
  it('is kept by every backend: these, the scripted one, and the two that are programs', () => {
    expect(CATALOG.filter((each) => !online.includes(each)).map(({ id }) => id)).toEqual(['claude_code', 'ag2', 'scripted']);
  });
});
