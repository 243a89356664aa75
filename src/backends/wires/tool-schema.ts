import { isObject, listOf, objectOf, stringOf, type Json } from './json.js';

/** Refused by OpenAI and Anthropic at the root of a tool's arguments ("schema must have type 'object' and not have …", "input_schema does not support …"), and the reference that may stand for all of it. */
const NOT_AT_THE_ROOT = ['anyOf', 'oneOf', 'allOf', 'enum', 'not', '$ref'];

/** What an object's schema says, whatever the words it says it with. */
interface Shape {
  readonly properties: Json;
  readonly required: readonly string[];
}

const NOTHING: Shape = { properties: {}, required: [] };

/**
 * The schema of a tool's arguments as vendors take it. OpenAI wants `properties`, which MCP lets servers leave out; what is said
 * of one or the other case becomes one object with all that may be there. Arguments are checked by the tool's own schema all the same.
 */
export function toolSchema(parameters: Json): Json {
  const isPlain = parameters['type'] === 'object' && isObject(parameters['properties']);
  if (isPlain && !NOT_AT_THE_ROOT.some((name) => name in parameters)) return parameters;
  const { properties, required: wanted } = shapeOf(parameters, parameters, new Map());
  const required = [...new Set(wanted)].filter((name) => Object.hasOwn(properties, name));
  const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => !NOT_AT_THE_ROOT.includes(name) && name !== 'required'));
  return Object.assign(rest, { type: 'object', properties }, required.length === 0 ? undefined : { required });
}

function shapeOf(schema: Json, root: Json, known: Map<string, Shape>): Shape {
  const shapes = (name: string): readonly Shape[] => listOf(schema[name]).filter(isObject).map((part) => shapeOf(part, root, known));
  const own: Shape = { properties: objectOf(schema['properties']) ?? {}, required: listOf(schema['required']).map(stringOf) };
  const always = [own, referredShape(stringOf(schema['$ref']), root, known), ...shapes('allOf')];
  const said = always.toReversed().map(({ properties }) => properties);
  return { properties: Object.assign({}, oneOrOther([...shapes('anyOf'), ...shapes('oneOf')]), ...said) as Json, required: always.flatMap(({ required }) => required) };
}

/** Each is read once: what refers to itself adds nothing to itself. */
function referredShape(reference: string, root: Json, known: Map<string, Shape>): Shape {
  const read = known.get(reference);
  if (read !== undefined) return read;
  known.set(reference, NOTHING);
  const shape = shapeOf(referred(reference, root), root, known);
  known.set(reference, shape);
  return shape;
}

function referred(reference: string, root: Json): Json {
  if (!reference.startsWith('#/')) return {};
  const names = reference.slice(2).split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<Json>((at, name) => objectOf(at[name]) ?? {}, root);
}

/** Cases are often told apart by what one name may be: `action` is "create" in one and "delete" in the other. */
function oneOrOther(cases: readonly Shape[]): Json {
  const schemas = new Map<string, Map<string, unknown>>();
  for (const [name, schema] of cases.flatMap(({ properties }) => Object.entries(properties))) {
    schemas.set(name, (schemas.get(name) ?? new Map<string, unknown>()).set(JSON.stringify(schema), schema));
  }
  return Object.fromEntries([...schemas].map(([name, found]) => [name, found.size === 1 ? [...found.values()][0] : { anyOf: [...found.values()] }]));
}
