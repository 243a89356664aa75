import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CATALOG } from '../../src/backends/catalog.js';
import { createBackend } from '../../src/backends/create.js';
import { checkConfig } from '../../src/orchestrator/config/check.js';
import { parseText } from '../../src/orchestrator/config/parse.js';
import { planRun } from '../../src/orchestrator/config/plan.js';
import { collect, textOf } from '../support/backend-collect.js';
import { recording, replay, type SentRequest } from '../support/backend-replay.js';

const FOLDER = new URL('../fixtures/documented-backends/', import.meta.url);
const ENV = { CEREBRAS_API_KEY: 'csk-1', GEMINI_API_KEY: 'AIza-1', ANTHROPIC_API_KEY: 'sk-ant-1', OPENAI_API_KEY: 'sk-1', XAI_API_KEY: 'xai-1' };
const DIALECTS: Readonly<Record<string, string>> = { openai: 'openai-responses', grok: 'openai-responses', claude: 'anthropic-messages', gemini: 'gemini-generate' };

type Block = Readonly<Record<string, unknown>> & { readonly type: string };

function blockOf(file: string): Block {
  const parsed = parseText(readFileSync(new URL(file, FOLDER), 'utf8'));
  if (!('value' in parsed)) throw new Error(`${file} is not YAML`);
  return (parsed.value as { readonly backend: Block }).backend;
}

/** They ask nobody over HTTP themselves: their own tests run them. */
const PROCESSES: readonly string[] = ['claude_code', 'ag2'];

/** The block checked, planned and run over a recording. */
async function run(block: Block): Promise<{ readonly text: string; readonly sent: SentRequest | undefined }> {
  const { config, issues } = checkConfig({ agents: [{ id: 'a', backend: block }] }, ENV);
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [agent] = planRun(config!).agents;
  const { fetch, sent } = replay({ body: recording(`${DIALECTS[block.type] ?? 'openai-chat'}/text.sse`) });
  const events = await collect(createBackend(agent!.backend, { env: ENV, fetch }));
  return { text: textOf(events), sent: sent[0] };
}

describe('the documented backend blocks', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

  it.each(files)('%s is valid', (file) => {
    const { config, issues } = checkConfig({ agents: [{ id: 'a', backend: blockOf(file) }] }, ENV);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(config).toBeDefined();
  });

  it.each(files.filter((file) => !PROCESSES.includes(blockOf(file).type)))('%s runs', async (file) => {
    expect((await run(blockOf(file))).text).toBe('Grüße, 世界 👋 — done.');
  });

  it('reach Cerebras with model, key and sampling', async () => {
    const { sent } = await run(blockOf('chatcompletion.yaml'));
    expect(sent?.url).toBe('https://api.cerebras.ai/v1/chat/completions');
    expect(sent?.headers.get('authorization')).toBe('Bearer csk-1');
    expect(sent?.body).toMatchObject({ model: 'gpt-oss-120b', temperature: 0.7, max_tokens: 2000 });
  });

  it.each(['claude', 'openai', 'grok'])('run as %s, as their comment says', async (type) => {
    expect((await run({ ...blockOf('mcp.yaml'), type, model: 'some-model' })).text).toBe('Grüße, 世界 👋 — done.');
  });
});

describe('the documented providers', () => {
  it.each([
    ['https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'],
    ['https://api.together.xyz/v1', 'TOGETHER_API_KEY'],
    ['https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'],
    ['https://api.groq.com/openai/v1', 'GROQ_API_KEY'],
    ['https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'],
    ['https://api.moonshot.cn/v1', 'MOONSHOT_API_KEY'],
  ])('%s takes its key from %s', async (base_url, variable) => {
    const { fetch, sent } = replay({ body: recording('openai-chat/text.sse') });
    await collect(createBackend({ type: 'chatcompletion', model: 'm', base_url }, { env: { [variable]: 'key-1', OPENAI_API_KEY: 'other' }, fetch }));
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer key-1');
    expect(CATALOG.some((row) => row.baseUrl === base_url && row.keyEnvs[0] === variable)).toBe(true);
  });

  it('have a key variable and the tools that their table ticks', () => {
    const table = { claude: ['ANTHROPIC_API_KEY', 'enable_web_search', 'enable_code_execution'], gemini: ['GEMINI_API_KEY', 'enable_web_search', 'enable_code_execution'], openai: ['OPENAI_API_KEY', 'enable_web_search', 'enable_code_interpreter'], grok: ['XAI_API_KEY', 'enable_web_search', 'enable_x_search'], zai: ['ZAI_API_KEY'], azure_openai: ['AZURE_OPENAI_API_KEY', 'enable_code_interpreter'] };
    for (const [type, [variable, ...tools]] of Object.entries(table)) {
      const row = CATALOG.find(({ id }) => id === type);
      expect({ type, variable: row?.keyEnvs[0], tools: row?.tools }).toEqual({ type, variable, tools });
    }
  });
});
