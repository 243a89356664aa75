import { Flags } from '@oclif/core';
import type { ServeOptions } from '../../compose/serve/open-server.js';

const listen = { helpGroup: 'LISTENING' };
const limits = { helpGroup: 'LIMITS' };
const access = { helpGroup: 'ACCESS' };

/** What `massgen serve` can be told. */
export const serveFlags = {
  config: Flags.string({ char: 'c', description: 'Configuration of the default team: a file, @examples/NAME, or a name in ~/.config/massgen/agents (environment: MASSGEN_SERVER_DEFAULT_CONFIG)', helpValue: 'PATH', helpGroup: 'MODELS' }),
  agent: Flags.string({ description: 'An agent file (YAML, .ai, .toml), or an agent by name; several times for several models, and without --config "massgen" is their team', multiple: true, multipleNonGreedy: true, helpValue: 'FILE', helpGroup: 'MODELS' }),
  'strict-models': Flags.boolean({ description: 'A model name that nobody knows is an error (404) instead of meaning the default team', helpGroup: 'MODELS' }),
  'allow-path': Flags.string({ description: 'Folder of configurations that any caller may name as massgen/path:FILE', multiple: true, multipleNonGreedy: true, helpValue: 'DIR', helpGroup: 'MODELS' }),
  reload: Flags.boolean({ description: 'Read the configuration and the agent files again when they change; running requests end with the old ones', helpGroup: 'MODELS' }),
  host: Flags.string({ description: 'Address to listen on (default 0.0.0.0; environment: MASSGEN_SERVER_HOST)', ...listen }),
  port: Flags.integer({ char: 'p', description: 'Port to listen on (default 4000; environment: MASSGEN_SERVER_PORT)', min: 0, max: 65_535, ...listen }),
  'openai-completions': Flags.integer({ description: 'One more port to listen on; without --port only these', multiple: true, multipleNonGreedy: true, min: 0, max: 65_535, helpValue: 'PORT', ...listen }),
  'anthropic-completions': Flags.integer({ description: 'One more port, which speaks Anthropic’s API only; without --port only these', multiple: true, multipleNonGreedy: true, min: 0, max: 65_535, helpValue: 'PORT', ...listen }),
  concurrency: Flags.integer({ description: 'Sessions that run at once on a port (default 4); others wait', min: 1, ...limits }),
  'openai-completions-concurrency': Flags.integer({ description: 'The same for the ports of --openai-completions', min: 1, helpValue: 'N', ...limits }),
  'anthropic-completions-concurrency': Flags.integer({ description: 'The same for the ports of --anthropic-completions', min: 1, helpValue: 'N', ...limits }),
  'queue-limit': Flags.integer({ description: 'Requests that may wait on a port (default 100); more are refused (429)', min: 0, ...limits }),
  'queue-timeout': Flags.integer({ description: 'Seconds that a request may wait (default 300), then 503', min: 1, helpValue: 'SECONDS', ...limits }),
  'rate-limit': Flags.integer({ description: 'Requests a minute for each key, or each address where there are no keys (default none)', min: 1, helpValue: 'N', ...limits }),
  'drain-timeout': Flags.integer({ description: 'Seconds that running requests have to end when the server stops (default 30)', min: 0, helpValue: 'SECONDS', ...limits }),
  'api-key': Flags.string({ description: 'Key that callers must send; several times for several (environment: MASSGEN_SERVER_API_KEY, separated by commas). Others can see it in the list of processes: prefer the file or the environment', multiple: true, multipleNonGreedy: true, helpValue: 'KEY', ...access }),
  'api-key-file': Flags.string({ description: 'File with one key a line', helpValue: 'FILE', ...access }),
  cors: Flags.string({ description: 'Let web pages call: of these origins, separated by commas, or of any if none is given (default none)', helpValue: '[ORIGINS]', exclusive: ['no-cors'], ...access }),
  'no-cors': Flags.boolean({ description: 'No web pages, whatever the configuration says', ...access }),
  docs: Flags.boolean({ description: 'Offer /docs and /redoc (default; --no-docs leaves them out)', allowNo: true, ...access }),
  'log-dir': Flags.string({ description: 'Directory for session logs (default .massgen/massgen_logs)', env: 'MASSGEN_LOG_DIR', helpValue: 'DIR', helpGroup: 'OUTPUT' }),
  'log-files': Flags.option({ options: ['events', 'all'] as const })({ description: 'What is logged of a session: events.jsonl and the final answer (massgen logs shows all of it, massgen logs rebuild makes the other files), or all files at once, which cost more than the session itself', default: 'events', helpGroup: 'OUTPUT' }),
  quiet: Flags.boolean({ char: 'q', description: 'No line for each request', helpGroup: 'OUTPUT' }),
};

export interface ServeFlagValues {
  readonly config?: string | undefined;
  readonly agent?: string[] | undefined;
  readonly 'strict-models'?: boolean | undefined;
  readonly 'allow-path'?: string[] | undefined;
  readonly reload?: boolean | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly 'openai-completions'?: number[] | undefined;
  readonly concurrency?: number | undefined;
  readonly 'openai-completions-concurrency'?: number | undefined;
  readonly 'anthropic-completions'?: number[] | undefined;
  readonly 'anthropic-completions-concurrency'?: number | undefined;
  readonly 'queue-limit'?: number | undefined;
  readonly 'queue-timeout'?: number | undefined;
  readonly 'rate-limit'?: number | undefined;
  readonly 'drain-timeout'?: number | undefined;
  readonly 'api-key'?: string[] | undefined;
  readonly 'api-key-file'?: string | undefined;
  readonly cors?: string | undefined;
  readonly 'no-cors'?: boolean | undefined;
  readonly docs?: boolean | undefined;
  readonly 'log-dir'?: string | undefined;
  readonly 'log-files'?: 'all' | 'events' | undefined;
}

/** `--cors` may stand alone; the parser of flags wants a value. */
export function withCorsValue(argv: readonly string[]): string[] {
  return argv.map((argument, index) => {
    const next = argv[index + 1] ?? '';
    return argument === '--cors' && !/^(?:\*$|null$|https?:\/\/)/u.test(next) ? '--cors=*' : argument;
  });
}

/** Without what was not said. */
const said = <Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;

const corsOf = (flags: ServeFlagValues): boolean | readonly string[] | undefined => {
  if (flags['no-cors'] === true) return false;
  return flags.cors?.split(',').map((origin) => origin.trim()).filter((origin) => origin !== '');
};

/** Flags as options; what was not said is left out. */
export function toServeOptions(flags: ServeFlagValues, positional: string | undefined): ServeOptions {
  return said({
    config: flags.config ?? positional,
    agents: flags.agent,
    strictModels: flags['strict-models'],
    allowPaths: flags['allow-path'],
    reload: flags.reload,
    host: flags.host,
    port: flags.port,
    completionPorts: flags['openai-completions'],
    completionConcurrency: flags['openai-completions-concurrency'],
    anthropicPorts: flags['anthropic-completions'],
    anthropicConcurrency: flags['anthropic-completions-concurrency'],
    concurrency: flags.concurrency,
    queueLimit: flags['queue-limit'],
    queueTimeoutSeconds: flags['queue-timeout'],
    drainTimeoutSeconds: flags['drain-timeout'],
    rateLimit: flags['rate-limit'],
    apiKey: flags['api-key'],
    apiKeyFile: flags['api-key-file'],
    cors: corsOf(flags),
    docs: flags.docs,
    logDirectory: flags['log-dir'],
    logFiles: flags['log-files'],
  });
}
