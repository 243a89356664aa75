import { describe, expect, it } from '@jest/globals';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendConfig } from '../../../src/backends/spec.js';
import { collect, textOf } from '../../support/backend-collect.js';
import { recording, replay, type SentRequest } from '../../support/backend-replay.js';


const ENV = { AZURE_OPENAI_API_KEY: 'azure-key', AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com/', AZURE_OPENAI_API_VERSION: '2024-10-21' };

async function sent(config: Partial<BackendConfig>, env: Readonly<Record<string, string>> = ENV, wire = 'openai-chat'): Promise<SentRequest> {
  const replayed = replay({ body: recording(`${wire}/text.sse`) });
  const events = await collect(createBackend({ type: 'azure_openai', model: 'my deployment', ...config }, { env, fetch: replayed.fetch }));
  expect(textOf(events)).toBe('Grüße, 世界 👋 — done.');
  return replayed.sent[0]!;
}

describe('Azure OpenAI', () => {
  it('takes its three variables: the deployment stands in the address, the version in the query, the key in its own header', async () => {
    const { url, headers, body } = await sent({});
    expect(url).toBe('https://mine.openai.azure.com/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21');
    expect([headers.get('api-key'), headers.has('authorization')]).toEqual(['azure-key', false]);
    expect(body['model']).toBe('my deployment');
  });

  it('lets the configuration go before them', async () => {
    const { url } = await sent({ base_url: 'https://other.openai.azure.com', api_version: 'preview', deployment_name: 'd' });
    expect(url).toBe('https://other.openai.azure.com/openai/deployments/d/chat/completions?api-version=preview');
    expect((await sent({}, { ...ENV, AZURE_OPENAI_API_VERSION: ' ' })).url).toContain('api-version=2024-12-01-preview');
  });

  it('speaks the Responses API for its code interpreter, in a version that has it', async () => {
    const interpreter = { enable_code_interpreter: true };
    const { url, body, headers } = await sent(interpreter, ENV, 'openai-responses');
    expect(url).toBe('https://mine.openai.azure.com/openai/v1/responses');
    expect(headers.get('api-key')).toBe('azure-key');
    expect(body).toMatchObject({ model: 'my deployment', tools: [{ type: 'code_interpreter' }, {}, {}], include: ['code_interpreter_call.outputs'] });
    expect((await sent(interpreter, { ...ENV, AZURE_OPENAI_API_VERSION: '2025-04-01-preview' }, 'openai-responses')).url).toBe('https://mine.openai.azure.com/openai/responses?api-version=2025-04-01-preview');
  });

  it('takes the stable address as it is', async () => {
    expect((await sent({}, { ...ENV, AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com/openai/v1/' })).url).toBe('https://mine.openai.azure.com/openai/v1/chat/completions');
  });

  it('sends its key to Azure, or where the variable beside it says, and nowhere else', async () => {
    expect((await sent({ base_url: 'https://evil.example' })).headers.has('api-key')).toBe(false);
    expect((await sent({}, { ...ENV, AZURE_OPENAI_ENDPOINT: 'https://gateway.example' })).headers.get('api-key')).toBe('azure-key');
    expect((await sent({}, { ...ENV, AZURE_OPENAI_ENDPOINT: 'http://gateway.example' })).headers.has('api-key')).toBe(false);
  });

  it('says which variable is missing', () => {
    const made = (env: Readonly<Record<string, string>>) => () => createBackend({ type: 'azure_openai' }, { env, agent: 'ada' });
    expect(made({ AZURE_OPENAI_API_KEY: 'k' })).toThrow('agent ada: set AZURE_OPENAI_ENDPOINT or base_url for backend azure_openai');
    expect(made({ AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com' })).toThrow('set AZURE_OPENAI_API_KEY to use azure_openai (agent ada)');
    expect(made({ ...ENV, AZURE_OPENAI_ENDPOINT: 'mine.openai.azure.com' })).toThrow('AZURE_OPENAI_ENDPOINT is not a URL');
  });
});
