import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('what is generated from the schema', () => {
  it('is up to date', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/generate.js', '--check'], { cwd: root, encoding: 'utf8' });
    expect({ status, stale: /^stale: .*/m.exec(stderr)?.[0] }).toEqual({ status: 0, stale: undefined });
  });

  it('names the backends of each key that not all of them understand', () => {
    const reference = readFileSync(`${root}/docs/configuration.md`, 'utf8');
    expect(reference).toMatch(/^\| `enable_tool_search` .* For `openai` and `claude`\. \|$/m);
    expect(reference).not.toMatch(/ For \./);
  });

  it('tells an editor what a key waits for, which backends it is for, and its default', () => {
    interface Shown {
      readonly description: string;
      readonly properties: Readonly<Record<string, Shown>>;
    }
    const { properties, definitions } = JSON.parse(readFileSync(`${root}/massgen.schema.json`, 'utf8')) as { readonly properties: Readonly<Record<string, Shown>>; readonly definitions: Readonly<Record<string, Shown>> };
    const backend = definitions['backend']?.properties;
    expect(properties['memory']?.description).toBe('No effect yet: it waits for memory. What agents remember between questions.');
    expect(backend?.['seed']?.description).toBe('Makes sampling repeatable, as far as the provider can. For chat completions and `gemini`. Default: none.');
    expect(properties['num_agents']?.description).toBe('Refused: list the agents, under "agents".');
    expect(JSON.stringify(definitions)).not.toContain('.md](');
  });

  it('needs nothing at run time', () => {
    const validator = readFileSync(`${root}/src/orchestrator/config/generated/validate.ts`, 'utf8');
    expect(validator).not.toMatch(/\brequire\(|^import /m);
  });
});
