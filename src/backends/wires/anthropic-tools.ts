import type { BackendRequest, ToolChoice, ToolSpec } from '../contract.js';
import type { BackendConfig } from '../spec.js';
import { isObject } from './json.js';
import { toolSchema } from './tool-schema.js';

/** The code execution that may call tools (https://platform.claude.com/docs/en/agents-and-tools/tool-use/programmatic-tool-calling). */
const CALLER = 'code_execution_20260120';

/** The tools of a request and how the model is to choose among them. */
export function anthropicTools(request: BackendRequest, config: BackendConfig, thinking: boolean): object {
  const { tools, toolChoice, parallelToolCalls } = request;
  const vendor = vendorTools(request, config);
  if (tools.length + vendor.length === 0) return {};
  const one = config.disable_parallel_tool_use === true || (parallelToolCalls ?? config.parallel_tool_calls) === false;
  const choice = choiceFor(toolChoice, thinking);
  return {
    tools: [...vendor, ...tools.map((tool) => toolOf(tool, config))],
    ...(tools.length > 0 ? { tool_choice: { ...choice, ...(one && choice.type !== 'none' ? { disable_parallel_tool_use: true } : {}) } } : {}),
  };
}

function vendorTools({ tools }: BackendRequest, config: BackendConfig): readonly object[] {
  const { tool_search_variant: variant = 'regex' } = config;
  const hasOwn = tools.some(({ own }) => own === true);
  const calls = hasOwn && config.enable_programmatic_flow === true;
  return [
    ...(config.enable_web_search ? [{ type: 'web_search_20250305', name: 'web_search' }] : []),
    ...(calls || config.enable_code_execution ? [{ type: calls ? CALLER : 'code_execution_20250825', name: 'code_execution' }] : []),
    // https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool
    ...(hasOwn && config.enable_tool_search ? [{ type: `tool_search_tool_${variant}_20251119`, name: `tool_search_tool_${variant}` }] : []),
  ];
}

function toolOf({ name, description, parameters, own }: ToolSpec, config: BackendConfig): object {
  const calls = own === true && config.enable_programmatic_flow === true;
  const schema = toolSchema(parameters);
  // What code calls may not be strict.
  const strict = config.enable_strict_tool_use === true && !calls;
  return {
    name,
    description,
    input_schema: strict ? closed(schema) : schema,
    ...(strict ? { strict: true } : {}),
    ...(own === true && config.enable_tool_search ? { defer_loading: true } : {}),
    ...(calls ? { allowed_callers: [CALLER] } : {}),
  };
}

/** A model that thinks refuses to be forced ("Thinking may not be enabled when tool_choice forces tool use"). */
function choiceFor(choice: ToolChoice, thinking: boolean): { readonly type: string; readonly name?: string } {
  if (choice === 'auto' || choice === 'none') return { type: choice };
  if (thinking) return { type: 'auto' };
  return choice === 'required' ? { type: 'any' } : { type: 'tool', name: choice.name };
}

/** A strict schema lists every property that may be there. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return schema['type'] === 'object' ? { ...inner, additionalProperties: false } : inner;
}
