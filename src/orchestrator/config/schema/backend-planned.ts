import { planned } from './planned.js';

const files = planned({
  cwd: 'The agent’s workspace folder.',
  context_paths: 'Files and folders the agent may read or write.',
  exclude_file_operation_mcps: 'Leave out the file tools.',
  enable_file_generation: 'Let the agent make files.',
  upload_files: 'Files sent along with the question.',
});

const tools = planned({
  mcp_servers: 'MCP servers whose tools the agent may call.',
  direct_mcp_servers: 'MCP servers that stay ordinary tools when tools are called from code.',
  allowed_tools: 'The only tools the agent may call.',
  exclude_tools: 'Tools the agent may not call.',
  disallowed_tools: 'Tools the agent may not call.',
  custom_tools: 'The user’s own tools.',
  custom_tools_path: 'Folder of the user’s own tools.',
  auto_discover_custom_tools: 'Find the user’s own tools.',
  exclude_custom_tools: 'Tools of the user’s own to leave out.',
  shared_tools_directory: 'Folder of tools that agents share.',
  enable_code_based_tools: 'Call tools from code.',
  enable_code_execution: 'The provider’s own code execution.',
  enable_programmatic_flow: 'Let the provider’s code execution call tools.',
  enable_strict_tool_use: 'Hold tool arguments to their schema.',
  enable_tool_search: 'Find tools by search.',
  tool_search_variant: 'How tools are searched.',
  concurrent_tool_execution: 'Run several tools at once.',
  max_concurrent_tools: 'How many tools run at once.',
  max_mcp_message_history: 'How many tool messages are kept.',
  hooks: 'Programs run before and after tools.',
});

const commands = planned({
  enable_mcp_command_line: 'A shell tool.',
  command_line_execution_mode: 'Where the shell tool runs.',
  command_line_allowed_commands: 'Commands the shell tool may run.',
  command_line_blocked_commands: 'Commands the shell tool may not run.',
  command_line_docker_image: 'Image of the shell tool’s container.',
  command_line_docker_network_mode: 'Network of the shell tool’s container.',
  command_line_docker_enable_sudo: 'Root rights in the shell tool’s container.',
  command_line_docker_credentials: 'Credentials for the shell tool’s container.',
  command_line_docker_packages: 'Packages for the shell tool’s container.',
  command_line_docker_memory_limit: 'Memory of the shell tool’s container.',
  command_line_docker_cpu_limit: 'Processors of the shell tool’s container.',
});

const media = planned({
  enable_image_generation: 'Let the agent make pictures.',
  enable_audio_generation: 'Let the agent make sound.',
  enable_video_generation: 'Let the agent make films.',
  enable_multimodal_tools: 'Tools that read pictures, sound and films.',
  multimodal_config: 'Which models read pictures, sound and films.',
  image_generation_backend: 'Backend that makes pictures.',
  image_generation_model: 'Model that makes pictures.',
  audio_generation_backend: 'Backend that makes sound.',
  audio_generation_model: 'Model that makes sound.',
  video_generation_backend: 'Backend that makes films.',
  video_generation_model: 'Model that makes films.',
  media_max_file_size_mb: 'Largest file read, in MB.',
});

const vendors = planned({
  api_version: 'Version of the provider’s API.',
  betas: 'Beta features of the provider.',
  output_schema: 'JSON Schema of the reply.',
  max_thinking_tokens: 'Most tokens spent on thinking.',
  max_incomplete_response_retries: 'How often a cut reply is asked for again.',
  websocket_mode: 'Speak to the provider over a WebSocket.',
  permission_mode: 'What a coding agent may do unasked.',
  use_default_prompt: 'Keep a coding agent’s own system prompt.',
  system_prompt: 'A coding agent’s system prompt; `system_message` of the agent is what works here.',
  append_system_prompt: 'Added to a coding agent’s system prompt; `system_message` of the agent is what works here.',
  agent_config: 'An AG2 agent.',
  group_config: 'An AG2 group.',
  debug_delay_seconds: 'Slows the agent down, for tests.',
  debug_delay_after_n_tools: 'When the slowing down begins.',
});

/** Backend keys of the MassGen language that load and have no effect yet. */
export const plannedBackendKeys = { ...files, ...tools, ...commands, ...media, ...vendors } as const;
