import { validateConfig } from './generated/validate.js';
import type { Finding } from './issue.js';
import { didYouMean } from './nearest.js';
import { schemaOfKey } from './normalise.js';
import { pathFromPointer, valueAt, type Path } from './path.js';
import { configSchema } from './schema/root.js';
import type { Schema } from './schema/types.js';
import { expected, joinWords, quote, show, typeHint } from './sentences.js';

interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

type Validate = ((value: unknown) => boolean) & { readonly errors?: readonly SchemaError[] | null };

const validate = validateConfig as unknown as Validate;

function schemaAt(path: Path): Schema {
  const step = (schema: Schema | undefined, part: string | number): Schema | undefined =>
    typeof part === 'number' ? schema?.items : schemaOfKey(schema, part);
  return path.reduce<Schema | undefined>(step, configSchema) ?? {};
}

type Words = Pick<Finding, 'message' | 'suggestion'>;

const suggest = (message: string, suggestion: string | undefined): Words => (suggestion === undefined ? { message } : { message, suggestion });

function enumWords(schema: Schema, given: unknown, path: Path): Words {
  const values = schema.enum ?? [];
  const options = `use ${joinWords(values)}`;
  if (typeof given !== 'string') return suggest(`must be one of ${joinWords(values)}, not ${show(given, path)}`, undefined);
  return suggest(`unknown value ${quote(given)}`, didYouMean(given, values) ?? options);
}

function limitWords(params: Readonly<Record<string, unknown>>, given: unknown, path: Path): Words {
  const words = { '>': 'more than', '>=': 'at least', '<=': 'at most', '<': 'less than' }[String(params['comparison'])] ?? '';
  return { message: `must be ${words} ${String(params['limit'])}, not ${show(given, path)}` };
}

/** What one failed keyword says to a person. */
function wordsFor(error: SchemaError, schema: Schema, given: unknown, path: Path): Words {
  switch (error.keyword) {
    case 'type':
      return suggest(`must be ${expected(schema)}, not ${show(given, path)}`, typeHint(schema, given));
    case 'enum':
      return enumWords(schema, given, path);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return limitWords(error.params, given, path);
    case 'minItems':
      return suggest('the list is empty', schema.examples === undefined ? undefined : `for example ${String(schema.examples[0])}`);
    case 'pattern':
      return { message: schema['x-message'] ?? 'is not written as it must be' };
    case 'not':
      return suggest('this key is from an older version of the language', schema.description);
    case 'oneOf':
      return error.params['passingSchemas'] === null
        ? suggest('there are no agents', 'list the team under "agents"')
        : suggest('has both "agents" and "agent"', 'put the one agent into the list');
    default:
      return { message: `does not fit the schema (${error.keyword})` };
  }
}

function missing(error: SchemaError, path: Path): Finding {
  const key = String(error.params['missingProperty']);
  const example = schemaAt([...path, key]).examples?.[0];
  const suggestion = example === undefined ? undefined : `for example "${key}: ${String(example)}"`;
  return { severity: 'error', path: [...path, key], at: 'key', ...suggest('is missing', suggestion) };
}

function unknownKey(error: SchemaError, path: Path): Finding {
  const key = String(error.params['additionalProperty']);
  const known = Object.entries(schemaAt(path).properties ?? {}).filter(([, child]) => child['x-status'] !== 'rejected');
  const otherwise = path.length === 0 ? 'it has no effect; begin its name with "x-" if it only holds anchors' : 'it has no effect';
  const suggestion = didYouMean(key, known.map(([name]) => name)) ?? otherwise;
  return { severity: 'warning', path: [...path, key], at: 'key', message: `unknown key ${quote(key)}`, suggestion };
}

function toFinding(error: SchemaError, given: unknown, value: unknown): Finding {
  const path = pathFromPointer(error.instancePath, value);
  if (error.keyword === 'required') return missing(error, path);
  if (error.keyword === 'additionalProperties') return unknownKey(error, path);
  return { severity: 'error', path, at: error.keyword === 'not' ? 'key' : 'value', ...wordsFor(error, schemaAt(path), valueAt(given, path), path) };
}

const most = 500;

/** The errors that matter: those first that refuse the configuration, and none that only follow from another. */
function relevant(errors: readonly SchemaError[]): readonly SchemaError[] {
  const outdated = errors.filter((error) => error.keyword === 'not');
  if (outdated.length > 0) return outdated;
  if (errors.some((error) => error.keyword === 'type' && error.instancePath === '')) return errors.filter((error) => error.keyword === 'type');
  const unknown = errors.filter((error) => error.keyword === 'additionalProperties');
  const refusing = errors.filter((error) => error.keyword !== 'additionalProperties' && !error.schemaPath.startsWith('#/oneOf/'));
  return [...refusing, ...unknown].slice(0, most);
}

/** Fills defaults into `value` and says what the schema has against it. Values are quoted from `given`, where variables still have their names. */
export function schemaFindings(given: unknown, value: unknown): readonly Finding[] {
  validate(value);
  return relevant(validate.errors ?? []).map((error) => toFinding(error, given, value));
}
