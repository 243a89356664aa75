import { describe, expect, it } from '@jest/globals';
import { CATALOG, rowOf } from '../../src/backends/catalog.js';
import { createBackend } from '../../src/backends/create.js';
import { collect, textOf } from '../support/backend-collect.js';
import { recording, replay } from '../support/backend-replay.js';

/** What a row speaks when it is not chat completions. */
const DIALECTS: Readonly<Record<string, string>> = { openai: 'openai-responses', grok: 'openai-responses', claude: 'anthropic-messages', gemini: 'gemini-generate' };

describe('the catalog', () => {
  it('gives every id and alias to one row', () => {
    const names = CATALOG.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(rowOf(name)).toBeDefined();
  });

  it('gives every host to one row', () => {
    // A program may reach a host that a row calls itself.
    const hosts = CATALOG.filter(({ program }) => program !== true).flatMap((row) => row.hosts);
    for (const host of hosts) expect(hosts.filter((other) => host === other || host.endsWith(`.${other}`))).toEqual([host]);
  });

  it('has each base URL on a host of its own row', () => {
    for (const { id, baseUrl, hosts, local } of CATALOG) {
      if (baseUrl === undefined || local) continue;
      const host = new URL(baseUrl).hostname;
      expect({ id, own: hosts.some((suffix) => host === suffix || host.endsWith(`.${suffix}`)) }).toEqual({ id, own: true });
    }
  });

  it('has rows that speak with nothing but their own key', async () => {
    for (const row of CATALOG.filter(({ offline, program, looksAround, baseUrl }) => !offline && !program && !looksAround && baseUrl !== undefined)) {
      const { fetch, sent } = replay({ body: recording(`${DIALECTS[row.id] ?? 'openai-chat'}/text.sse`) });
      const env = row.keyEnvs[0] === undefined ? {} : { [row.keyEnvs[0]]: 'sk-only' };
      const backend = createBackend({ type: row.id, model: 'some-model' }, { env, fetch });
      expect({ id: row.id, text: textOf(await collect(backend)) }).toEqual({ id: row.id, text: 'Grüße, 世界 👋 — done.' });
      expect({ id: backend.id, model: backend.model, url: sent.at(-1)?.url.startsWith(row.baseUrl ?? '?') }).toEqual({ id: row.id, model: 'some-model', url: true });
    }
  });
});
