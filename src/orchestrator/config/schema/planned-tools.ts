import { choice, count, flag, list, map, names, number, text } from './kinds.js';
import type { Capability, Schema } from './types.js';

const contextPaths = (description: string): Schema => ({
  type: 'array',
  description,
  items: {
    type: 'object',
    description: 'A file or folder.',
    properties: {
      path: { ...text('Where it is.'), examples: ['docs'] },
      permission: choice('What agents may do with it.', 'read', 'write'),
      protected_paths: names('What inside it stays as it is.'),
      description: text('What it is.'),
    },
    required: ['path'],
  },
});

const tool = (phase: string): Schema => ({ type: ['array', 'object'], items: { type: 'object' }, description: `Run ${phase} a tool: \`handler\`, \`matcher\`, \`type\`, \`timeout\`, \`fail_closed\`.` });
const hooks = map('Programs run before and after tools.', { PreToolUse: tool('before'), PostToolUse: tool('after') });

/** It brings tools and the folder they work in with it. */
const claudeCode = ['claude_code'] as const;

/** What agents act with. */
export const plannedTools: readonly Capability[] = [
  {
    name: 'built-in tools',
    keys: { agent: { tools: { type: ['string', 'array'], items: { type: 'string' }, description: 'Tools the agent may use: `minimal`, `coding`, `research` or `full` (see [agents.md](agents.md)), or a list of their names.' } } },
  },
  {
    name: 'tools (MCP)',
    keys: {
      backend: {
        mcp_servers: { type: ['array', 'object'], items: { type: 'object' }, description: 'MCP servers whose tools the agent may call.', 'x-works-with': claudeCode },
        direct_mcp_servers: names('MCP servers that stay ordinary tools when tools are called from code.'),
        allowed_tools: { ...names('The only tools the agent may call.'), 'x-works-with': claudeCode },
        exclude_tools: { ...names('Tools the agent may not call.'), 'x-works-with': claudeCode },
        disallowed_tools: { ...names('Tools the agent may not call.'), 'x-works-with': claudeCode },
        concurrent_tool_execution: flag('Run several tools at once.'),
        max_concurrent_tools: count('How many tools run at once.'),
        max_mcp_message_history: count('How many tool messages are kept.'),
      },
    },
  },
  {
    name: 'custom tools',
    keys: {
      backend: {
        custom_tools: { type: 'array', items: { type: 'object' }, description: 'The user’s own tools.' },
        custom_tools_path: text('Folder of the user’s own tools.'),
        auto_discover_custom_tools: flag('Find the user’s own tools.'),
        exclude_custom_tools: names('Tools of the user’s own to leave out.'),
        shared_tools_directory: text('Folder of tools that agents share.'),
        enable_code_based_tools: flag('Call tools from code.'),
      },
    },
  },
  { name: 'hooks', keys: { root: { hooks }, backend: { hooks } } },
  {
    name: 'workspaces',
    keys: {
      backend: {
        cwd: { ...text('The agent’s workspace folder.'), 'x-works-with': [...claudeCode, 'ag2', 'autogen'] },
        context_paths: contextPaths('Files and folders the agent may read or write.'),
        exclude_file_operation_mcps: flag('Leave out the file tools.'),
        enforce_read_before_delete: flag('Delete only what was read.'),
      },
      orchestrator: {
        snapshot_storage: text('Folder for copies of the agents’ workspaces.'),
        agent_temporary_workspace: text('Folder where agents see each other’s files.'),
        context_paths: contextPaths('Files and folders all agents may read or write.'),
      },
      coordination: {
        use_two_tier_workspace: { ...flag('Separate drafts from deliverables.'), deprecated: true },
        write_mode: text('How agents share a workspace.'),
        drift_conflict_policy: text('What happens when the original changed meanwhile.'),
      },
    },
  },
  {
    name: 'commands',
    keys: {
      backend: {
        enable_mcp_command_line: flag('A shell tool.'),
        command_line_execution_mode: choice('Where the shell tool runs.', 'local', 'docker'),
        command_line_allowed_commands: names('Commands the shell tool may run.'),
        command_line_blocked_commands: names('Commands the shell tool may not run.'),
        command_line_docker_image: text('Image of the shell tool’s container.'),
        command_line_docker_network_mode: choice('Network of the shell tool’s container.', 'none', 'bridge', 'host'),
        command_line_docker_enable_sudo: flag('Root rights in the shell tool’s container.'),
        command_line_docker_credentials: map('Credentials for the shell tool’s container.'),
        command_line_docker_packages: map('Packages for the shell tool’s container.'),
        command_line_docker_memory_limit: text('Memory of the shell tool’s container.'),
        command_line_docker_cpu_limit: number('Processors of the shell tool’s container.'),
      },
      orchestrator: { docker: map('How long containers live.') },
    },
  },
  {
    name: 'pictures, sound and films',
    keys: {
      backend: {
        upload_files: list('Files sent along with the question.'),
        enable_file_generation: flag('Let the agent make files.'),
        enable_image_generation: flag('Let the agent make pictures.'),
        enable_audio_generation: flag('Let the agent make sound.'),
        enable_video_generation: flag('Let the agent make films.'),
        media_max_file_size_mb: number('Largest file read, in MB.'),
        ...mediaKeys(),
      },
      orchestrator: mediaKeys(),
    },
  },
];

function mediaKeys(): Readonly<Record<string, Schema>> {
  return {
    enable_multimodal_tools: flag('Tools that read pictures, sound and films.'),
    multimodal_config: map('Which models read pictures, sound and films.'),
    image_generation_backend: text('Backend that makes pictures.'),
    image_generation_model: text('Model that makes pictures.'),
    audio_generation_backend: text('Backend that makes sound.'),
    audio_generation_model: text('Model that makes sound.'),
    video_generation_backend: text('Backend that makes films.'),
    video_generation_model: text('Model that makes films.'),
  };
}
