import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import type { Issue } from '../../../src/orchestrator/config/issue.js';
import { schemaOfKey } from '../../../src/orchestrator/config/normalise.js';
import { parseText } from '../../../src/orchestrator/config/parse.js';
import { valueAt, type Path } from '../../../src/orchestrator/config/path.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';
import { configSchema } from '../../../src/orchestrator/config/schema/root.js';
import type { Schema } from '../../../src/orchestrator/config/schema/types.js';

const folder = fileURLToPath(new URL('../../fixtures/massgen-configs', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ya?ml|json)$/.test(file));

function check(file: string) {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const parsed = parseText(text);
  if ('issue' in parsed) throw new Error(`${file}: ${parsed.issue.message}`);
  const env = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].flatMap(([, name = '']) => (name === 'cwd' ? [] : [[name, 'x']])));
  return checkConfig(parsed.value, env, parsed);
}

const pathOf = (location: string): Path => [...location.matchAll(/\[(\d+)\]|([\w-]+)/g)].map(([, index, key]) => (index === undefined ? (key ?? '') : Number(index)));
const schemaAt = (place: Path): Schema | undefined => place.reduce<Schema | undefined>((schema, part) => (typeof part === 'number' ? schema?.items : schemaOfKey(schema, part)), configSchema);

/** What must hold for each kind of warning; a warning of no kind is none that we know to be true. */
const kinds: readonly (readonly [RegExp, (match: RegExpExecArray, value: unknown, place: Path) => boolean])[] = [
  [/^has no effect yet: it waits for (.+?)(?: \(here and in \d+ more places?\))?$/, ([, name], value, place) => schemaAt(place)?.['x-status'] === 'planned' && schemaAt(place)?.['x-waits-for'] === name && value !== undefined && value !== false],
  [/^has an effect only in turns without functions to call, such as the presentation: (gemini-2\S*) refuses both at once/, ([, model], value, place) => value === true && typeof model === 'string' && /^enable_(?:web_search|code_execution)$/.test(String(place.at(-1)))],
  // It brings its own shell and files with it.
  [/^has no effect with the backend (claude_code)(?: \(here and in \d+ more places?\))?$/, ([, type], value, place) => value !== undefined && type !== undefined && schemaAt(place)?.['x-reach']?.includes('claude-code') !== true],
  [/^names no file and no program, so it is left out$/, (_match, value) => typeof value === 'object' && value !== null && !('path' in value) && !('command' in value)],
  [/^unknown key "(.+)"$/, ([, key], value, place) => place.at(-1) === key && value !== undefined && schemaAt(place) === undefined],
];

const isTrue = (issue: Issue, given: unknown): boolean =>
  kinds.some(([pattern, holds]) => {
    const match = pattern.exec(issue.message);
    return match !== null && holds(match, valueAt(given, pathOf(issue.location)), pathOf(issue.location));
  });

describe('the configurations of MassGen', () => {
  it('are all here, with their licence', () => {
    expect(files).toHaveLength(148);
    expect(readFileSync(path.join(folder, 'LICENSE'), 'utf8')).toContain('Apache License');
  });

  it.each(files)('%s loads without an error, can be planned, and each warning is true', (file) => {
    const { config, given, issues } = check(file);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(planRun(config!).agents.length).toBeGreaterThan(0);
    expect(issues.filter((issue) => !isTrue(issue, given))).toEqual([]);
    expect(issues.every(({ line = 0, column = 0 }) => line > 0 && column > 0)).toBe(true);
  });

  it('say everything once', () => {
    for (const file of files) {
      const named = check(file).issues.map(({ location, message }) => `${location.replace(/\[\d+\]/g, '[]')} ${message.replace(/ \(here.*/, '')}`);
      expect({ file, twice: named.filter((name, index) => named.indexOf(name) !== index) }).toEqual({ file, twice: [] });
    }
  });
});
