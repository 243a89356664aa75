import type { Tool, ToolOutcome, ToolSource } from '../contract.js';
import type { Processes } from '../processes.js';
import type { CustomFunction } from './custom-function.js';
import { loadModule } from './load-module.js';
import { describePython, runPython } from './python.js';
import { readOutcome } from './read-outcome.js';
import { runProgram } from './run-program.js';
import type { CustomToolSettings } from './settings.js';

/** What the user's own tools run with. */
export interface CustomDeps {
  readonly processes: Processes;
  /** What every program is given to know; no keys. An entry's `env` comes on top. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where programs run: the agent's workspace, or where massgen was started. */
  readonly folder: string;
  /** The interpreter, `python3` unless the configuration says otherwise. */
  readonly python: string;
}

const ANYTHING = { type: 'object', properties: {}, additionalProperties: true };

async function functionsOf(settings: CustomToolSettings, deps: CustomDeps, signal: AbortSignal): Promise<readonly CustomFunction[]> {
  const { kind, file, names, descriptions, parameters = ANYTHING } = settings;
  const environment = { ...deps.environment, ...settings.env };
  switch (kind) {
    case 'module':
      return loadModule(file, deps.folder);
    case 'python': {
      const described = await describePython(file, { ...deps, environment }, signal);
      return described.map((each) => ({ ...each, run: (args, context) => runPython(file, each.name, args, { ...deps, environment }, context) }));
    }
    case 'program':
      return [{ name: names[0] ?? '', description: descriptions[0] ?? '', parameters, run: (args, context) => runProgram(settings.command, args, { ...deps, environment }, context.signal) }];
  }
}

/** Without what is always given: the model is neither asked for it nor told of it. */
function withoutPresets(parameters: CustomFunction['parameters'], presets: Readonly<Record<string, unknown>>): CustomFunction['parameters'] {
  const { properties, required } = parameters;
  if (typeof properties !== 'object' || properties === null) return parameters;
  return {
    ...parameters,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in presets))),
    ...(Array.isArray(required) ? { required: (required as readonly unknown[]).filter((name) => !(String(name) in presets)) } : {}),
  };
}

function toTool(found: CustomFunction, index: number, { names, descriptions, presets, readOnly, timeoutMs }: CustomToolSettings): Tool {
  const name = names[index] ?? found.name;
  const preset = presets[index] ?? {};
  return {
    name: `custom_tool__${name}`,
    aliases: [...new Set([name, found.name])],
    description: descriptions[index] ?? found.description,
    parameters: withoutPresets(found.parameters, preset),
    effects: readOnly ? 'none' : 'outside',
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    run: async (args, context): Promise<ToolOutcome> => readOutcome(await found.run({ ...args, ...preset }, context)),
  };
}

async function toolsOf(settings: CustomToolSettings, deps: CustomDeps, signal: AbortSignal): Promise<{ readonly tools: readonly Tool[]; readonly notes: readonly string[] }> {
  const label = settings.file === '' ? (settings.names[0] ?? '') : settings.file;
  try {
    const all = await functionsOf(settings, deps, signal);
    if (settings.functions.length === 0) return { tools: all.map((each) => toTool(each, -1, settings)), notes: [] };
    const found = settings.functions.map((name) => all.find((each) => each.name === name));
    const missing = settings.functions.filter((_name, index) => found[index] === undefined);
    const notes = missing.length === 0 ? [] : [`${label} has no function ${missing.join(', ')}${all.length === 0 ? '' : `; it has ${all.map(({ name }) => name).join(', ')}`}: you cannot use it.`];
    return { tools: found.flatMap((each, index) => (each === undefined ? [] : [toTool(each, index, settings)])), notes };
  } catch (error) {
    return { tools: [], notes: [`The tools of ${label} are not there: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** The user's own tools. Never rejects: an entry that cannot be used is a note. */
export async function openCustomSource(settings: readonly CustomToolSettings[], deps: CustomDeps, signal: AbortSignal): Promise<ToolSource> {
  const all = await Promise.all(settings.map((each) => toolsOf(each, deps, signal)));
  const tools = all.flatMap((each) => each.tools);
  const notes = all.flatMap((each) => each.notes);
  return { tools: () => tools, notes: () => notes, close: () => Promise.resolve() };
}
