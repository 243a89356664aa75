import { plannedValidators, validateConfig } from './generated/validate.js';
import type { Finding } from './issue.js';
import { didYouMean, didYouMeanBackend } from './nearest.js';
import { misnomer } from './misnomers.js';
import { schemaOfKey } from './normalise.js';
import { pathFromPointer, toPointer, valueAt, type Path } from './path.js';
import { plannedPlaces } from './planned-uses.js';
import { backendSchema } from './schema/backend.js';
import { configSchema } from './schema/root.js';
import { sectionsWith } from './schema/sections.js';
import type { Schema } from './schema/types.js';
import { expected, holdsComment, joinWords, quote, show, typeHint } from './sentences.js';

interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

type Validate = ((value: unknown) => boolean) & { readonly errors?: readonly SchemaError[] | null };

const validate = validateConfig as unknown as Validate;
const validatePlanned = plannedValidators as unknown as Readonly<Record<string, Validate | undefined>>;

function schemaAt(path: Path): Schema {
  const step = (schema: Schema | undefined, part: string | number): Schema | undefined =>
    typeof part === 'number' ? schema?.items : schemaOfKey(schema, part);
  return path.reduce<Schema | undefined>(step, configSchema) ?? {};
}

const isBackendType = (path: Path): boolean => path.at(-1) === 'type' && (path.at(-2) === 'backend' || path.at(-3) === 'fallback');

type Words = Pick<Finding, 'message' | 'suggestion'>;

const suggest = (message: string, suggestion: string | undefined): Words => (suggestion === undefined ? { message } : { message, suggestion });

function enumWords(schema: Schema, given: unknown, path: Path): Words {
  const values = schema.enum ?? [];
  const noun = isBackendType(path) ? 'backend' : 'value';
  if (typeof given !== 'string') return suggest(`must be one of ${joinWords(values)}, not ${show(given, path)}`, undefined);
  if (given.trim() === '') return { message: 'must not be empty' };
  return suggest(`unknown ${noun} ${quote(given)}`, (holdsComment(given) ? 'begin comments with "#"' : noun === 'backend' ? didYouMeanBackend(given, values) : didYouMean(given, values)) ?? `use ${noun === 'backend' ? 'one of ' : ''}${joinWords(values)}`);
}

function limitWords(params: Readonly<Record<string, unknown>>, given: unknown, path: Path): Words {
  const words = { '>': 'more than', '>=': 'at least', '<=': 'at most', '<': 'less than' }[String(params['comparison'])] ?? '';
  // The number that came out of a variable is no more than its name.
  const not = typeof given === 'string' ? `which ${show(given, path).replace(/^the text /, '')} is not` : `not ${show(given, path)}`;
  return { message: `must be ${words} ${String(params['limit'])}, ${not}` };
}

function rejectedWords({ description, 'x-status': status }: Schema, path: Path): Words {
  if (path.length === 1) return suggest('this key is from an older version of the language', description);
  if (status === 'rejected') return suggest('means nothing here', description);
  return suggest('means something to claude_code only', backendSchema.allOf[0].else.description);
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
      return rejectedWords(schema, path);
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

function whatWasMeant(key: string, section: Schema, path: Path): string {
  const better = misnomer(key, path);
  if (better !== undefined) return better;
  if (/\w = /.test(key)) return 'write "key: value"';
  const known = Object.entries(section.properties ?? {}).flatMap(([name, child]) => (child['x-status'] === 'rejected' ? [] : [name]));
  // What a script or a price is made of is meant there only.
  const elsewhere = sectionsWith(key).filter((name) => !/\.(?:script|price)\b/.test(name) || path.includes('script') || path.includes('price'));
  if (elsewhere.length > 0) return `it belongs under ${joinWords(elsewhere.map((name) => JSON.stringify(name)))}`;
  const meant = didYouMean(key, known);
  if (section === backendSchema) return `${meant === undefined ? 'unknown' : `${meant} Unknown`} keys are not sent to the provider: what it knows besides goes under "extra_body" or "extra_args"`;
  return meant ?? (path.length === 0 ? 'it has no effect; begin its name with "x-" if it only holds anchors' : 'it has no effect');
}

const isComment = ({ keyword, params }: SchemaError): boolean => keyword === 'additionalProperties' && /^\/[/*]/.test(String(params['additionalProperty']));

function unknownKey(error: SchemaError, path: Path): Finding {
  const key = String(error.params['additionalProperty']);
  // It has swallowed the key that stands after it.
  if (isComment(error)) return { severity: 'error', path: [...path, key], at: 'key', message: `${quote(key)} is no comment, but part of a key`, suggestion: 'begin comments with "#"' };
  return { severity: 'warning', path: [...path, key], at: 'key', message: `unknown key ${quote(key)}`, suggestion: whatWasMeant(key, schemaAt(path), path) };
}

/** What is wrong inside keys that have no effect yet. Variables in them are not replaced, so where one stands nothing can be said. */
function plannedErrors(value: unknown): readonly SchemaError[] {
  return plannedPlaces(value).flatMap(({ path, value: written }) => {
    const place = path.filter((part) => typeof part === 'string').join('.').replace(/^agent\b/, 'agents');
    const judge = validatePlanned[place];
    if (judge === undefined || judge(written)) return [];
    const errors = (judge.errors ?? []).map((error) => ({ ...error, instancePath: toPointer(path) + error.instancePath }));
    return errors.filter(({ instancePath }) => {
      const found = valueAt(value, pathFromPointer(instancePath, value));
      return typeof found !== 'string' || !found.includes('${');
    });
  });
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
  const outdated = errors.filter((error) => error.keyword === 'not' && error.instancePath.lastIndexOf('/') === 0);
  if (outdated.length > 0) return outdated;
  if (errors.some((error) => error.keyword === 'type' && error.instancePath === '')) return errors.filter((error) => error.keyword === 'type');
  const unknown = errors.filter((error) => error.keyword === 'additionalProperties');
  const swallows = errors.some((error) => error.instancePath === '' && isComment(error));
  const refusing = errors.filter((error) => !(swallows && error.keyword === 'oneOf') && error.keyword !== 'additionalProperties' && error.keyword !== 'if' && !error.schemaPath.startsWith('#/oneOf/'));
  return [...refusing, ...unknown].slice(0, most);
}

/** Fills defaults into `value` and says what the schema has against it. Values are quoted from `given`, where variables still have their names. */
export function schemaFindings(given: unknown, value: unknown): readonly Finding[] {
  validate(value);
  return relevant([...(validate.errors ?? []), ...plannedErrors(value)]).map((error) => toFinding(error, given, value));
}
