import { choice, count, flag, list, map, number, text } from './kinds.js';
import type { Capability } from './types.js';

/** What only one vendor's backend knows. */
export const plannedVendors: readonly Capability[] = [
  {
    name: 'the Claude backend',
    keys: {
      backend: {
        betas: list('Beta features of the provider.'),
        enable_programmatic_flow: flag('Let the provider’s code execution call tools.'),
        enable_strict_tool_use: flag('Hold tool arguments to their schema.'),
        enable_tool_search: flag('Find tools by search.'),
        tool_search_variant: choice('How tools are searched.', 'regex', 'bm25'),
        output_schema: map('JSON Schema of the reply.'),
        disable_parallel_tool_use: flag('One tool at a time.'),
        thinking: map('How long Claude or Gemini thinks.'),
      },
    },
  },
  { name: 'the Claude and Gemini backends', keys: { backend: { enable_code_execution: flag('The provider’s own code execution.') } } },
  {
    name: 'the Claude Code backend',
    keys: {
      backend: {
        system_prompt: text('A coding agent’s own system prompt, put before its instructions.'),
        append_system_prompt: text('Added to a coding agent’s system prompt.'),
        use_default_prompt: flag('Keep a coding agent’s own system prompt.'),
        permission_mode: choice('What a coding agent may do unasked.', 'default', 'acceptEdits', 'bypassPermissions', 'plan'),
        max_thinking_tokens: count('Most tokens spent on thinking.'),
      },
    },
  },
  {
    name: 'the Gemini backend',
    keys: {
      backend: {
        thinking_config: map('How long Gemini thinks.'),
        include_thoughts: flag('Whether Gemini tells its thoughts.'),
        function_calling_mode: choice('Whether Gemini must call tools.', 'AUTO', 'ANY', 'NONE'),
        safety_settings: list('What Gemini filters.'),
      },
    },
  },
  { name: 'the Grok backend', keys: { backend: { enable_x_search: flag('The provider’s own search on X.') } } },
  {
    name: 'the Azure OpenAI backend',
    keys: {
      backend: { api_version: text('Version of the provider’s API.'), azure_endpoint: text('Where the Azure resource is.'), deployment_name: text('The deployment, if it is not `model`.') },
    },
  },
  { name: 'the AG2 backend', keys: { backend: { agent_config: map('An AG2 agent.'), group_config: map('An AG2 group.') } } },
  {
    name: 'the web search of OpenRouter',
    keys: {
      backend: {
        engine: choice('Who searches.', 'exa', 'native'),
        max_results: count('How many pages are found.'),
        search_prompt: text('What the model is told of the pages.'),
        search_context_size: choice('How much of them it reads.', 'low', 'medium', 'high'),
      },
    },
  },
  {
    name: 'more of the OpenAI backend',
    keys: {
      backend: {
        websocket_mode: flag('Speak to the provider over a WebSocket.'),
        enable_computer_use: flag('The provider’s own computer use.'),
        max_incomplete_response_retries: count('How often a cut reply is asked for again.'),
      },
    },
  },
  { name: 'rate limits', keys: { backend: { enable_rate_limit: flag('Slow down before the provider’s limit.') } } },
  {
    name: 'aids for tests',
    keys: {
      backend: { debug_delay_seconds: number('Slows the agent down.'), debug_delay_after_n_tools: count('When the slowing down begins.') },
      orchestrator: { debug_final_answer: { type: ['string', 'boolean'], description: 'The answer that the evaluation sees.' } },
    },
  },
];
