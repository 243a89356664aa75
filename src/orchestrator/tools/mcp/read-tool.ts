import type { ToolEffects } from '../contract.js';
import { plainLine, plainText } from '../plain-text.js';
import { isMap, type JsonMap } from '../../json-map.js';

/** A tool as its server lists it, with nothing hidden in it. */
export interface ListedTool {
  /** What its server calls it. */
  readonly wireName: string;
  /** The same in letters, digits, `_`, `-`, `.` and `/`. */
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly effects: ToolEffects;
  /** May be called again when nobody knows whether the first call arrived. */
  readonly repeatable: boolean;
}

const MAX_NAME = 128;
const MAX_DESCRIPTION = 4000;
const MAX_SCHEMA_NODES = 3000;
const MAX_DEPTH = 24;

/** A copy in which texts are plain and bounded; throws where it is too deep or too large. */
function plainCopy(value: unknown, budget: { left: number }, depth = 0): unknown {
  budget.left -= 1;
  if (budget.left < 0 || depth > MAX_DEPTH) throw new RangeError('too large');
  if (typeof value === 'string') return plainText(value, 1000);
  if (Array.isArray(value)) return value.map((each) => plainCopy(each, budget, depth + 1));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== '__proto__' && key !== '$schema');
  return Object.fromEntries(entries.map(([key, each]) => [plainLine(key, 200), plainCopy(each, budget, depth + 1)]));
}

function parametersOf(schema: unknown): JsonMap {
  const open = { type: 'object', properties: {} };
  if (!isMap(schema)) return open;
  try {
    const copy = plainCopy(schema, { left: MAX_SCHEMA_NODES }) as JsonMap;
    return { ...copy, type: 'object', properties: isMap(copy['properties']) ? copy['properties'] : {} };
  } catch {
    return open;
  }
}

/** An item of `tools/list`; undefined when it is none. What is not said to be read-only changes something outside. */
export function readTool(item: unknown): ListedTool | undefined {
  if (!isMap(item) || typeof item['name'] !== 'string' || item['name'] === '' || item['name'].length > 1000) return undefined;
  const wireName = item['name'];
  const name = plainLine(wireName, MAX_NAME).replace(/[^\p{L}\p{N}_./-]+/gu, '_');
  if (name === '') return undefined;
  const hints = isMap(item['annotations']) ? item['annotations'] : {};
  const isReadOnly = hints['readOnlyHint'] === true && hints['destructiveHint'] !== true;
  const said = [item['description'], item['title'], hints['title']].find((each): each is string => typeof each === 'string' && each.trim() !== '');
  return {
    wireName,
    name,
    description: plainText(said ?? '', MAX_DESCRIPTION),
    parameters: parametersOf(item['inputSchema']),
    effects: isReadOnly ? 'none' : 'outside',
    repeatable: isReadOnly || hints['idempotentHint'] === true,
  };
}

/** Whether a tool can only be called in a way that massgen does not know: as a task. */
export const needsTask = (item: unknown): boolean => isMap(item) && isMap(item['execution']) && item['execution']['taskSupport'] === 'required';
