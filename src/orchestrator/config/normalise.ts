import { interpolate, type Environment } from './interpolate.js';
import type { Finding } from './issue.js';
import { isSecretName } from './mask.js';
import type { Path } from './path.js';
import { configSchema } from './schema/root.js';
import type { Schema } from './schema/types.js';
import { waits } from './waits.js';

interface Context {
  readonly env: Environment;
  readonly findings: Finding[];
  /** Inside a key that has no effect yet, where variables are nobody's business. */
  readonly inert?: boolean;
}

/** What the schema says of a key of a map, if it knows the key. */
export function schemaOfKey(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema?.properties !== undefined && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return Object.entries(schema?.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
}

const allows = (schema: Schema | undefined, type: string): boolean => schema?.type !== undefined && [schema.type].flat().includes(type as never);
const isFree = (schema: Schema | undefined): boolean => schema !== undefined && schema.type === undefined && schema.enum === undefined;
const lastKey = (path: Path): string => path.findLast((part) => typeof part === 'string') ?? '';
const isPrompt = (path: Path): boolean => ['system_message', 'prompt'].includes(lastKey(path));

const booleans: Readonly<Record<string, boolean>> = { yes: true, on: true, true: true, no: false, off: false, false: false };

/** YAML 1.1 has more words for true and false, and underscores in numbers; a variable is always text. */
function typed(text: string, schema: Schema | undefined, whole: boolean): unknown {
  if (schema === undefined || allows(schema, 'string') || schema.enum !== undefined) return text;
  const word = text.toLowerCase();
  if (allows(schema, 'boolean')) return Object.hasOwn(booleans, word) ? booleans[word] : text;
  if (!allows(schema, 'number') && !allows(schema, 'integer')) return text;
  const isNumber = whole ? /^[+-]?(\d[\d_]{0,30}(\.\d{0,30})?|\.\d{1,30})(e[+-]?\d{1,3})?$/i : /^[+-]?\d{1,3}(_\d{3})+$/;
  return isNumber.test(text) ? Number(text.replaceAll('_', '')) : text;
}

function reportUnset(name: string, path: Path, findings: Finding[]): void {
  const needed = /(^|_)(keys?|url)$/i.test(lastKey(path));
  findings.push({
    severity: needed ? 'error' : 'warning',
    path,
    at: 'value',
    message: `the variable ${name} is not set${needed ? '' : ', so its text is left as it is'}`,
    suggestion: `set ${name} in the environment or in .env, or write "\${${name}:-default}"`,
    unset: name,
  });
}

/** The agent's workspace, which a run puts in where a server's program is told something; the program itself is not looked for there. */
function isWorkspace(name: string, path: Path, text: string): boolean {
  const servers = path.lastIndexOf('mcp_servers');
  if (name !== 'cwd' || servers < 0) return false;
  const [, key, index] = path.slice(servers + 1);
  if (key === 'command') return typeof index === 'number' ? index > 0 : !/^\s*\S*\$\{cwd\}/u.test(text);
  return key === 'args' || key === 'env' || key === 'cwd';
}

function normaliseText(text: string, schema: Schema | undefined, path: Path, context: Context): unknown {
  if (context.inert === true) return typed(text, schema, false);
  // A prompt goes to a model, a log and other agents: no place for a secret.
  const result = interpolate(text, context.env, (name) => !isPrompt(path) || !isSecretName(name));
  for (const name of result.unset) if (!isWorkspace(name, path, text)) reportUnset(name, path, context.findings);
  for (const name of result.refused) {
    context.findings.push({ severity: 'warning', path, at: 'value', message: `the variable ${name} looks like a secret and is not put into a prompt` });
  }
  if (result.whole && result.text === '') return null;
  return typed(result.text, schema, result.whole);
}

function normaliseMap(map: object, schema: Schema | undefined, path: Path, context: Context): unknown {
  const entries = Object.entries(map).flatMap(([key, value]): [string, unknown][] => {
    const childSchema = schemaOfKey(schema, key);
    const child = normaliseValue(value, childSchema, [...path, key], context, map);
    return child === null && childSchema !== undefined ? [] : [[key, child]];
  });
  return Object.fromEntries(entries);
}

function normaliseValue(value: unknown, schema: Schema | undefined, path: Path, given: Context, beside?: object): unknown {
  if (isFree(schema)) return value;
  const context = waits(schema, beside) ? { ...given, inert: true } : given;
  if (typeof value === 'string') return normaliseText(value, schema, path, context);
  if (Array.isArray(value)) return value.map((item, index) => normaliseValue(item, schema?.items, [...path, index], context));
  if (typeof value === 'object' && value !== null) return normaliseMap(value, schema, path, context);
  return value;
}

/**
 * A copy with variables replaced, keys set to nothing left out, and YAML 1.1 spellings read by the schema's types.
 * Keys without effect yet keep their variables. An unset variable is an error where a key or an address is wanted, else a warning.
 */
export function normalise(given: unknown, env: Environment): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const value = normaliseValue(given, configSchema, [], { env, findings });
  return { value, findings };
}
