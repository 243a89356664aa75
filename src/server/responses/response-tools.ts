import { MassgenError } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';
import { checkToolNames } from '../runs/caller-tools.js';
import type { ResponseBody, ResponseTool } from './response-types.js';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/u;
const OPENAI_ONLY = /^[a-z][a-z0-9_]{0,63}$/u;

/** A custom tool takes any text; to a model it is a function with one parameter. */
const CUSTOM_PARAMETERS = { type: 'object', properties: { input: { type: 'string', description: 'The whole input of the tool, as it is.' } }, required: ['input'], additionalProperties: false };

/** The arguments of a custom tool's function for its input, and back. */
export const customArguments = (input: string): string => JSON.stringify({ input });

export function customInput(argumentsText: string): string {
  try {
    const { input } = JSON.parse(argumentsText) as { readonly input?: unknown };
    return typeof input === 'string' ? input : argumentsText;
  } catch {
    return argumentsText;
  }
}

const refuse = (message: string, param: string, reason = 'invalid_value'): never => {
  throw new MassgenError('request-invalid', message, { param, reason });
};

type Spec = NonNullable<RunRequest['tools']>[number];
type ToolPart = Pick<RunRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>;

function toSpec({ type, name, description, parameters, strict }: ResponseTool, index: number): Spec | undefined {
  const place = `tools[${String(index)}]`;
  if (type !== 'function' && type !== 'custom') return OPENAI_ONLY.test(type) ? undefined : refuse(`${place}.type is not known`, `${place}.type`);
  if (name == null) return refuse(`${place}.name is missing`, `${place}.name`, 'missing_required_parameter');
  if (!NAME.test(name)) return refuse(`${place}.name must be 1 to 64 letters, digits, _ or -`, `${place}.name`);
  return { name, description: description ?? '', parameters: type === 'custom' ? CUSTOM_PARAMETERS : (parameters ?? { type: 'object', properties: {} }), ...(strict == null || type === 'custom' ? {} : { strict }) };
}

const nameIn = (value: unknown): string | undefined => {
  const { name } = (typeof value === 'object' && value !== null ? value : {}) as { readonly name?: unknown };
  return typeof name === 'string' ? name : undefined;
};

interface Choice {
  readonly choice: RunRequest['toolChoice'];
  /** Only these may be called; all of them without. */
  readonly allowed?: readonly string[];
}

function readChoice(given: unknown, names: readonly string[]): Choice {
  if (given === undefined) return { choice: undefined };
  if (given === 'auto' || given === 'none' || given === 'required') return { choice: given };
  const { type, mode, tools } = (typeof given === 'object' && given !== null ? given : {}) as { readonly type?: unknown; readonly mode?: unknown; readonly tools?: unknown };
  const known = (name: string | undefined, param: string): string => {
    if (name === undefined) return refuse(`${param} must name a tool`, param);
    return names.includes(name) ? name : refuse(`${param} names "${name.slice(0, 64)}", which is not in tools`, param);
  };
  if (type === 'function' || type === 'custom') return { choice: { name: known(nameIn(given), 'tool_choice') } };
  if (type === 'allowed_tools' && Array.isArray(tools) && (mode === 'auto' || mode === 'required' || mode === undefined)) {
    return { choice: mode ?? 'auto', allowed: tools.map((each, index) => known(nameIn(each), `tool_choice.tools[${String(index)}]`)) };
  }
  return refuse('tool_choice must be none, auto, required, a function or allowed_tools', 'tool_choice');
}

/** The tools of a request, and a note for each kind that was left out. Throws `request-invalid`. */
export function readTools({ tools = [], tool_choice: given, parallel_tool_calls: parallel }: ResponseBody): { readonly part: ToolPart; readonly notes: readonly string[] } {
  const specs = tools.map(toSpec);
  const foreign = [...new Set(tools.flatMap(({ type }, index) => (specs[index] === undefined ? [type] : [])))];
  const notes = foreign.map((type) => `tools of type ${type} were left out: they are OpenAI's own`);
  const offered = specs.filter((spec) => spec !== undefined);
  checkToolNames(offered.map(({ name }) => name));
  const { choice, allowed } = readChoice(given, offered.map(({ name }) => name));
  if (offered.length === 0) {
    if (choice === 'required') refuse('tool_choice is "required", but there are no tools that could be called', 'tool_choice');
    return { part: {}, notes };
  }
  return {
    part: {
      tools: allowed === undefined ? offered : offered.filter(({ name }) => allowed.includes(name)),
      ...(choice === undefined ? {} : { toolChoice: choice }),
      ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
    },
    notes,
  };
}
