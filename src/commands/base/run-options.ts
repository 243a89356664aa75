import { MassgenError } from '../../errors.js';
import type { RunOptions } from '../../index.js';
import type { RunFlagValues } from './run-flags.js';
import { sessionOf } from './session-flags.js';

/** A flag's decimal number; oclif's own integer flag refuses fractions. */
function decimal(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replace(/^\$/u, ''));
  if (!(value > 0) || !Number.isFinite(value)) throw new MassgenError('usage-invalid', `--${name} must be a number above 0, not "${text}"`);
  return value;
}

type Defined<Shape> = { [Key in keyof Shape]: Exclude<Shape[Key], undefined> };

const defined = <Shape extends object>(shape: Shape): Partial<Defined<Shape>> => Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Partial<Defined<Shape>>;

function logFilesOf(flags: RunFlagValues): RunFlagValues['log-files'] {
  const watched = flags.automation === true ? '--automation' : flags['stream-events'] === true ? '--stream-events' : undefined;
  if (flags['log-files'] !== 'events' || watched === undefined) return flags['log-files'];
  throw new MassgenError('usage-invalid', `${watched} says where status.json is, and --log-files events writes none; leave out one of them`);
}

/** Flags as the options of a run. Throws `usage-invalid` for numbers that are none, and for flags that contradict each other. */
export function toRunOptions(flags: RunFlagValues): RunOptions {
  return defined({
    config: flags.config,
    agent: flags.agent,
    backend: flags.backend,
    model: flags.model,
    baseUrl: flags['base-url'],
    agents: flags.agents,
    strict: flags.strict,
    session: sessionOf(flags),
    systemMessage: flags['system-message'],
    logDirectory: flags['log-dir'],
    logFiles: logFilesOf(flags),
    maxCost: decimal('max-cost', flags['max-cost']),
    maxTokens: flags['max-tokens-total'],
    timeoutSeconds: decimal('timeout', flags.timeout),
  });
}
