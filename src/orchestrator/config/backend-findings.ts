import type { Finding } from './issue.js';
import { schemaOfKey } from './normalise.js';
import { valueAt, type Path } from './path.js';
import { agentPaths } from './placed-agents.js';
import { backendSchema } from './schema/backend.js';
import { neededKeys, traitsOf, type BackendType } from './schema/backend-types.js';
import type { Schema, Trait } from './schema/types.js';
import { joinWords } from './sentences.js';
import { together } from './together.js';
import { isMap } from '../json-map.js';

interface PlacedBackend {
  readonly path: Path;
  readonly block: Readonly<Record<string, unknown>>;
}

/** The backend blocks of a configuration, whether or not the rest of it is right. */
function placedBackends(value: unknown): readonly PlacedBackend[] {
  const paths = agentPaths(value).flatMap((member): readonly Path[] => {
    const others = valueAt(value, [...member, 'fallback']);
    return [[...member, 'backend'], ...(Array.isArray(others) ? others.map((_other, index) => [...member, 'fallback', index]) : [])];
  });
  return paths.flatMap((path) => {
    const block = valueAt(value, path);
    return isMap(block) ? [{ path, block }] : [];
  });
}

const hints: Readonly<Partial<Record<Trait, string>>> = {
  chat: 'add "api: chat", or leave it out',
  account: 'leave it out',
  local: 'write the port into "base_url"',
  script: 'leave it out, or write "type: scripted"',
};

/** Two names for the like: the vendor has the other one. */
const likeness: Readonly<Partial<Record<Trait, readonly [Trait, string]>>> = {
  'code-execution': ['interpreter', 'write "enable_code_interpreter"'],
  interpreter: ['code-execution', 'write "enable_code_execution"'],
};

function hintFor(reach: readonly Trait[], traits: readonly Trait[]): string | undefined {
  const [other, hint] = reach.map((trait) => likeness[trait]).find((like) => like !== undefined) ?? [];
  if (other !== undefined && traits.includes(other)) return hint;
  const speaksBoth = traits.includes('responses');
  return traits.includes('script') ? undefined : reach.map((trait) => ((trait === 'chat' && !speaksBoth) || (trait === 'script' && reach.length > 1) ? undefined : hints[trait])).find((each) => each !== undefined);
}

type Block = PlacedBackend['block'];

const reaches = (reach: readonly Trait[], block: Block): boolean => (traitsOf(block) ?? []).some((trait) => reach.includes(trait));

/** What keeps a key from an effect that it has with the same backend elsewhere. */
function hindrance(reach: readonly Trait[], { base_url: url, api, ...rest }: Block): string {
  if (!reaches(reach, rest)) return '';
  const isElsewhere = url !== undefined && !reaches(reach, { ...rest, base_url: url });
  return isElsewhere ? ' at this base_url' : ` and "api: ${String(api)}"`;
}

function unreached(schema: Schema, traits: readonly Trait[], path: Path, block: Block): Finding | undefined {
  const reach = schema['x-reach'];
  if (reach === undefined || reach.some((trait) => traits.includes(trait))) return undefined;
  return { severity: 'warning', path, at: 'key', message: `has no effect with the backend ${String(block['type'])}${hindrance(reach, block)}`, suggestion: hintFor(reach, traits) ?? 'leave it out' };
}

/** Keys that the language knows and this backend does not. */
function reachFindings({ path, block }: PlacedBackend): readonly Finding[] {
  const traits = traitsOf(block);
  if (traits === undefined) return [];
  const look = (map: Readonly<Record<string, unknown>>, schema: Schema, at: Path): readonly Finding[] =>
    Object.entries(map).flatMap(([key, child]) => {
      const known = schemaOfKey(schema, key);
      if (known === undefined || child === false) return [];
      const here = unreached(known, traits, [...at, key], block);
      if (here !== undefined) return [here];
      return isMap(child) ? look(child, known, [...at, key]) : [];
    });
  return look(block, backendSchema, path);
}

const olderGemini = /gemini-(?:1|2)[.-]/;

/** Gemini before 3 refuses its own tools beside functions, and answers and votes are functions. */
function geminiFindings({ path, block }: PlacedBackend): readonly Finding[] {
  const { type, model = 'gemini-2.5-flash' } = block;
  if (type !== 'gemini' || typeof model !== 'string' || !olderGemini.test(model)) return [];
  return ['enable_web_search', 'enable_code_execution'].flatMap((key): readonly Finding[] =>
    block[key] === true
      ? [{ severity: 'warning', path: [...path, key], at: 'key', message: `has an effect only in turns without functions to call, such as the presentation: ${model} refuses both at once`, suggestion: 'take a model from gemini-3 on' }]
      : [],
  );
}

/** What code calls may not be held to a strict schema. */
function strictFindings({ path, block }: PlacedBackend): readonly Finding[] {
  if (block['type'] !== 'claude' || block['enable_programmatic_flow'] !== true || block['enable_strict_tool_use'] !== true) return [];
  return [{ severity: 'warning', path: [...path, 'enable_strict_tool_use'], at: 'key', message: 'has no effect on tools that are called from code', suggestion: 'leave it or "enable_programmatic_flow" out' }];
}

function needFindings({ path, block }: PlacedBackend): readonly Finding[] {
  const { type } = block;
  const needed = typeof type === 'string' && Object.hasOwn(neededKeys, type) ? (neededKeys[type as BackendType] ?? []) : [];
  const missing = needed.filter((key) => block[key] === undefined);
  if (missing.length === 0) return [];
  return [{ severity: 'error', path, at: 'key', message: `the backend ${String(type)} needs ${joinWords(missing, 'and')}`, suggestion: `add ${joinWords(missing.map((key) => `"${key}: …"`), 'and')}` }];
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

/** What no schema can say of an address and of headers, and what would fail each call. */
function requestFindings({ path, block }: PlacedBackend): readonly Finding[] {
  const { base_url: url, extra_headers: headers } = block;
  // What does not begin like this is the schema's to refuse.
  const isWritten = typeof url === 'string' && /^https?:\/\/[^\s/]/.test(url) && !url.includes('${');
  const address: readonly Finding[] = isWritten && !URL.canParse(url) ? [{ severity: 'error', path: [...path, 'base_url'], at: 'value', message: 'is not a URL', suggestion: 'check its host and its port, which is at most 65535' }] : [];
  const names = isMap(headers) ? Object.keys(headers).filter((name) => !headerName.test(name)) : [];
  return [...address, ...names.map((name): Finding => ({ severity: 'error', path: [...path, 'extra_headers', name], at: 'key', message: 'is not the name of a header', suggestion: 'write it with letters, digits and dashes' }))];
}

/** What is wrong with the backends, each as a whole: keys that a type needs, keys that mean nothing to it, addresses and headers that cannot be. */
export function backendFindings(value: unknown): readonly Finding[] {
  const backends = placedBackends(value);
  return [...backends.flatMap(needFindings), ...backends.flatMap(requestFindings), ...together(backends.flatMap(reachFindings)), ...together(backends.flatMap(geminiFindings)), ...backends.flatMap(strictFindings)];
}
