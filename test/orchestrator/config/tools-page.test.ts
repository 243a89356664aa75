import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { formatIssue } from '../../../src/orchestrator/config/issue.js';
import { parseText } from '../../../src/orchestrator/config/parse.js';

const page = readFileSync(path.resolve('docs/tools.md'), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)].map(([, text = '']) => text);
const ENVIRONMENT = { ISSUES_TOKEN: 't', LOOKUP_KEY: 'k' };

/** A block in the configuration that it is a part of. */
function whole(part: Readonly<Record<string, unknown>>): unknown {
  if ('agents' in part) return part;
  const backend = { type: 'openai' };
  if ('backend' in part) return { agent: { id: 'a', ...part } };
  return 'custom_tools' in part ? { agent: { id: 'a', backend: { ...backend, ...part } } } : { agent: { id: 'a', backend }, ...part };
}

describe('the blocks of the page on tools', () => {
  it.each(blocks.map((text) => [text.split('\n').slice(0, 3).join(' / '), text] as const))('are valid: %s', (_head, text) => {
    const parsed = parseText(text);
    if ('issue' in parsed) throw new Error(parsed.issue.message);
    const { issues } = checkConfig(whole(parsed.value as Readonly<Record<string, unknown>>), ENVIRONMENT);
    expect(issues.map((issue) => formatIssue(issue))).toEqual([]);
  });
});
