import { count, flag, list, map, names, number, text } from './kinds.js';
import type { Capability, Schema } from './types.js';

/** What agents act with. */
export const plannedTools: readonly Capability[] = [
  {
    name: 'tools called from code',
    keys: { backend: { direct_mcp_servers: names('MCP servers that stay ordinary tools when tools are called from code.'), max_mcp_message_history: count('How many tool messages are kept.') } },
  },
  {
    name: 'finding custom tools',
    keys: {
      backend: {
        custom_tools_path: text('Folder of the user’s own tools.'),
        auto_discover_custom_tools: flag('Find the user’s own tools.'),
        exclude_custom_tools: names('Tools of the user’s own to leave out.'),
        shared_tools_directory: text('Folder of tools that agents share.'),
        enable_code_based_tools: flag('Call tools from code.'),
      },
    },
  },
  {
    name: 'git worktrees',
    keys: {
      coordination: {
        write_mode: text('How agents share a workspace.'),
        drift_conflict_policy: text('What happens when the original changed meanwhile.'),
      },
    },
  },
  {
    name: 'containers that outlive a turn',
    keys: { orchestrator: { docker: map('How long containers live. Each turn has its own, and it ends with the turn.') } },
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
