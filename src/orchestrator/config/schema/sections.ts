import { configSchema } from './root.js';
import type { Schema } from './types.js';

// Too common to say what was meant.
const vague = ['type', 'id', 'description', 'agents', 'agent', 'price', 'text', 'prompt'];

function sections(schema: Schema, name: string): readonly (readonly [string, Schema])[] {
  if (schema['x-status'] !== undefined) return [];
  // The same again.
  if (name.endsWith('.fallback') || name.endsWith('.subagent_agents')) return [];
  if (schema.type === 'array') return schema.items === undefined ? [] : sections(schema.items, `${name}[]`);
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => (key === 'agent' ? [] : sections(child, name === '' ? key : `${name}.${key}`)));
  return schema.properties === undefined ? [] : [[name, schema], ...inner];
}

/** The parts of the language, by name: the top is empty, an agent is `agents[]`. */
export const languageSections: readonly (readonly [string, Schema])[] = sections(configSchema, '');

/** Where in the language a key of this name stands, if its name says enough. */
export function sectionsWith(key: string): readonly string[] {
  if (vague.includes(key)) return [];
  return languageSections.flatMap(([name, { properties }]) => {
    const known = properties !== undefined && Object.hasOwn(properties, key) && properties[key]?.['x-status'] !== 'rejected';
    return known && name !== '' ? [name] : [];
  });
}
