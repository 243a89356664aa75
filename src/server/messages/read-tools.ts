import { MassgenError } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';
import { checkToolNames } from '../runs/caller-tools.js';
import type { CountTokensBody, InputTool } from './messages-types.js';

type ToolPart = Pick<RunRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>;

const isOwn = ({ type }: InputTool): boolean => type == null || type === 'custom';

const refuse = (message: string, param: string): never => {
  throw new MassgenError('request-invalid', message, { param });
};

function readChoice({ tool_choice: choice }: CountTokensBody, names: readonly string[], left: readonly string[]): RunRequest['toolChoice'] {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'auto':
    case 'none':
      return choice.type;
    case 'any':
      return names.length === 0 ? refuse('tool_choice wants a tool to be used, and there is none here that can be: give tools with a name and an input_schema', 'tool_choice') : 'required';
    case 'tool': {
      const { name = '' } = choice;
      if (names.includes(name)) return { name };
      const why = left.includes(name) ? 'which only Anthropic runs; it cannot be used here' : 'which is not in tools';
      return refuse(`tool_choice names "${name.slice(0, 128)}", ${why}`, 'tool_choice.name');
    }
  }
}

/** The caller's own tools, and notes on those that were left out. Throws `request-invalid`. */
export function readTools(body: CountTokensBody): { readonly part: ToolPart; readonly notes: readonly string[] } {
  const { tools: given = [], tool_choice: choice } = body;
  const own = given.filter(isOwn);
  const others = given.filter((tool) => !isOwn(tool));
  const tools = own.map(({ name = '', description, input_schema: parameters = {} }) => ({ name, description: description ?? '', parameters }));
  const names = tools.map(({ name }) => name);
  checkToolNames(names);
  const toolChoice = readChoice(body, names, others.flatMap(({ name }) => name ?? []));
  const alone = choice?.disable_parallel_tool_use;
  const notes = [...new Set(others.map(({ type }) => `the tool ${type ?? ''} was left out: only Anthropic has it`))];
  if (tools.length === 0) return { part: {}, notes };
  return { part: { tools, ...(toolChoice === undefined ? {} : { toolChoice }), ...(alone == null ? {} : { parallelToolCalls: !alone }) }, notes };
}
