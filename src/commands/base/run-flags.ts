import { Flags } from '@oclif/core';
import { configAliasFlags, type ConfigAliasValues } from './config-aliases.js';
import { sessionFlags, type SessionFlagValues } from './session-flags.js';

/** What `massgen run` can be told. Every flag has an environment variable `MASSGEN_<FLAG>` where one makes sense. */
export const runFlags = {
  config: Flags.string({ char: 'c', description: 'Configuration: a file, @examples/NAME, or a name in ~/.config/massgen/agents (environment: MASSGEN_CONFIG)', helpValue: 'PATH', helpGroup: 'TEAM' }),
  agent: Flags.string({ description: 'An agent by name (see "spawn"), UUID or file; several of them are a team', helpValue: 'AGENT', multiple: true, multipleNonGreedy: true, helpGroup: 'TEAM' }),
  backend: Flags.string({ description: 'Backend for a team without a configuration, such as openai or groq', helpGroup: 'TEAM' }),
  model: Flags.string({ char: 'm', description: 'Model for a team without a configuration; one agent unless --agents says more', helpGroup: 'TEAM' }),
  'base-url': Flags.string({ description: 'Address of an OpenAI-compatible API', helpValue: 'URL', helpGroup: 'TEAM' }),
  agents: Flags.integer({ description: 'How many agents, for a team without a configuration', min: 1, max: 100, helpGroup: 'TEAM' }),
  'system-message': Flags.string({ description: 'System message for every agent', helpGroup: 'TEAM' }),
  'prompt-file': Flags.string({ description: 'Read the prompt from a file; - is standard input', helpValue: 'FILE', helpGroup: 'PROMPT' }),
  stdin: Flags.boolean({ description: 'Beside a prompt, wait for standard input to its end and append it', helpGroup: 'PROMPT' }),
  display: Flags.option({ options: ['auto', 'live', 'plain', 'json', 'silent'] as const, default: 'auto' as const })({ description: 'How to show progress on stderr: auto is live on a terminal, else plain lines; json prints the events on stdout', env: 'MASSGEN_DISPLAY', helpGroup: 'OUTPUT' }),
  automation: Flags.boolean({ description: 'For scripts: print where the run is logged and how it ended on stdout, line by line as docs/logs.md says, and not the answer', helpGroup: 'OUTPUT' }),
  'stream-events': Flags.boolean({ description: 'For scripts: print the events as JSON lines on stdout, and where the run is logged on stderr', helpGroup: 'OUTPUT' }),
  accessible: Flags.boolean({ description: 'Plain lines that stay as they are written, for screen readers', env: 'MASSGEN_ACCESSIBLE', helpGroup: 'OUTPUT' }),
  'output-file': Flags.string({ char: 'o', description: 'Also write the final answer to this file', helpValue: 'FILE', helpGroup: 'OUTPUT' }),
  'log-dir': Flags.string({ description: 'Directory for session logs (default .massgen/massgen_logs)', env: 'MASSGEN_LOG_DIR', helpValue: 'DIR', helpGroup: 'OUTPUT' }),
  'log-files': Flags.option({ options: ['all', 'events'] as const })({ description: 'What is logged: all files, or events.jsonl and the final answer alone (massgen logs rebuild makes the rest)', helpGroup: 'OUTPUT' }),
  'max-cost': Flags.string({ description: 'Stop with the best answer so far before costs pass this many US dollars', helpValue: 'USD', helpGroup: 'LIMITS' }),
  'max-tokens-total': Flags.integer({ description: 'Stop with the best answer so far before this many tokens are used', min: 1, helpGroup: 'LIMITS' }),
  timeout: Flags.string({ description: 'Seconds for the whole run (default 1800)', helpValue: 'SECONDS', helpGroup: 'LIMITS' }),
  'dry-run': Flags.boolean({ description: 'Check everything and show the plan; call nobody' }),
  ...sessionFlags,
  ...configAliasFlags,
};

export interface RunFlagValues extends ConfigAliasValues, SessionFlagValues {
  readonly config?: string | undefined;
  readonly agent?: readonly string[] | undefined;
  readonly backend?: string | undefined;
  readonly model?: string | undefined;
  readonly 'base-url'?: string | undefined;
  readonly agents?: number | undefined;
  readonly 'system-message'?: string | undefined;
  readonly 'prompt-file'?: string | undefined;
  readonly stdin?: boolean | undefined;
  readonly display: 'auto' | 'live' | 'plain' | 'json' | 'silent';
  readonly accessible?: boolean | undefined;
  readonly automation?: boolean | undefined;
  readonly 'stream-events'?: boolean | undefined;
  readonly 'output-file'?: string | undefined;
  readonly 'log-dir'?: string | undefined;
  readonly 'log-files'?: 'all' | 'events' | undefined;
  readonly 'max-cost'?: string | undefined;
  readonly 'max-tokens-total'?: number | undefined;
  readonly timeout?: string | undefined;
  readonly 'dry-run'?: boolean | undefined;
}
