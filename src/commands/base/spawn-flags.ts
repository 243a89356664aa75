import { Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';

const AGENT = 'NEW AGENT';
const AGENTS = 'AGENTS THERE ARE';

/** What `massgen spawn` can be told. */
export const spawnFlags = {
  name: Flags.string({ char: 'n', description: 'Name of the agent (default: that of its template)', helpGroup: AGENT }),
  profile: Flags.string({ char: 'p', description: 'A template, or a set of tools: minimal, coding, research, full', helpGroup: AGENT }),
  template: Flags.string({ char: 't', description: 'An agent file to copy (.yaml, .toml, .ai), or a template', helpValue: 'FILE', helpGroup: AGENT }),
  backend: Flags.string({ description: 'Backend, such as openai or groq (default: the configuration’s, else the first whose key is set, each time it is used)', helpGroup: AGENT }),
  model: Flags.string({ char: 'm', description: 'Model of the backend', helpGroup: AGENT }),
  'base-url': Flags.string({ description: 'Address of an OpenAI-compatible API', helpValue: 'URL', helpGroup: AGENT }),
  'system-message': Flags.string({ description: 'Who the agent is, in place of the template’s words', helpValue: 'TEXT', helpGroup: AGENT }),
  tools: Flags.string({ description: 'Tools with commas, or one set of tools', helpValue: 'TOOLS', helpGroup: AGENT }),
  global: Flags.boolean({ char: 'g', description: 'In ~/.config/massgen/agents instead of the project’s .massgen/agents', helpGroup: AGENT }),
  list: Flags.boolean({ char: 'l', description: 'List the agents that are there', helpGroup: AGENTS }),
  show: Flags.string({ description: 'Show one agent', helpValue: 'NAME|UUID', helpGroup: AGENTS }),
  remove: Flags.string({ description: 'Remove one agent for good; with --global the user’s', helpValue: 'NAME|UUID', helpGroup: AGENTS }),
  profiles: Flags.boolean({ description: 'List the templates and the sets of tools', helpGroup: AGENTS }),
  json: Flags.boolean({ description: 'Print JSON, as docs/agents.md describes it' }),
};

export interface SpawnFlagValues {
  readonly name?: string | undefined;
  readonly profile?: string | undefined;
  readonly template?: string | undefined;
  readonly backend?: string | undefined;
  readonly model?: string | undefined;
  readonly 'base-url'?: string | undefined;
  readonly 'system-message'?: string | undefined;
  readonly tools?: string | undefined;
  readonly global?: boolean | undefined;
  readonly list?: boolean | undefined;
  readonly show?: string | undefined;
  readonly remove?: string | undefined;
  readonly profiles?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const DOINGS = ['list', 'show', 'remove', 'profiles'] as const;
const OF_NEW = ['name', 'profile', 'template', 'backend', 'model', 'base-url', 'system-message', 'tools'] as const;

export type Doing = (typeof DOINGS)[number] | 'spawn';

/** What is to be done. Throws `usage-invalid` for two things at once. */
export function doingOf(argument: string | undefined, flags: SpawnFlagValues): Doing {
  const [doing, another] = DOINGS.filter((name) => flags[name] !== undefined && flags[name] !== false);
  if (doing === undefined) return 'spawn';
  const extra = another ?? OF_NEW.find((name) => flags[name] !== undefined);
  if (extra !== undefined) throw new MassgenError('usage-invalid', `--${doing} and --${extra} do not go together`);
  if (argument !== undefined) throw new MassgenError('usage-invalid', `--${doing} makes no agent; leave out ${JSON.stringify(argument)}`);
  return doing;
}

type Filled<Shape> = { readonly [Key in keyof Shape]?: Exclude<Shape[Key], undefined> };

const filled = <Shape extends object>(shape: Shape): Filled<Shape> => Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Filled<Shape>;

/** Argument and flags as the wish for a new agent. Throws `usage-invalid` for two templates, and tools that are none. */
export function toSpawnRequest(argument: string | undefined, flags: SpawnFlagValues) {
  if (argument !== undefined && flags.template !== undefined) throw new MassgenError('usage-invalid', `${argument} and --template both say what the agent is made from; leave one out`);
  const tools = flags.tools?.split(',').map((tool) => tool.trim()).filter(Boolean);
  if (tools?.length === 0) throw new MassgenError('usage-invalid', '--tools names no tool; leave it out for those of the template');
  return filled({
    name: flags.name,
    profile: flags.profile,
    template: argument ?? flags.template,
    backend: flags.backend,
    model: flags.model,
    baseUrl: flags['base-url'],
    systemMessage: flags['system-message'],
    tools,
    global: flags.global,
  });
}
