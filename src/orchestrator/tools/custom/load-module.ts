import { pathToFileURL } from 'node:url';
import type { ToolContext } from '../contract.js';
import type { CustomFunction } from './custom-function.js';
import { isMap } from '../../json-map.js';

interface ToolExport {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly parameters?: unknown;
  readonly handler: (args: Readonly<Record<string, unknown>>, context: object) => unknown;
}

const isTool = (value: unknown): value is ToolExport => isMap(value) && typeof value['handler'] === 'function';

/** What a module exports: tools one by one, and lists of them under any name, `default` among them. */
function exportsOf(module: Readonly<Record<string, unknown>>): readonly (readonly [string, ToolExport])[] {
  const found = new Map<ToolExport, string>();
  for (const [key, value] of Object.entries(module)) {
    const all: readonly unknown[] = Array.isArray(value) ? value : isMap(value) && !isTool(value) ? Object.values(value) : [value];
    for (const each of all) if (isTool(each) && !found.has(each)) found.set(each, typeof each.name === 'string' ? each.name : key);
  }
  return [...found].map(([tool, name]) => [name, tool]);
}

const isGenerator = (value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> =>
  typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value));

/** What a generator yields, one below the other, and said while it comes; anything else as it is. */
async function collected(result: unknown, { progress, signal }: Pick<ToolContext, 'progress' | 'signal'>): Promise<unknown> {
  if (!isGenerator(result)) return result;
  const parts: string[] = [];
  for await (const part of result) {
    if (signal.aborted) break;
    const text = typeof part === 'string' ? part : (JSON.stringify(part) as string | undefined);
    if (text === undefined) continue;
    parts.push(text);
    progress(text);
  }
  return parts.join('\n');
}

/**
 * The tools of a JavaScript module: exported objects `{name, description, parameters, handler}`, `parameters` a JSON Schema
 * and `handler(args, {agent, signal, folder, delivering, progress})`, which may be a generator. They run in this process. Rejects with what the module throws.
 */
export async function loadModule(file: string, folder: string): Promise<readonly CustomFunction[]> {
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const tools = exportsOf(module);
  if (tools.length === 0) throw new Error('it exports no tool; a tool is {name, description, parameters, handler}');
  return tools.map(([name, { description, parameters, handler }]) => ({
    name,
    description: typeof description === 'string' ? description : '',
    parameters: isMap(parameters) ? parameters : { type: 'object', properties: {} },
    run: async (args, { agent, signal, delivering, progress }) => collected(await handler(args, { agent, signal, folder, delivering, progress }), { progress, signal }),
  }));
}
