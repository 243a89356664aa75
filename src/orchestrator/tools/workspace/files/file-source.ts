import type { Tool, ToolSource } from '../../contract.js';
import { compareTools } from './compare-tools.js';
import { copyTools } from './copy-tools.js';
import { deleteTools } from './delete-tools.js';
import type { FileSpace, FileTool } from './file-space.js';
import { listTools } from './list-tools.js';
import { moveTools } from './move-tools.js';
import { inPlainWords } from './plain-words.js';
import { readTools } from './read-tools.js';
import { writeTools } from './write-tools.js';

const ALL: readonly FileTool[] = [...readTools, ...listTools, ...writeTools, ...moveTools, ...copyTools, ...deleteTools, ...compareTools];

export interface FileToolChoice {
  /** Agents that work through a shell keep only what writes and edits. */
  readonly writersOnly?: boolean;
}

/** The arguments that are paths, whatever the tool calls them. */
const pathsIn = (args: Readonly<Record<string, unknown>>): readonly string[] => Object.entries(args).flatMap(([key, value]) => (typeof value === 'string' && /path|source|destination|dir|file/u.test(key) ? [value] : []));

function toTool(tool: FileTool, space: FileSpace): Tool {
  return {
    name: tool.name,
    aliases: [`mcp__${tool.server}__${tool.name}`, ...(tool.also === undefined ? [] : [tool.also])],
    description: tool.description,
    parameters: { type: 'object', properties: tool.properties, ...(tool.required.length === 0 ? {} : { required: tool.required }) },
    effects: tool.writes === true ? 'workspace' : 'none',
    run: async (args, context) => {
      try {
        return await tool.run({ space, args, context });
      } catch (error) {
        throw new Error(inPlainWords(error, pathsIn(args)), { cause: error });
      }
    },
  };
}

/** The file tools of one agent, under the names of the reference filesystem server and of MassGen's workspace tools. OpenFang's are aliases. */
export function openFileTools(space: FileSpace, notes: readonly string[], { writersOnly = false }: FileToolChoice = {}): ToolSource {
  const chosen = writersOnly ? ALL.filter(({ name }) => name === 'write_file' || name === 'edit_file') : ALL;
  const tools = chosen.map((tool) => toTool(tool, space));
  return { tools: () => tools, notes: () => notes, close: () => Promise.resolve() };
}
