import { plainLine, plainText } from '../plain-text.js';
import type { FormField, FormRequest } from './deps.js';
import { isMap, type JsonMap } from '../../json-map.js';

const MAX_FIELDS = 20;
const MAX_CHOICES = 50;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function choicesOf(schema: JsonMap): FormField['choices'] {
  const source = isMap(schema['items']) ? schema['items'] : schema;
  const titled = [source['oneOf'], source['anyOf']].find(Array.isArray) as readonly unknown[] | undefined;
  if (titled !== undefined) return titled.filter(isMap).slice(0, MAX_CHOICES).map((each) => ({ value: textOf(each['const']), title: plainLine(textOf(each['title']), 100) }));
  if (!Array.isArray(source['enum'])) return undefined;
  const titles: readonly unknown[] = Array.isArray(source['enumNames']) ? source['enumNames'] : [];
  return source['enum'].slice(0, MAX_CHOICES).map((value, index) => ({ value: textOf(value), title: plainLine(textOf(titles[index]) || textOf(value), 100) }));
}

function typeOf(schema: JsonMap, choices: FormField['choices']): FormField['type'] {
  if (schema['type'] === 'array') return 'choices';
  if (choices !== undefined) return 'choice';
  if (schema['type'] === 'boolean') return 'flag';
  if (schema['type'] === 'integer' || schema['type'] === 'number') return schema['type'];
  return 'text';
}

function fieldOf(name: string, schema: unknown, required: readonly unknown[]): FormField {
  const given = isMap(schema) ? schema : {};
  const choices = choicesOf(given);
  const otherwise = given['default'];
  const title = [textOf(given['title']) || name, textOf(given['description'])].filter(Boolean).join(': ');
  return {
    name,
    title: plainLine(title, 300),
    type: typeOf(given, choices),
    required: required.includes(name),
    ...(choices === undefined ? {} : { choices }),
    ...(typeof otherwise === 'string' || typeof otherwise === 'number' || typeof otherwise === 'boolean' ? { otherwise } : {}),
  };
}

/** What a server asks the user, as far as it can be shown; undefined when it asks too much. */
export function readForm(server: string, params: unknown): FormRequest | undefined {
  if (!isMap(params) || !isMap(params['requestedSchema'])) return undefined;
  const { properties, required } = params['requestedSchema'];
  const fields = Object.entries(isMap(properties) ? properties : {});
  if (fields.length > MAX_FIELDS) return undefined;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return { server, message: plainText(textOf(params['message']), 1000), fields: fields.map(([name, schema]) => fieldOf(name, schema, needed)) };
}
