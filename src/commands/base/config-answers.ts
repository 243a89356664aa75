import { MassgenError } from '../../errors.js';
import type * as configInit from '../../compose/config-init.js';
import type { NewConfig } from '../../compose/config-init.js';
import type { Questions } from './config-wizard.js';

type Sensitivity = NewConfig['sensitivity'];

/** What flags say of a new configuration. */
export interface InitFlags {
  readonly agents?: number | undefined;
  readonly backend?: readonly string[] | undefined;
  readonly model?: readonly string[] | undefined;
  readonly 'base-url'?: string | undefined;
  readonly sensitivity?: Sensitivity | undefined;
  readonly 'max-cost'?: string | undefined;
  readonly timeout?: number | undefined;
}

const mostAgents = 26;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > mostAgents) throw new MassgenError('usage-invalid', `a new team has 1 to ${String(mostAgents)} agents, not ${text}`);
  return value;
}

export function dollars(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text === 'none') return undefined;
  const value = Number(text.replace(/^\$/u, ''));
  if (!(value > 0 && value <= 1_000_000)) throw new MassgenError('usage-invalid', `the cost limit must be more than 0 US dollars, not "${text}"`);
  return value;
}

function sensitivityOf(text: string): Sensitivity {
  if (text === 'lenient' || text === 'balanced' || text === 'strict') return text;
  throw new MassgenError('usage-invalid', 'write lenient, balanced or strict');
}

type Compose = typeof configInit;
type Environment = Parameters<Compose['offeredBackends']>[0];

const firstChoices = ({ ready }: ReturnType<Compose['offeredBackends']>): readonly string[] => (ready.length === 0 ? ['openai'] : ready.slice(0, 3));

/** A configuration from flags alone; what they leave out has a default. Throws `usage-invalid`. */
export function fromFlags(flags: InitFlags, env: Environment, { backendsMeant, initialTimeout, offeredBackends, pairBackends }: Compose): NewConfig {
  const types = flags.backend ?? backendsMeant(flags.model ?? [], flags['base-url']) ?? firstChoices(offeredBackends(env));
  const backends = pairBackends(types, flags.model ?? [], flags['base-url']);
  const maxCost = dollars(flags['max-cost']);
  return {
    agents: wholeNumber(String(flags.agents ?? Math.max(3, backends.length))),
    backends,
    sensitivity: flags.sensitivity ?? 'lenient',
    timeoutSeconds: flags.timeout ?? initialTimeout,
    ...(maxCost === undefined ? {} : { maxCost }),
  };
}

/** A configuration from answers, asked for one by one. */
export async function fromQuestions({ ask, askFor }: Questions, flags: InitFlags, env: Environment, compose: Compose): Promise<NewConfig> {
  const { defaultModelOf, initialTimeout, offeredBackends, pairBackends } = compose;
  const offered = offeredBackends(env);
  const agents = await askFor('How many agents', String(flags.agents ?? 3), wholeNumber);
  const hint = offered.ready.length === 0 ? 'no key is set yet' : `keys are set for ${offered.ready.join(', ')}`;
  const types = await askFor(`Which backends, separated by commas (${hint})`, (flags.backend ?? firstChoices(offered)).join(','), (text) => {
    const names = text.split(/[\s,]+/).filter((name) => name !== '');
    for (const name of names) defaultModelOf(name);
    if (names.length === 0) throw new MassgenError('usage-invalid', 'name at least one backend');
    return names;
  });
  const models: string[] = [];
  for (const type of types) {
    const model = await askFor(`Model of ${type}`, flags.model?.[models.length] ?? defaultModelOf(type) ?? '', (text) => {
      if (text === '') throw new MassgenError('usage-invalid', 'this backend has no default model');
      return text;
    });
    models.push(model);
  }
  const needsAddress = types.includes('chatcompletion') && flags['base-url'] === undefined;
  const baseUrl = needsAddress ? await ask('Address of the API', 'http://localhost:8080/v1') : flags['base-url'];
  const sensitivity = await askFor('How critical are voters: lenient, balanced or strict', flags.sensitivity ?? 'lenient', sensitivityOf);
  const maxCost = await askFor('Most that one run may cost, in US dollars', flags['max-cost'] ?? 'none', dollars);
  return { agents, backends: pairBackends(types, models, baseUrl), sensitivity, timeoutSeconds: flags.timeout ?? initialTimeout, ...(maxCost === undefined ? {} : { maxCost }) };
}
