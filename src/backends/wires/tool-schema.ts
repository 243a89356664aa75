import { isObject, listOf, objectOf, stringOf, type Json } from './json.js';

/** Refused by OpenAI and Anthropic at the root of a tool's arguments ("schema must have type 'object' and not have …", "input_schema does not support …"). */
const NOT_AT_THE_ROOT = ['anyOf', 'oneOf', 'allOf', 'enum', 'not'];

/**
 * The schema of a tool's arguments as vendors take it. OpenAI wants `properties`, which MCP lets servers leave out; what is said
 * of one or the other case becomes one object with all that may be there. Arguments are checked by the tool's own schema all the same.
 */
export function toolSchema(parameters: Json): Json {
  const isPlain = parameters['type'] === 'object' && isObject(parameters['properties']);
  if (isPlain && !NOT_AT_THE_ROOT.some((name) => name in parameters)) return parameters;
  const parts = (name: string): readonly Json[] => listOf(parameters[name]).filter(isObject);
  const always = [parameters, ...parts('allOf')];
  const properties = Object.assign({}, ...[...parts('anyOf'), ...parts('oneOf'), ...always.toReversed()].map((part) => objectOf(part['properties']))) as Json;
  const required = [...new Set(always.flatMap((part) => listOf(part['required'])).map(stringOf))].filter((name) => name !== '');
  const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => !NOT_AT_THE_ROOT.includes(name)));
  return Object.assign(rest, { type: 'object', properties }, required.length === 0 ? undefined : { required });
}
