import { withTools } from './traits-with-tools.js';
import type { Schema } from './types.js';

const contextPaths = <D extends string>(description: D) =>
  ({
    type: 'array',
    description,
    'x-default': 'none',
    items: {
      type: 'object',
      description: 'A file or folder.',
      properties: {
        path: { type: 'string', description: 'Where it is, from the folder that massgen is started in.', examples: ['docs'] },
        permission: { enum: ['read', 'write'], description: '`read`: agents read it. `write`: the agent that delivers may also write there, while it presents the final answer.', 'x-default': '`read`' },
        protected_paths: { type: 'array', items: { type: 'string' }, description: 'What inside it stays as it is, with everything below.', 'x-default': 'none' },
        description: { type: 'string', description: 'What it is, for the agents.', 'x-default': 'none' },
      },
      required: ['path'],
      additionalProperties: false,
    },
  }) as const satisfies Schema;

/** What one agent does with files. */
export const agentFileKeys = {
  cwd: {
    type: 'string',
    description: 'The folder that the agent works in, and with it the file tools. A relative one is made in `.massgen/workspaces`; an absolute one is used as it is, and never cleared unless massgen made it.',
    'x-default': 'none',
    'x-reach': [...withTools, 'claude-code', 'ag2'],
  },
  context_paths: { ...contextPaths('Files and folders of yours that the agent may use.'), 'x-reach': withTools },
  exclude_file_operation_mcps: { type: 'boolean', description: 'Of the file tools keep `write_file` and `edit_file`, for agents that work through a shell.', 'x-default': 'false', 'x-reach': [...withTools, 'claude-code'] },
  enforce_read_before_delete: { type: 'boolean', description: 'The agent deletes only files that it has read or made.', 'x-default': 'true', 'x-reach': withTools },
} as const satisfies Record<string, Schema>;

/** What all agents do with files. */
export const sharedFileKeys = {
  snapshot_storage: { type: 'string', description: 'Where copies of the agents’ workspaces are kept while a run lasts; below `.massgen` unless absolute.', 'x-default': '`snapshots`' },
  agent_temporary_workspace: { type: 'string', description: 'Where agents see each other’s files, as `agent1`, `agent2`, …; below `.massgen` unless absolute.', 'x-default': '`temp_workspaces`' },
  context_paths: contextPaths('Files and folders of yours that all agents may use.'),
} as const satisfies Record<string, Schema>;
